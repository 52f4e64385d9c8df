"""The formatter: what behave runs becomes Cucumber Messages that the official schema and classes accept."""

import base64
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import messages as told
from tests.messages import behave, copy_project, dangling, faults, of, outcomes, read


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("messages")
    output = folder / "messages.ndjson"
    done = behave(output=output, project=copy_project(folder))
    assert done.returncode == 1, done.stderr
    return read(output)


def test_official_schema_and_classes_accept_every_message(everything: list[Any]) -> None:
    assert faults(everything) == []


def test_a_fault_would_be_found() -> None:
    wrong = [{"testRunFinished": {"success": "yes", "timestamp": {"seconds": 1, "nanos": 0}}}, {"hook": {"id": "1"}}]
    with pytest.raises(TypeError, match="source_reference"):
        faults(wrong)
    assert "'yes' is not of type 'boolean'" in faults(wrong[:1])[0]
    assert dangling([{"hook": {"id": "1"}}, {"hook": {"id": "1"}}, {"testCase": {"id": "2", "pickleId": "9"}}]) == [
        "2: 1 a second time",
        "3: pickleId 9",
    ]


def test_nothing_refers_to_what_comes_later(everything: list[Any]) -> None:
    assert dangling(everything) == []


def test_messages_come_in_the_order_that_readers_expect(everything: list[Any]) -> None:
    kinds = [next(iter(message)) for message in everything]
    first = {kind: kinds.index(kind) for kind in kinds}
    order = ["meta", "source", "gherkinDocument", "pickle", "parameterType", "stepDefinition", "hook"]
    order += ["testRunStarted", "testRunHookStarted", "testCase", "testCaseStarted", "testRunFinished"]
    assert sorted(order, key=first.__getitem__) == order
    assert kinds[-1] == "testRunFinished"
    count = Counter(kinds)
    assert count["testCaseStarted"] == count["testCaseFinished"]
    assert count["testStepStarted"] == count["testStepFinished"]


def test_every_way_to_end_is_told(everything: list[Any]) -> None:
    ways = outcomes(everything)
    assert {name: ways[name] for name in ways if not name.startswith(("A ", "It ", "Other", "Holds", "Går"))} == {
        "passed": ["PASSED"],
        "failed": ["FAILED", "SKIPPED"],
        "error": ["FAILED", "SKIPPED"],
        "undefined": ["UNDEFINED", "SKIPPED", "UNDEFINED"],
        "pending": ["PENDING", "SKIPPED"],
        "pending, and accepted": ["PENDING", "PASSED"],
        "skipped by a hook": ["SKIPPED"],
        "skipped by a step": ["SKIPPED", "SKIPPED"],
        "before_scenario fails": ["before_scenario=FAILED", "SKIPPED"],
        "before_tag fails": ["before_tag=FAILED", "SKIPPED"],
        "before_step fails": ["FAILED", "SKIPPED"],
        "after_scenario fails": ["PASSED", "after_scenario=FAILED"],
        "clean-up fails": ["PASSED", "clean-up=FAILED"],
        "without steps": [],
    }
    assert not of(everything, "testRunFinished")[0]["success"]


def test_what_went_wrong_is_told(everything: list[Any]) -> None:
    results = [finished["testStepResult"] for finished in of(everything, "testStepFinished")]
    by_type = {r["exception"]["type"]: r for r in results if "exception" in r}
    assert by_type["AssertionError"]["message"] == "three were expected,\nand there were <two>"
    assert "all_steps.py" in by_type["ValueError"]["message"]
    assert "site-packages" not in by_type["ValueError"]["message"], "behave's own frames say nothing"
    assert {r["message"] for r in results if "message" in r and r["status"] == "SKIPPED"} == {
        "there is no need",
        "enough was seen",
    }


def test_hooks_and_clean_ups_of_features_belong_to_the_run(everything: list[Any]) -> None:
    hooks = {hook["id"]: hook["name"] for hook in of(everything, "hook")}
    started = {each["id"]: hooks[each["hookId"]] for each in of(everything, "testRunHookStarted")}
    failed = {
        started[each["testRunHookStartedId"]]: each["result"]["message"]
        for each in of(everything, "testRunHookFinished")
        if each["result"]["status"] == "FAILED"
    }
    assert set(failed) == {"before_rule", "clean-up"}
    assert "the feature's clean-up is broken" in failed["clean-up"]
    assert {"before_all", "after_all", "before_feature", "after_feature", "after_rule"} <= set(started.values())


def test_matched_arguments_have_place_value_and_type(everything: list[Any]) -> None:
    pickle_steps = {step["id"]: step for pickle in of(everything, "pickle") for step in pickle["steps"]}
    matched = {
        pickle_steps[step["pickleStepId"]]["text"]: [
            (argument["group"]["start"], argument["group"]["value"], argument.get("parameterTypeName"))
            for argument in step["stepMatchArgumentsLists"][0]["stepMatchArguments"]
        ]
        for case in of(everything, "testCase")
        for step in case["testSteps"]
        if step.get("stepDefinitionIds")
    }
    assert matched['a blue box with 7 things and "a, b"'] == [
        (2, "blue", "colour"),
        (16, "7", "int"),
        (29, '"a, b"', "string"),
    ]
    assert matched["12 parsed things"] == [(0, "12", None)]
    assert matched["some things by pattern"] == [(5, "things", None)]
    assert [each["name"] for each in of(everything, "parameterType")] == ["colour"]


def test_attachments_belong_to_the_step_or_hook_that_ran(everything: list[Any]) -> None:
    run, story, picture = of(everything, "attachment")
    assert (run["body"], "testRunHookStartedId" in run, "testStepId" in run) == ("the run begins", True, False)
    assert (story["body"], story["contentEncoding"]) == ("it went <well> & åäö", "IDENTITY")
    assert (story["mediaType"], story["fileName"]) == ("text/plain", "a story")
    assert base64.b64decode(picture["body"]).startswith(b"\x89PNG")
    case = next(c for c in of(everything, "testCase") if any(s["id"] == story["testStepId"] for s in c["testSteps"]))
    step = next(s for s in case["testSteps"] if s["id"] == story["testStepId"])
    (pickle,) = [p for p in of(everything, "pickle") if p["id"] == case["pickleId"]]
    assert next(s["text"] for s in pickle["steps"] if s["id"] == step["pickleStepId"]) == "a step with a story"


def test_only_what_was_selected_is_told(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    behave("--tags", "@first", output=tmp_path / "by_tag", project=project)
    assert list(outcomes(read(tmp_path / "by_tag"))) == ["A box that is red", "A box that is blue"]
    behave("features/statuses.feature:6", output=tmp_path / "by_line", project=project)
    assert list(outcomes(read(tmp_path / "by_line"))) == ["failed"]
    assert len(of(read(tmp_path / "by_line"), "pickle")) == 1


def test_a_dry_run_is_told_as_skipped(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    behave("--dry-run", "features/statuses.feature", output=tmp_path / "m", project=project)
    messages = read(tmp_path / "m")
    assert faults(messages) == dangling(messages) == []
    assert outcomes(messages)["undefined"] == ["UNDEFINED", "SKIPPED", "UNDEFINED"]
    assert outcomes(messages)["failed"] == ["SKIPPED", "SKIPPED"]


def test_a_run_that_holds_is_a_success(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    assert behave("features/svenska.feature", output=tmp_path / "m", project=project).returncode == 0
    assert of(read(tmp_path / "m"), "testRunFinished")[0]["success"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with one feature, which the test writes."""
    return copy_project(tmp_path, features=False)


def _write(project: Path, *scenarios: str) -> None:
    blocks = [f"  Scenario: {number}\n    Given it passes\n    {step}\n" for number, step in enumerate(scenarios)]
    (project / "features" / "f.feature").write_text("Feature: F\n" + "".join(blocks), encoding="utf-8")


def test_a_killed_run_leaves_whole_lines_that_can_be_completed(project: Path, tmp_path: Path) -> None:
    _write(project, "Then it passes", "When the process is killed\n    Then it passes", "Then it passes")
    assert behave(output=tmp_path / "m", project=project).returncode == -9
    left = read(tmp_path / "m")
    assert faults(left) == []
    assert not of(left, "testRunFinished")
    messages = told.complete_file(tmp_path / "m")
    assert faults(messages) == dangling(messages) == []
    assert outcomes(messages) == {"0": ["PASSED", "PASSED"], "1": ["PASSED", "FAILED", "SKIPPED"]}
    (end,) = of(messages, "testRunFinished")
    assert not end["success"]
    assert "did not finish" in end["message"]
    (broken,) = [s["testStepResult"] for s in of(messages, "testStepFinished") if "message" in s["testStepResult"]]
    assert "Not finished" in broken["message"]


def test_an_interrupted_run_says_what_was_not_come_to(project: Path, tmp_path: Path) -> None:
    _write(project, "When somebody interrupts", "Then it passes")
    behave(output=tmp_path / "m", project=project)
    messages = read(tmp_path / "m")
    assert outcomes(messages) == {"0": ["PASSED", "FAILED"]}
    (end,) = of(messages, "testRunFinished")
    assert (end["success"], end["message"]) == (False, "The run was aborted. Scenarios not come to: 1.")


def test_a_file_that_only_behave_can_read_is_a_parse_error_and_the_rest_is_told(project: Path, tmp_path: Path) -> None:
    _write(project, "Then it passes")
    quotes = "Feature: G\n  Scenario: s\n    Then this text:\n      '''\n      word\n      '''\n"
    (project / "features" / "g.feature").write_text(quotes, "utf-8")
    assert behave(output=tmp_path / "m", project=project).returncode == 0
    messages = read(tmp_path / "m")
    assert faults(messages) == []
    assert list(outcomes(messages)) == ["0"]
    assert of(messages, "parseError")[0]["source"]["uri"] == "features/g.feature"


def test_two_formatters_in_one_run_write_the_same(project: Path, tmp_path: Path) -> None:
    _write(project, "Then it passes")
    second = ["-f", "harness.reports.behave_messages:CucumberMessages", "-o", str(tmp_path / "b")]
    assert behave(*second, output=tmp_path / "a", project=project).returncode == 0
    assert outcomes(read(tmp_path / "a")) == outcomes(read(tmp_path / "b")) == {"0": ["PASSED", "PASSED"]}
    assert len(read(tmp_path / "a")) == len(read(tmp_path / "b"))


def test_behave_without_a_path_runs_no_features_of_tests(tmp_path: Path) -> None:
    output = tmp_path / "all.json"
    command = [sys.executable, "-m", "behave", "--dry-run", "-f", "json", "-o", str(output)]
    subprocess.run(command, cwd=told.HERE.parent, capture_output=True, timeout=60, check=True)
    folders = {feature["location"].split("/")[0] for feature in json.loads(output.read_text(encoding="utf-8"))}
    assert folders == {"features"}
