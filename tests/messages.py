"""Helpers for tests about messages: a run of the small project, and what its messages say."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cucumber_messages as m
import jsonschema

from harness.reports.behave_messages import complete

HERE = Path(__file__).parent
PROJECT = HERE / "messages_project"
RECORDED = HERE / "cucumber" / "every_kind.ndjson"
_SCHEMA = json.loads((HERE / "cucumber" / "messages.schema.json").read_text(encoding="utf-8"))
_VALIDATOR = jsonschema.Draft202012Validator(_SCHEMA)


def copy_project(folder: Path, *, features: bool = True) -> Path:
    """Copy the small project; its features are named so that `behave` in this repository does not run them."""
    copy = folder / "project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for feature in (copy / "features").iterdir():
        if features:
            feature.rename(feature.with_suffix(".feature"))
        else:
            feature.unlink()
    return copy


def behave(*arguments: str, output: Path, project: Path) -> subprocess.CompletedProcess[str]:
    """Run behave in a project without containers, its messages going to `output`."""
    command = [sys.executable, "-m", "behave", "-f", "harness.reports.behave_messages:CucumberMessages"]
    return subprocess.run(
        [*command, "-o", str(output), "-f", "plain", "-o", "-", *arguments],
        check=False,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def read(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def complete_file(path: Path) -> list[Any]:
    return complete(path.read_text(encoding="utf-8").splitlines())


def of(messages: Iterable[Any], kind: str) -> list[Any]:
    return [message[kind] for message in messages if kind in message]


def faults(messages: Iterable[Any]) -> list[str]:
    """Return what the official schema and the official classes have against the messages."""
    found = []
    for number, message in enumerate(messages, start=1):
        found += [f"{number}: {e.json_path}: {e.message[:200]}" for e in _VALIDATOR.iter_errors(message)]
        read_back = m.message_converter.to_dict(m.message_converter.from_dict(message, m.Envelope))
        if read_back != message:
            found.append(f"{number}: the classes lose something of it")
    return found


def dangling(messages: Iterable[Any]) -> list[str]:
    """Return the references to what is not there yet when a reader comes to them, and ids that are there twice."""
    known: set[str] = set()
    found = []
    for number, message in enumerate(messages, start=1):
        for key, value in _references(message):
            if key == "id":
                if value in known:
                    found.append(f"{number}: {value} a second time")
                known.add(value)
            elif value not in known:
                found.append(f"{number}: {key} {value}")
    return found


def _references(node: Any, key: str = "") -> list[tuple[str, str]]:
    """Return ids and references in a message: the ids first, as some refer to what stands beside them."""
    found = []
    if isinstance(node, dict):
        for name, value in node.items():
            found += _references(value, name)
    elif isinstance(node, list):
        for value in node:
            found += _references(value, key)
    elif key == "id" or key.endswith(("Id", "Ids")):
        found.append((key, node))
    return sorted(found, key=lambda pair: pair[0] != "id")


def outcomes(messages: list[Any]) -> dict[str, list[str]]:
    """Return the statuses of each scenario's steps and hooks, as `name=STATUS` for hooks that did not pass."""
    pickles = {pickle["id"]: pickle for pickle in of(messages, "pickle")}
    cases = {case["id"]: case for case in of(messages, "testCase")}
    hooks = {hook["id"]: hook["name"] for hook in of(messages, "hook")}
    told: dict[str, list[str]] = {}
    steps: dict[str, tuple[str, str]] = {}
    for started in of(messages, "testCaseStarted"):
        case = cases[started["testCaseId"]]
        name = pickles[case["pickleId"]]["name"]
        told[name] = []
        steps |= {step["id"]: (name, hooks.get(step.get("hookId"), "")) for step in case["testSteps"]}
    for finished in of(messages, "testStepFinished"):
        name, hook = steps[finished["testStepId"]]
        status = finished["testStepResult"]["status"]
        if not hook:
            told[name].append(status)
        elif status not in ("PASSED", "SKIPPED"):
            told[name].append(f"{hook}={status}")
    return told
