"""How a run ends: its exit code says whether a promise is broken, nothing is proved, or somebody interrupted it.

A real behave runs a small project whose suite has scopes of its own instead of containers.
"""

import os
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness.faults.owner import HEAL_WITHIN
from harness.suite import SCENARIO_CLOSE_DEADLINE
from tests.messages import dangling, faults, of, read

ENVIRONMENT = """
    from pathlib import Path
    from collections.abc import Iterator
    from types import SimpleNamespace
    from typing import NewType
    from dishka import Provider, make_async_container, provide
    from harness import suite as suite_module
    from harness.errors import InfrastructureError, ServiceEndedError
    from harness.evidence import Collector, Finding
    from harness.journal import Journal, Redaction
    from harness.log_watch import LogWatch
    from harness.loop import EventLoop
    from harness.names import Names
    from harness.scopes import ScenarioInfo, SuiteScope
    from harness.sites import Site
    from harness.steps import use_phrases
    from harness.suite import Suite
    from harness.target import Wiring

    use_phrases()

    class Service:  # its log is what the steps have written into a file
        alias, exchanges = "service", ()
        log = property(lambda self: self)
        def catch_up(self):
            if Path("no_more_log").exists():
                raise OSError("the log has burnt down")
        async def log_lines(self, since):
            return []
        def drain(self):
            path = Path("service.log")
            lines = path.read_text().splitlines() if path.exists() else []
            path.unlink(missing_ok=True)
            return lines

    SERVICE = Service()
    REDACTION = Redaction(frozenset({"s3cret"}), frozenset({"email"}))
    Greeting = NewType("Greeting", str)

    class Things(Provider):
        scope = SuiteScope.SCENARIO
        @provide
        def journal(self) -> Journal:
            return Journal(REDACTION)
        @provide(scope=SuiteScope.RUN)
        def redaction(self) -> Redaction:
            return REDACTION
        @provide
        def info(self) -> ScenarioInfo:
            return ScenarioInfo("s", "f.feature", 3, frozenset())
        @provide
        def site(self) -> Site:
            return Site(SimpleNamespace(services=[SERVICE], standing=None), "db", None)
        @provide
        def names(self) -> Names:
            return Names()
        @provide
        def evidence(self) -> tuple[Collector, ...]:
            async def looks() -> Finding:
                return Finding(["all of it"], ["the token is s3cret, and the moon is full"])
            return (Collector("The moon", "moon.txt", looks),)
        @provide
        def greeting(self) -> Iterator[Greeting]:
            yield Greeting("hello")
            print("THE SCENARIO IS CLOSED")

    class SmallSuite(Suite):
        def _open(self):
            self.settings = suite_module.Settings.read(self._config.userdata)
            self._loop = EventLoop()
            self._container = make_async_container(Things(), scopes=SuiteScope)
        def _open_scenario(self, scenario):
            if "no_database" in scenario.tags:
                raise OSError("connection refused")
            if "service_ended" in scenario.tags:
                raise ServiceEndedError("a scenario before this one has ended it")
            self._scenario = self.loop.run(self._container().__aenter__(), deadline=5, what="Opening")
            watch = LogWatch.of(self._sweep, self._scenario)
            self._watch = self._last_watch = self.loop.run(watch, deadline=5, what="Opening")

    def before_all(context):
        context.suite = SmallSuite(context.config, [], Wiring({}, "g"), frozenset(), False, artifacts=context.artifacts)
        context.suite.open()
    def before_scenario(context, scenario):
        context.suite.open_scenario(scenario)
    def after_step(context, step):
        context.suite.tell_step(context.attach)
    def after_scenario(context, scenario):
        late = "logged_late" in scenario.tags and Path("service.log").rename("kept.log")
        context.suite.close_scenario()
        if late:
            late.rename("service.log")
    def after_all(context):
        context.suite.close()
        print("CLOSED")
"""
STEPS = """
    import asyncio, os, signal
    from behave.model import Table
    from dishka import FromDishka
    from environment_types import Greeting
    from pathlib import Path
    from harness.errors import InfrastructureError
    from harness.journal import Journal
    from harness.names import Names
    from harness.steps import given

    @given("all is well with {word}:")
    async def all_is_well(word: str, table: Table, greeting: FromDishka[Greeting]) -> None:
        assert (word, table[0]["n"], greeting) == ("you", "1", "hello")
    @given("it fails")
    async def it_fails() -> None:
        raise AssertionError("s3cret: one row expected, none seen")
    @given("a request is answered in another way")
    async def answered_in_another_way() -> None:
        raise AssertionError('GET /x was answered with 400, expected 200: {"id": "c-1", "email": "elsa@school')
    @given("a request breaks something")
    async def breaks_something() -> None:
        try:
            raise KeyError({"id": "c-1", "email": "elsa@school"})
        except KeyError as error:
            raise ValueError("the answer means nothing") from error
    @given("somebody looks")
    async def somebody_looks(journal: FromDishka[Journal]) -> None:
        journal.look("clerk", "looked", token="the s3cret", boxes=2)
    @given("it hangs", deadline=0.1)
    async def it_hangs() -> None:
        await asyncio.Event().wait()
    @given("the service logs an error of {word}")
    async def service_logs_an_error(whose: str, names: FromDishka[Names]) -> None:
        about = f"about {names.id('essay', 'My summer')}" if whose == "this" else ""
        Path("service.log").write_text(f"INFO fine\\nERROR it is s3cret {about}\\n")
    @given("the log goes")
    async def the_log_goes(greeting: FromDishka[Greeting]) -> None:
        Path("no_more_log").touch()
    @given("infrastructure fails")
    async def infrastructure_fails() -> None:
        raise InfrastructureError("the laboratory has burnt down", "build another")
    @given("somebody interrupts with {word}")
    async def somebody_interrupts(name: str) -> None:
        os.kill(os.getpid(), getattr(signal, name))
        await asyncio.Event().wait()
"""
FINE = "Given all is well with you:\n      | n |\n      | 1 |"


def _behave(folder: Path, feature: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "steps").mkdir()
    (folder / "features").mkdir()
    environment = textwrap.dedent(ENVIRONMENT)
    types = 'from typing import NewType\n\nGreeting = NewType("Greeting", str)\n'
    environment = environment.replace(
        'Greeting = NewType("Greeting", str)\n', "from environment_types import Greeting\n"
    )
    (folder / "environment_types.py").write_text(types, encoding="utf-8")
    (folder / "environment.py").write_text(environment, encoding="utf-8")
    (folder / "steps" / "small_steps.py").write_text(textwrap.dedent(STEPS), encoding="utf-8")
    (folder / "features" / "f.feature").write_text(f"Feature: f\n{feature}", encoding="utf-8")
    settings = '[tool.behave]\nrunner = "harness.runner:AcceptanceRunner"\ncapture_hooks = false\n'
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "behave", "-D", "artifacts=evidence", *arguments, "features/"]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)


def _scenario(name: str, step: str, tag: str = "") -> str:
    return f"  {tag}\n  Scenario: {name}\n    {step}\n"


def test_all_well_is_0_with_arguments_tables_and_injected_things(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", FINE))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 scenario passed" in done.stdout


def test_a_broken_promise_is_1_and_its_evidence_is_named_and_without_secrets(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", "Given it fails") + _scenario("b", FINE))
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
    done = _behave(tmp_path, _scenario("a", f"Given {step}"))
    assert done.returncode == 1
    assert told in done.stdout
    kept = {
        path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "evidence").rglob("*.*") if path.is_file()
    }
    assert {"failure.txt", "evidence.md", "messages.ndjson"} <= kept.keys()
    for where, text in {**kept, "standard output": done.stdout, "standard error": done.stderr}.items():
        assert "elsa@school" not in text, where


def test_a_step_that_hangs_is_1_and_told_with_its_place(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", "Given it hangs"))
    assert done.returncode == 1
    assert "The step was not finished after 0.1 s" in done.stdout
    assert "in it_hangs" in done.stdout


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (_scenario("a", "Given infrastructure fails"), "the laboratory has burnt down"),
        (_scenario("a", FINE, "@no_database"), "failed: OSError: connection refused"),
    ],
)
def test_infrastructure_that_fails_is_3_ends_the_run_and_points_to_the_doctor(
    tmp_path: Path, scenario: str, told: str
) -> None:
    done = _behave(tmp_path, scenario + _scenario("b", FINE))
    assert done.returncode == 3, done.stdout + done.stderr
    assert told in done.stderr
    assert "make doctor" in done.stderr
    assert "1 untested" in done.stdout
    assert "CLOSED" in done.stdout


def test_a_broken_promise_is_not_forgotten_over_infrastructure_that_fails_later(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", "Given it fails") + _scenario("b", FINE, "@no_database"))
    assert done.returncode == 1
    assert "connection refused" in done.stderr


def test_a_service_that_a_scenario_has_ended_is_1_and_ends_the_run(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", FINE, "@service_ended") + _scenario("b", FINE))
    assert done.returncode == 1
    assert "a scenario before this one has ended it" in done.stdout
    assert "1 untested" in done.stdout


def test_an_error_in_the_services_log_fails_its_scenario_alone_with_evidence(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", "Given the service logs an error of this") + _scenario("b", FINE))
    assert done.returncode == 1
    assert "every step has held, but the service has logged an error that nobody expects" in done.stdout
    assert 'ERROR it is (redacted) about "My summer"' in done.stdout
    assert re.search(r"evidence: evidence/\d{8}-\d{6}-\w{8}/f_3", done.stdout)
    assert "1 scenario passed, 0 failed, 1 hook_error" in done.stdout
    assert "of no scenario" not in done.stdout


def test_an_error_of_nobody_fails_the_run_and_no_scenario(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", "Given the service logs an error of nobody") + _scenario("b", FINE))
    assert done.returncode == 1
    assert "2 scenarios passed, 0 failed" in done.stdout
    assert "an error that nobody expects, and that is of no scenario" in done.stdout
    assert "ERROR it is (redacted)" in done.stdout
    assert "(while f.feature:3 ran)" in done.stdout


def test_an_error_logged_after_the_last_scenario_is_not_lost(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", "Given the service logs an error of this", "@logged_late"))
    assert done.returncode == 1
    assert "1 scenario passed, 0 failed" in done.stdout
    assert "(too late for f.feature:3, whose ids it has)" in done.stdout


def test_a_scenario_is_closed_also_when_its_log_cannot_be_read(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", "Given the log goes") + _scenario("b", FINE))
    assert "THE SCENARIO IS CLOSED" in done.stdout
    assert "the log has burnt down" in done.stderr
    assert done.returncode == 3, done.stdout + done.stderr


def test_a_scenario_has_more_time_to_close_than_its_faults_have_to_heal() -> None:
    assert SCENARIO_CLOSE_DEADLINE > 3 * HEAL_WITHIN


def test_a_step_that_fails_is_not_failed_once_more_by_the_log(tmp_path: Path) -> None:
    steps = "Given the service logs an error of this\n    And it fails"
    done = _behave(tmp_path, _scenario("a", steps))
    assert done.returncode == 1
    assert "one row expected, none seen" in done.stdout
    assert "every step has held" not in done.stdout


def test_messages_are_kept_with_the_story_of_each_step_and_the_evidence_of_a_failing_one(tmp_path: Path) -> None:
    _behave(tmp_path, _scenario("a", f"Given somebody looks\n    {FINE}\n    Given it fails"))
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
    _behave(tmp_path, _scenario("a", FINE), "--dry-run")
    assert not (tmp_path / "evidence").exists()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_is_128_and_its_number_after_cleaning_up(tmp_path: Path, name: str) -> None:
    done = _behave(tmp_path, _scenario("a", f"Given somebody interrupts with {name}") + _scenario("b", FINE))
    assert done.returncode == 128 + getattr(signal, name), done.stdout + done.stderr
    assert "CLOSED" in done.stdout


@pytest.mark.parametrize("arguments", [("--tags", "@P99"), ("--name", "no such scenario")])
def test_a_selection_of_nothing_is_no_success(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = _behave(tmp_path, _scenario("a", FINE), *arguments)
    assert done.returncode == 1
    assert "No scenario was selected" in done.stderr


TARGET = """
name = "small"
leave_out = {}
[image]
reference = "small:1"
[service]
port = 1
health = "/"
[migrations]
upgrade = ["up"]
"""


@pytest.mark.parametrize(
    ("left_out", "arguments", "ran"),
    [
        ('["wip"]', (), "1 scenario passed, 0 failed, 1 skipped"),
        ('["wip"]', ("--tags", "@P1"), "1 scenario passed, 0 failed, 1 skipped"),
        ('["wip"]', ("--tags", "@wip"), "0 scenarios passed, 1 failed, 1 skipped"),
        ('["wip"]', ("--tags", "@P1 or @wip"), "1 scenario passed, 1 failed, 0 skipped"),
        ("[]", (), "1 scenario passed, 1 failed, 0 skipped"),
    ],
)
def test_what_is_not_kept_yet_is_tried_where_the_target_or_the_tags_ask_for_it(
    tmp_path: Path, left_out: str, arguments: tuple[str, ...], ran: str
) -> None:
    (tmp_path / "target.toml").write_text(TARGET.format(left_out), encoding="utf-8")
    scenarios = _scenario("a", FINE, "@P1") + _scenario("b", "Given it fails", "@P1 @wip")
    done = _behave(tmp_path, scenarios, "-D", "target=target.toml", *arguments)
    assert ran in done.stdout
    assert ("1 scenario is not tried: the target leaves out wip" in done.stderr) == ("1 failed" not in ran)


def test_nothing_but_what_is_not_kept_yet_is_no_success_and_says_how_to_try_it(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", FINE, "@wip"))
    assert done.returncode == 1
    assert "`--tags @wip` tries" in done.stderr


def test_a_setting_that_does_not_exist_is_3_and_named(tmp_path: Path) -> None:
    done = _behave(tmp_path, _scenario("a", FINE), "-D", "tarket=x")
    assert done.returncode == 3
    assert "-D tarket is not a setting" in done.stderr
