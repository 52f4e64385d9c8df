"""Scenarios in laboratories are played several at a time, and told in the order of the features."""

import re
import signal
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.players import NEAR, Waiting
from harness.suite import Suite
from harness.target import Wiring
from tests.messages import dangling, faults, of, read
from tests.small_project import FINE, behave, scenario

LABORATORY = "@laboratory"
CONSOLE = "harness.reports.console:ConsoleFormatter"
THREE_TOGETHER = "Given 3 play at the same time"
A_MOMENT = "Given it takes a moment"


def many(step: str, number: int = 18, tag: str = LABORATORY, beginning: str = "many") -> str:
    """Return scenarios of one step, which are divisible by three as they are."""
    return "".join(scenario(f"{beginning} {n}", step, tag) for n in range(number))


def told(output: str) -> list[str]:
    """Return the names of the scenarios in the order in which the console has told them."""
    return re.findall(r"[✓✗]\s+\d+/\d+ (.+?)  ", output)


def moments(kept: list[dict[str, Any]], kind: str) -> list[float]:
    return [each["timestamp"]["seconds"] + each["timestamp"]["nanos"] / 1e9 for each in of(kept, kind)]


def test_they_play_at_the_same_time_and_are_told_in_their_order(tmp_path: Path) -> None:
    feature = scenario("first", FINE) + many(THREE_TOGETHER) + scenario("between", FINE) + many(A_MOMENT, 3)
    done = behave(tmp_path, feature, "-f", CONSOLE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "23 scenarios passed, 0 failed" in done.stdout
    order = re.findall(r"Scenario: (.+)", feature)
    assert told(done.stdout) == order
    assert done.stdout.count("THE SCENARIO IS CLOSED") == len(order)


def test_messages_tell_of_each_when_it_was(tmp_path: Path) -> None:
    behave(tmp_path, many(THREE_TOGETHER, 21) + scenario("last", f"Given somebody looks\n    {A_MOMENT}", LABORATORY))
    kept = read(tmp_path / "evidence" / "latest" / "messages.ndjson")
    assert faults(kept) == dangling(kept) == []
    begun, ended = moments(kept, "testCaseStarted"), moments(kept, "testCaseFinished")
    assert len(begun) == len(ended) == 22
    assert all(b < e for b, e in zip(begun, ended, strict=True))
    assert any(later < earlier for earlier, later in pairwise(ended)) or any(b < e for e, b in pairwise(ended)), begun
    assert max(begun[:3]) < min(ended[:3]), "the first three have played at the same time"
    steps = [each["testStepResult"]["duration"] for each in of(kept, "testStepFinished")]
    assert any(step["nanos"] > 15_000_000 for step in steps), "the moment it takes is 20 ms"
    assert [each["fileName"] for each in of(kept, "attachment")] == ["clerk: looked"]
    story = of(kept, "attachment")[0]
    results = {each["testStepId"]: each["testStepResult"]["status"] for each in of(kept, "testStepFinished")}
    assert results[story["testStepId"]] == "PASSED"
    assert {each["testStepId"] for each in of(kept, "testStepStarted")} == results.keys()


def test_one_that_fails_is_told_in_its_place_with_its_evidence_and_stops_no_other(tmp_path: Path) -> None:
    feature = many(A_MOMENT, 9) + scenario("the bad one", "Given it fails", LABORATORY) + many(A_MOMENT, 10)
    done = behave(tmp_path, feature, "-f", CONSOLE)
    assert done.returncode == 1
    assert "19 scenarios passed, 1 failed" in done.stdout
    assert re.search(r"✗ 10/20 the bad one", done.stdout)
    assert re.search(r"evidence: evidence/\d{8}-\d{6}-\w{8}/f_\d+", done.stdout)
    kept = read(tmp_path / "evidence" / "latest" / "messages.ndjson")
    assert faults(kept) == dangling(kept) == []
    assert [each["testStepResult"]["status"] for each in of(kept, "testStepFinished")].count("FAILED") == 1


def test_an_undefined_step_is_told(tmp_path: Path) -> None:
    done = behave(tmp_path, many(A_MOMENT, 19) + scenario("unheard of", "Given nobody knows this", LABORATORY))
    assert done.returncode == 1
    assert "Given nobody knows this" in done.stdout
    assert "19 scenarios passed" in done.stdout


def test_who_wants_to_be_alone_is(tmp_path: Path) -> None:
    alone = scenario("alone", "Given nobody else plays", "@timed") + scenario(
        "alone in a laboratory", "Given nobody else plays", "@timed @laboratory"
    )
    done = behave(tmp_path, many(A_MOMENT, 7) + alone + many(A_MOMENT, 20) + many("Given it takes a moment", 5, tag=""))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "34 scenarios passed" in done.stdout


def test_trouble_with_infrastructure_ends_the_run_for_all(tmp_path: Path) -> None:
    unfortunate = scenario("unfortunate", "Given infrastructure fails", LABORATORY)
    done = behave(tmp_path, many(A_MOMENT, 5) + unfortunate + many(A_MOMENT, 60))
    assert done.returncode == 3, done.stdout + done.stderr
    assert "the laboratory has burnt down" in done.stderr
    assert re.search(r"\d+ untested", done.stdout)
    assert "CLOSED" in done.stdout


def test_a_service_that_was_ended_is_told_with_all_that_was_played_by_then(tmp_path: Path) -> None:
    two = "Given 2 play at the same time"
    slow = scenario("the slow one", "\n    ".join([two, *5 * [A_MOMENT]]), LABORATORY)
    shared = scenario("ends it", two) + scenario("sees it", FINE, "@service_ended") + many(FINE, 9, "")
    done = behave(tmp_path, slow + shared + many(A_MOMENT, 90), "-f", CONSOLE)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"✓ +2/\d+ ends it", done.stdout)
    assert re.search(r"✗ +3/\d+ sees it", done.stdout)
    assert "a scenario before this one has ended it" in done.stdout
    assert "there is nothing left to run on" in done.stderr
    assert re.search(r"[1-9]\d* untested", done.stdout)


def test_the_first_failure_ends_a_run_that_is_to_stop_there(tmp_path: Path) -> None:
    feature = scenario("the bad one", "Given it fails", LABORATORY) + many("Given it hangs for long", 30)
    done = behave(tmp_path, feature, "--stop")
    assert done.returncode == 1
    assert "0 scenarios passed, 1 failed, 0 skipped, 30 untested" in done.stdout
    assert "CLOSED" in done.stdout


def test_what_was_played_ahead_and_is_not_told_any_more_counts_as_not_come_to(tmp_path: Path) -> None:
    feature = scenario("the slow one", f"{A_MOMENT}\n    Given it fails", LABORATORY) + many("Given somebody looks", 30)
    done = behave(tmp_path, feature, "--stop")
    assert done.returncode == 1
    assert "0 scenarios passed, 1 failed, 0 skipped, 30 untested" in done.stdout
    kept = read(tmp_path / "evidence" / "latest" / "messages.ndjson")
    assert faults(kept) == dangling(kept) == []
    assert "Scenarios not come to: 30." in of(kept, "testRunFinished")[0]["message"]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_all_that_play_and_each_is_cleaned_up(tmp_path: Path, name: str) -> None:
    four = "Given 4 play at the same time\n    "
    feature = many(f"{four}Given it hangs for long", 3)
    feature += scenario("c", f"{four}Given somebody interrupts with {name}", LABORATORY)
    done = behave(tmp_path, feature + many("Given it hangs for long", 30))
    assert done.returncode == 128 + getattr(signal, name), done.stdout + done.stderr
    assert done.stdout.count("THE SCENARIO IS CLOSED") == 4
    assert "\nCLOSED" in done.stdout
    assert "ABORTED: By user" in done.stdout
    kept = read(tmp_path / "evidence" / "latest" / "messages.ndjson")
    assert faults(kept) == dangling(kept) == []


def test_what_fits_is_played_before_its_turn_if_it_is_near_and_the_first_is_not_passed_over_for_ever() -> None:
    names = ["first", "second", *(f"fits {n}" for n in range(2 * NEAR))]
    waiting = Waiting(SimpleNamespace(scenario=name) for name in names)

    def take() -> Any:
        taken = waiting.take(lambda scenario: str(scenario).startswith("fits"))
        return taken and taken.scenario

    assert [take() for _ in range(NEAR + 2)] == [*(f"fits {n}" for n in range(NEAR)), "first", f"fits {NEAR}"]
    rest = [take() for _ in range(len(waiting))]
    assert sorted(rest) == sorted(["second", *(f"fits {n}" for n in range(NEAR + 1, 2 * NEAR))])
    assert take() is None


def test_what_does_not_fit_is_played_where_nothing_near_does() -> None:
    waiting = Waiting(SimpleNamespace(scenario=n) for n in range(2 * NEAR))
    taken = [waiting.take(lambda scenario: scenario == NEAR) for _ in range(3)]
    assert [each and each.scenario for each in taken] == [0, NEAR, 1]


@pytest.mark.parametrize(
    ("beginning", "takes_over"),
    [
        ("the service runs", True),
        ("the service runs with a pool of 2 connections", False),
        ("the service has just started", False),
        ("two replicas of the service run", False),
    ],
)
def test_what_fits_takes_over_what_was_left_and_begins_with_nothing_where_nothing_was(
    beginning: str, takes_over: bool
) -> None:
    suite = Suite(None, (), Wiring({}, "group"), frozenset())
    first = SimpleNamespace(all_steps=[SimpleNamespace(name=beginning), SimpleNamespace(name="the service runs")])
    suite._laboratories = SimpleNamespace(have_a_service_left=True)
    assert suite.goes_on_with(first) is takes_over
    suite._laboratories = SimpleNamespace(have_a_service_left=False)
    assert suite.goes_on_with(first) is not takes_over
