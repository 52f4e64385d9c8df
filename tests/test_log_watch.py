"""Whose an error in the service's log is: the scenario's, the run's, somebody else's; and which are expected."""

import json
import re
import uuid
from types import SimpleNamespace
from typing import Any

from harness.errors import UnexpectedLogError
from harness.evidence.scene import Scene
from harness.journal import Journal, Redaction
from harness.log_watch import LogSweep, LogWatch
from harness.names import Names
from harness.scopes import ScenarioInfo
from harness.target import ExpectedLine
from tools.outcomes import outcome_of

ALLOWED = ExpectedLine(re.compile("essay cannot be stored"), "P7", frozenset({"P7"}))
OURS, EARLIER, FOREIGN = (str(uuid.uuid4()) for _ in range(3))


class Stage:
    """A sweep, with scenarios that take place one after the other."""

    def __init__(self, *expected: ExpectedLine) -> None:
        self.sweep = LogSweep(expected)
        self.run_lines = self.sweep.of_run

    def scenario(self, line: int, known: str, *written: str, tags: Any = (), **how: bool) -> list[str]:
        redaction = Redaction(frozenset({"s3cret"}), frozenset({"email"}))
        journal, names = Journal(redaction), Names()
        journal.write("somebody", "did something", correlation_id=known)
        names.learn("essay", "My summer", uuid.UUID(int=line))
        info = ScenarioInfo(f"scenario {line}", "some.feature", line, frozenset(tags))
        scene = Scene(SimpleNamespace(), journal, names, redaction)  # type: ignore[arg-type]
        return self.sweep.sweep(written, info, scene, **{"alone": False, "in_company": False, **how})


def _error(correlation_id: str | None, event: str = "boom", **more: str) -> str:
    about = {"correlation_id": correlation_id} if correlation_id else {}
    return json.dumps({"level": "ERROR", "event": event, **about, **more})


def test_an_error_with_an_id_of_the_scenario_is_its_own() -> None:
    stage = Stage()
    assert stage.scenario(1, OURS, _error(OURS)) == [f"ERROR boom (correlation_id={OURS})"]
    assert stage.run_lines == []


def test_plain_text_is_attributed_by_any_id_in_it_also_by_that_of_a_thing() -> None:
    stage = Stage()
    lines = [f"ERROR of {OURS}", "Traceback (most recent call last):", '  File "a.py", line 1', "ValueError: no"]
    assert stage.scenario(1, OURS, *lines) == [f"ERROR of {OURS} … ValueError: no"]
    assert stage.scenario(2, OURS, f"ERROR essay {uuid.UUID(int=2)}") == ['ERROR essay "My summer"']


def test_an_error_of_nobody_is_the_runs_and_says_when_it_was() -> None:
    stage = Stage()
    assert stage.scenario(7, OURS, _error(None), "Traceback (most recent call last):") == []
    assert len(stage.run_lines) == 2
    assert "while some.feature:7 ran" in stage.run_lines[0]
    assert "2 errors that nobody expects" in stage.sweep.told()


def test_an_error_that_comes_too_late_names_the_scenario_that_it_is_of() -> None:
    stage = Stage()
    stage.scenario(1, EARLIER)
    assert stage.scenario(2, OURS, _error(EARLIER)) == []
    assert "too late for some.feature:1" in stage.run_lines[0]


def test_an_error_of_somebody_else_is_nobodys_business_where_the_service_is_shared_with_other_runs() -> None:
    stage = Stage()
    assert stage.scenario(1, OURS, _error(FOREIGN), f"ERROR {FOREIGN}", in_company=True) == []
    assert stage.run_lines == []
    assert stage.scenario(2, OURS, _error(None), in_company=True) == []
    assert len(stage.run_lines) == 1, "without any id it may well be ours"


def test_alone_with_the_service_a_scenario_answers_for_all_that_it_writes() -> None:
    assert len(Stage().scenario(1, OURS, _error(None), _error(FOREIGN), alone=True)) == 2


def test_what_is_expected_is_expected_only_under_its_tag() -> None:
    stage = Stage(ALLOWED)
    told = _error(OURS, "essay cannot be stored")
    assert stage.scenario(1, OURS, told, tags=["P7", "core"]) == []
    assert stage.scenario(2, OURS, told, tags=["P1"]) == [f"ERROR essay cannot be stored (correlation_id={OURS})"]
    assert stage.run_lines == []


def test_a_late_line_is_judged_by_the_tags_of_its_own_scenario() -> None:
    stage = Stage(ALLOWED)
    stage.scenario(1, EARLIER, tags=["P7"])
    stage.scenario(2, OURS, _error(EARLIER, "essay cannot be stored"), tags=["P1"])
    assert stage.run_lines == []


def test_what_is_told_holds_no_secret_and_no_personal_data() -> None:
    (told,) = Stage().scenario(1, OURS, _error(OURS, "with s3cret", email="elsa@school.example"))
    assert "s3cret" not in told
    assert "elsa" not in told


def test_warnings_are_fine() -> None:
    assert Stage().scenario(1, OURS, json.dumps({"level": "WARNING", "event": "x"}), "WARN y", alone=True) == []


def test_a_scenario_that_fails_by_the_log_is_refuted_not_troubled() -> None:
    def outcome(exception: Exception | None) -> Any:
        scenario = SimpleNamespace(
            all_steps=[SimpleNamespace(status=SimpleNamespace(has_failed=lambda: False))],
            filename="f.feature", line=3, name="n", effective_tags=[], duration=0.0, skip_reason=None,
            status=SimpleNamespace(name="hook_error"), error_message=str(exception), exception=exception,
        )  # fmt: skip
        return outcome_of(scenario, 1.0)

    assert outcome(UnexpectedLogError("errors")).refuted
    assert not outcome(RuntimeError("a hook")).refuted


class Log:
    """Stands for the log of a service."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)

    def catch_up(self) -> None:
        pass

    def drain(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


async def test_what_the_next_service_in_a_laboratory_says_is_not_that_of_the_last_scenario_there() -> None:
    sweep, redaction = LogSweep(()), Redaction(frozenset(), frozenset())
    stack = SimpleNamespace(services=[SimpleNamespace(log=Log())], standing=None)
    info = ScenarioInfo("the last", "some.feature", 1, frozenset({"laboratory"}))
    scene = Scene(SimpleNamespace(stack=stack), Journal(redaction), Names(), redaction)  # type: ignore[arg-type]
    watch = LogWatch(sweep, scene, info)
    await watch.look()
    (gone,) = stack.services
    stack.services = [SimpleNamespace(log=Log(_error(None, "at its start")))]
    gone.log.lines = [_error(None, "a last word")]
    await watch.look_after_the_end()
    assert ["a last word" in line for line in sweep.of_run] == [True]
    assert stack.services[0].log.lines, "left for the scenario whose service it is"
