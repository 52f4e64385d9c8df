"""What the service logs that nobody expects: it fails its scenario, or the run."""

import re
from pathlib import Path

from tests.small_project import FINE, behave, scenario


def test_an_error_in_the_services_log_fails_its_scenario_alone_with_evidence(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", "Given the service logs an error of this") + scenario("b", FINE))
    assert done.returncode == 1
    assert "every step has held, but the service has logged an error that nobody expects" in done.stdout
    assert 'ERROR it is (redacted) about "My summer"' in done.stdout
    assert re.search(r"evidence: evidence/\d{8}-\d{6}-\w{8}/f_3", done.stdout)
    assert "1 scenario passed, 0 failed, 1 hook_error" in done.stdout
    assert "of no scenario" not in done.stdout


def test_an_error_of_nobody_fails_the_run_and_noscenario(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", "Given the service logs an error of nobody") + scenario("b", FINE))
    assert done.returncode == 1
    assert "2 scenarios passed, 0 failed" in done.stdout
    assert "an error that nobody expects, and that is of no scenario" in done.stdout
    assert "ERROR it is (redacted)" in done.stdout
    assert "(while f.feature:3 ran)" in done.stdout


def test_an_error_logged_after_the_last_scenario_is_not_lost(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", "Given the service logs an error of this", "@logged_late"))
    assert done.returncode == 1
    assert "1 scenario passed, 0 failed" in done.stdout
    assert "(too late for f.feature:3, whose it is)" in done.stdout


def test_a_scenario_is_closed_also_when_its_log_cannot_be_read(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", "Given the log goes") + scenario("b", FINE))
    assert "THE SCENARIO IS CLOSED" in done.stdout
    assert "the log has burnt down" in done.stderr
    assert done.returncode == 3, done.stdout + done.stderr


def test_a_step_that_fails_is_not_failed_once_more_by_the_log(tmp_path: Path) -> None:
    steps = "Given the service logs an error of this\n    And it fails"
    done = behave(tmp_path, scenario("a", steps))
    assert done.returncode == 1
    assert "one row expected, none seen" in done.stdout
    assert "every step has held" not in done.stdout
