"""What the tools see of a run of behave: every scenario, once, and nothing green that did not hold."""

from pathlib import Path

from behave.parser import parse_feature

from harness.runner import leave_out, scenarios_of
from harness.target import LEFT_OUT
from tools.outcomes import Outcome
from tools.runs import BehaveRun, run_behave

SORTS = """
Feature: Sorts

  Background:
    Given it holds

  @P1 @core
  Rule: One

    Scenario: holds
      Given it holds

    Scenario Outline: row <row>
      Given it <row>
      Examples:
        | row        |
        | is fine    |
        | fails      |
        | raises     |
        | is skipped |

    @hook
    Scenario: has a failing hook
      Given it holds

    Scenario: has an unknown step
      Given nobody knows this

    @left_out
    Scenario: is left out
      Given it holds

  @P2 @core
  Rule: Two

    Scenario: holds, too
      Given it holds
"""


def _run(root: Path, *arguments: str) -> BehaveRun:
    return run_behave(["features/", *arguments], folder=root, log=root / "artifacts" / "behave.log", deadline=60)


def _by_name(run: BehaveRun) -> dict[str, Outcome]:
    return {outcome.name: outcome for outcome in run.outcomes}


def test_every_scenario_is_told_once_with_its_fate(project) -> None:
    run = _run(project(SORTS))
    fates = {name: outcome.status for name, outcome in _by_name(run).items()}
    assert fates == {
        "holds": "passed",
        "row is fine -- @1.1": "passed",
        "row fails -- @1.2": "failed",
        "row raises -- @1.3": "error",
        "row is skipped -- @1.4": "skipped",
        "has a failing hook": "hook_error",
        "has an unknown step": "error",
        "is left out": "skipped",
        "holds, too": "passed",
    }
    assert len(run.outcomes) == len(fates)
    assert run.exit_code == 1
    assert run.passed == 3
    assert run.failed == 5
    assert not run.green


def test_a_failing_scenario_tells_where_it_stands_its_step_and_message(project) -> None:
    failing = _by_name(_run(project(SORTS)))["row fails -- @1.2"]
    assert failing.file == "features/answers.feature"
    assert failing.title == "row fails"
    assert failing.step == "Given it fails"
    assert "it fails" in failing.message
    assert failing.tags == ("P1", "core")
    assert failing.seconds >= failing.step_seconds >= 0


def test_only_a_step_that_fails_refutes(project) -> None:
    outcomes = _by_name(_run(project(SORTS)))
    refuted = {name for name, outcome in outcomes.items() if outcome.refuted}
    assert refuted == {"row fails -- @1.2", "row raises -- @1.3"}


def test_a_scenario_that_skips_itself_counts_as_failed_and_one_left_out_does_not_count(project) -> None:
    run = _run(project(SORTS), "--name", "row is skipped", "--name", "is left out")
    assert (run.exit_code, run.passed, run.failed) == (0, 0, 1)


def test_what_was_not_asked_for_is_not_told(project) -> None:
    run = _run(project(SORTS), "--tags", "@P2")
    assert [outcome.name for outcome in run.outcomes] == ["holds, too"]
    assert run.green


def test_the_scenario_in_which_behave_dies_is_unfinished_and_the_run_red(project) -> None:
    feature = SORTS.replace("Scenario: holds, too\n      Given it holds", "Scenario: dies\n      Given it crashes")
    run = _run(project(feature), "--tags", "@P2 or @hook")
    assert run.exit_code == 7
    assert [place.split(" ", 1)[1] for place in run.unfinished] == ["dies"]
    assert not run.green


def test_a_run_that_never_begins_fails_for_every_scenario(project) -> None:
    run = _run(project(SORTS, **{"environment.py": "def before_all(context): raise RuntimeError('no engine')"}))
    assert (run.passed, run.failed) == (0, 9)
    assert "no engine" in run.tail()


def test_no_scenario_at_all_is_a_failure(project) -> None:
    run = _run(project(SORTS), "--tags", "@P77")
    assert (run.passed, run.failed, run.green) == (0, 1, False)


def test_features_that_cannot_be_read_are_a_failure(project) -> None:
    run = _run(project("Feature: f\n  Scenario: s\n    Given it holds\n    Gven a typo\n"))
    assert (run.passed, run.failed) == (0, 1)
    assert "Gven a typo" in run.tail()


def test_a_scenario_without_steps_does_not_pass(project) -> None:
    run = _run(project("Feature: f\n  Scenario: s\n    Gven a typo, which behave takes for free text\n"))
    assert (run.exit_code, run.passed, run.failed) == (0, 0, 1)


def test_the_harness_leaves_out_with_the_reason_that_the_tools_know() -> None:
    feature = parse_feature("Feature: f\n  @P1\n  Scenario: a\n    Given x\n")
    leave_out(scenarios_of([feature]), frozenset({"P1"}))
    assert feature.scenarios[0].skip_reason == LEFT_OUT


def test_outcomes_come_while_behave_runs(project) -> None:
    seen: list[str] = []
    root = project(SORTS)
    run_behave(["features/"], folder=root, log=root / "log", watch=lambda outcome: seen.append(outcome.name))
    assert len(seen) == 9


def test_a_run_that_does_not_end_is_ended(project) -> None:
    slow = {
        "steps/slow_steps.py": "import time\nfrom behave import given\n@given('rest')\ndef rest(c): time.sleep(60)\n"
    }
    root = project("Feature: f\n  Scenario: s\n    Given rest\n", **slow)
    run = run_behave(["features/"], folder=root, log=root / "log", deadline=1.5)
    assert run.exit_code == -1
    assert run.seconds < 30
    assert not run.green
