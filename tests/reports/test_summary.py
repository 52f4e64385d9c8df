"""The last lines: how many passed, and which requirements are kept, broken, kept in part or not tried."""

import pytest

PLACE = "features/first_chapter/small.feature"


def _feature(*scenarios: str) -> str:
    return "Feature: f\n" + "".join(scenarios)


def _scenario(tags: str, step: str = "it holds") -> str:
    return f"  @{tags.replace(' ', ' @')}\n  Scenario: {tags} {step}\n    Given {step}\n"


@pytest.mark.parametrize(
    ("scenarios", "arguments", "line"),
    [
        (["P1", "P2", "P3", "P4"], (), "Contract: 4 of 4 requirements kept"),
        (["P1", "P1 P2"], (), "Contract: 2 of 4 requirements kept; not tried: P3 P4"),
        (["P1", "P1 wip", "P2 wip"], (), "Contract: 0 of 4 requirements kept; kept in part: P1; not tried: P2 P3 P4"),
        (["P1", "P2"], ("features/",), "Contract: 2 of 4 requirements kept; not tried: P3 P4"),
        (["P1", "P2"], ("--tags", "@P2"), "Contract: only a selection was run; held in it: P2"),
        (["P1", "P2"], ("--name", "P1"), "Contract: only a selection was run; held in it: P1"),
        (["P1", "P2"], (f"{PLACE}:6",), "Contract: only a selection was run; held in it: P2"),
        (["P1", "P2"], ("features/first_chapter",), "Contract: only a selection was run; held in it: P1 P2"),
    ],
)
def test_the_contract_line(behave, scenarios: list[str], arguments: tuple[str, ...], line: str) -> None:
    ran = behave(_feature(*map(_scenario, scenarios)), *arguments)
    assert ran.exit_code == 0, ran.said
    assert line in ran.said.splitlines()


def test_a_broken_requirement_is_named_with_the_place_of_the_first_failure(behave) -> None:
    feature = _feature(_scenario("P1"), _scenario("P1 P2", "it fails"), _scenario("P2 P3", "it fails"))
    said = behave(feature, COLUMNS="200").said
    assert f"0 of 4 requirements kept; broken: P1 ({PLACE}:6), P2 ({PLACE}:6), P3 ({PLACE}:9); not tried: P4" in said
    assert "1 scenario passed, 2 failed, 0 skipped" in said


def test_of_a_few_failures_in_a_long_run_the_end_tells_what_goes_with_them(behave) -> None:
    broken, others = _scenario("P1", "it fails at length"), [_scenario("P2")] * 20
    told = [line.strip() for line in behave(_feature(broken, *others)).said.partition("Failed:")[2].splitlines()]
    lines = [f"line {number}" for number in range(1, 8)]
    assert told[2:11] == ["expected one, seen two", *lines, "evidence: artifacts/somewhere"]
    for run in (behave(_feature(*[broken] * 4, *others)), behave(_feature(broken, *others), "--name", "P1")):
        assert "evidence" in run.said
        assert "evidence" not in run.said.partition("Failed:")[2]


def test_a_run_that_ends_early_does_not_list_what_it_did_not_reach(behave) -> None:
    said = behave(_feature(_scenario("P1", "it fails"), _scenario("P2")), "--stop").said
    assert f"Contract: only a selection was run; held in it: none; broken: P1 ({PLACE}:3)" in said


@pytest.mark.parametrize("step", ["nothing can be proved", "there is no such step"])
def test_what_proves_nothing_breaks_no_requirement(behave, step: str) -> None:
    ran = behave(_feature(_scenario("P1"), _scenario("P2", step)))
    assert ran.exit_code == 1
    assert "Contract: 1 of 4 requirements kept; not tried: P2 P3 P4" in ran.said


def test_a_hook_that_finds_something_broken_breaks_the_requirement(behave) -> None:
    assert f"broken: P1 ({PLACE}:3)" in behave(_feature(_scenario("P1 hook"))).said


def test_nothing_is_said_of_the_contract_where_nothing_of_it_was_tried(behave) -> None:
    assert "Contract" not in behave(_feature(_scenario("other"))).said
    assert "Contract" not in behave(_feature(_scenario("P1")), "--dry-run").said


def test_a_contract_that_cannot_be_read_does_not_fail_the_run(behave) -> None:
    ran = behave(_feature(_scenario("P1")), "-D", "contract=nowhere.md")
    assert ran.exit_code == 0
    assert "nowhere.md" in ran.said.splitlines()[-1]
