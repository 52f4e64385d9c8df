"""How a run ends: its exit code says whether a promise is broken, nothing is proved, or somebody interrupted it."""

import re
import signal
from pathlib import Path

import pytest

from harness.faults.owner import HEAL_WITHIN
from harness.stage import SCENARIO_CLOSE_DEADLINE
from tests.messages import dangling, faults, of, read
from tests.small_project import FINE, behave, scenario


def test_all_well_is_0_with_arguments_tables_and_injected_things(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", FINE))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 scenario passed" in done.stdout


def test_a_broken_promise_is_1_and_its_evidence_is_named_and_without_secrets(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", "Given it fails") + scenario("b", FINE))
    assert done.returncode == 1
    assert re.search(r"evidence: evidence/\d{8}-\d{6}-\w{8}/f_3", done.stdout)
    assert "the token is (redacted), and the moon is full" in done.stdout
    assert "Containers: could not be looked at" in done.stdout, "there are none, and nothing says so"
    assert "1 scenario passed, 1 failed" in done.stdout
    kept = (tmp_path / "evidence" / "latest" / "f_3" / "failure.txt").read_text(encoding="utf-8")
    assert "one row expected, none seen" in kept
    kept += (tmp_path / "evidence" / "latest" / "f_3" / "evidence.md").read_text(encoding="utf-8")
    assert "[moon.txt](moon.txt)" in kept
    assert "s3cret" not in kept


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("a request is answered in another way", 'GET /x was answered with 400, expected 200: {"id": "c-1", "email":'),
        ("a request breaks something", "ValueError: the answer means nothing"),
    ],
)
def test_what_an_answer_tells_of_persons_is_told_nowhere(tmp_path: Path, step: str, told: str) -> None:
    done = behave(tmp_path, scenario("a", f"Given {step}"))
    assert done.returncode == 1
    assert told in done.stdout
    kept = {
        path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "evidence").rglob("*.*") if path.is_file()
    }
    assert {"failure.txt", "evidence.md", "messages.ndjson"} <= kept.keys()
    for where, text in {**kept, "standard output": done.stdout, "standard error": done.stderr}.items():
        assert "elsa@school" not in text, where


def test_a_step_that_hangs_is_1_and_told_with_its_place(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", "Given it hangs"))
    assert done.returncode == 1
    assert "The step was not finished after 0.1 s" in done.stdout
    assert "in it_hangs" in done.stdout


@pytest.mark.parametrize(
    ("unfortunate", "told"),
    [
        (scenario("a", "Given infrastructure fails"), "the laboratory has burnt down"),
        (scenario("a", FINE, "@no_database"), "failed: OSError: connection refused"),
    ],
)
def test_infrastructure_that_fails_is_3_ends_the_run_and_points_to_the_doctor(
    tmp_path: Path, unfortunate: str, told: str
) -> None:
    done = behave(tmp_path, unfortunate + scenario("b", FINE))
    assert done.returncode == 3, done.stdout + done.stderr
    assert told in done.stderr
    assert "make doctor" in done.stderr
    assert "1 untested" in done.stdout
    assert "CLOSED" in done.stdout


def test_a_broken_promise_is_not_forgotten_over_infrastructure_that_fails_later(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", "Given it fails") + scenario("b", FINE, "@no_database"))
    assert done.returncode == 1
    assert "connection refused" in done.stderr


def test_a_service_that_a_scenario_has_ended_is_1_and_ends_the_run(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", FINE, "@service_ended") + scenario("b", FINE))
    assert done.returncode == 1
    assert "a scenario before this one has ended it" in done.stdout
    assert "1 untested" in done.stdout


def test_a_scenario_has_more_time_to_close_than_its_faults_have_to_heal() -> None:
    assert SCENARIO_CLOSE_DEADLINE > 3 * HEAL_WITHIN


def test_messages_are_kept_with_the_story_of_each_step_and_the_evidence_of_a_failing_one(tmp_path: Path) -> None:
    behave(tmp_path, scenario("a", f"Given somebody looks\n    {FINE}\n    Given it fails"))
    kept = read(tmp_path / "evidence" / "latest" / "messages.ndjson")
    assert faults(kept) == dangling(kept) == []
    story, evidence = of(kept, "attachment")
    assert story["fileName"] == "clerk: looked"
    assert story["body"].endswith("  clerk: looked\n  token: the (redacted) · boxes: 2")
    assert evidence["fileName"] == "evidence.md"
    assert "the moon is full" in evidence["body"]
    results = {each["testStepId"]: each["testStepResult"] for each in of(kept, "testStepFinished")}
    assert results[story["testStepId"]]["status"] == "PASSED"
    assert results[evidence["testStepId"]]["status"] == "FAILED"
    assert "evidence: evidence/" in results[evidence["testStepId"]]["message"]


def test_a_dry_run_leaves_nothing(tmp_path: Path) -> None:
    behave(tmp_path, scenario("a", FINE), "--dry-run")
    assert not (tmp_path / "evidence").exists()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_is_128_and_its_number_after_cleaning_up(tmp_path: Path, name: str) -> None:
    done = behave(tmp_path, scenario("a", f"Given somebody interrupts with {name}") + scenario("b", FINE))
    assert done.returncode == 128 + getattr(signal, name), done.stdout + done.stderr
    assert "CLOSED" in done.stdout
