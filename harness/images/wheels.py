"""Wheels of a Python service and its dependencies, made on the host: an image's build then needs no package index."""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.console import step
from harness.errors import InfrastructureError
from harness.images.recipe import digest, failed_command, files_of

PYTHON = "3.11"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
"""The engine's name of an architecture → the wheels' name."""

GLIBC = ("2_36", "2_35", "2_34", "2_31", "2_28", "2_27", "2_26", "2_24", "2_17")
"""Versions of the manylinux standard that Debian 12 can run (glibc 2.36), newest first."""

DEADLINE = 600.0


def platforms(architecture: str) -> list[str]:
    """Return the wheel platforms for the engine's `architecture`; raises `InfrastructureError` for an unknown one."""
    if architecture not in MACHINES:
        raise InfrastructureError(
            f"The container engine runs on {architecture}, for which no wheels are chosen.",
            remedy=f"Use an engine on one of {', '.join(MACHINES)}.",
        )
    machine = MACHINES[architecture]
    return [f"manylinux_{version}_{machine}" for version in GLIBC] + [f"manylinux2014_{machine}", f"linux_{machine}"]


def dependencies(project: dict[str, Any], constraints: Path, architecture: str, cache: Path) -> Path:
    """Return a folder with the wheels of the project's dependencies, pinned by `constraints`.

    `project` is what pyproject.toml says. Downloaded once for each set of requirements; a second call needs no
    network. Raises `InfrastructureError` with what pip said.
    """
    wanted = sorted(project["project"].get("dependencies", []))
    platform = [f"--platform={name}" for name in platforms(architecture)]
    options = ["--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON}", *platform]
    return _downloaded(wanted, constraints, options, cache, "the service's dependencies")


@contextmanager
def service_wheel(context: Path, project: dict[str, Any], constraints: Path, cache: Path) -> Iterator[Path]:
    """Build the wheel of the project in `context`, in a folder that is gone afterwards; `context` stays as it is.

    Raises `InfrastructureError` with what pip said.
    """
    tools = sorted(project.get("build-system", {}).get("requires", ["setuptools"]))
    with_tools = _downloaded(tools, constraints, ["--only-binary=:all:"], cache, "the service's build tools")
    with tempfile.TemporaryDirectory() as work:
        copy, into = Path(work) / context.name, Path(work) / "wheel"
        for name, path in files_of(context):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / name)
        options = ["--no-deps", "--no-index", f"--find-links={with_tools}", f"--wheel-dir={into}"]
        with step("Building the service's wheel"):
            _pip("wheel", *options, str(copy), doing="Building the service's wheel")
        yield into


def read_project(context: Path) -> dict[str, Any]:
    """Return what pyproject.toml in `context` says; raises `InfrastructureError`."""
    try:
        return tomllib.loads((context / "pyproject.toml").read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InfrastructureError(
            f"{context / 'pyproject.toml'} cannot be read: {error}",
            remedy="Name a folder with a Python project, or an image, in the target file.",
        ) from error


def _downloaded(wanted: list[str], constraints: Path, options: list[str], cache: Path, what: str) -> Path:
    key = digest([("constraints", constraints)], *wanted, *options)
    folder = cache / "wheels" / key
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made beside its place and moved there when complete: what is in the cache is whole, whenever this is killed.
    with step(f"Downloading {what}"), tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as work:
        unfinished = Path(work) / key
        unfinished.mkdir()
        if wanted:
            arguments = ["--quiet", f"--constraint={constraints}", f"--dest={unfinished}", *options, *wanted]
            _pip("download", *arguments, doing=f"Downloading {what}")
        unfinished.rename(folder)
    return folder


def _pip(verb: str, *arguments: str, doing: str) -> None:
    command = [sys.executable, "-m", "pip", verb, "--disable-pip-version-check", "--no-input", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 -- pip, with arguments of this module and the project's own requirements
            command, capture_output=True, text=True, errors="replace", timeout=DEADLINE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InfrastructureError(f"{doing}: pip has not ended within {DEADLINE:.0f} s.") from error
    if done.returncode != 0:
        raise failed_command(f"pip {verb}", done.stdout + done.stderr, done.returncode, doing)
