"""A small project whose suite has scopes of its own instead of containers; a real behave runs it."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

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
    from harness.laboratories import in_laboratories, rooms_for
    from harness.log_watch import LogWatch
    from harness.loop import EventLoop
    from harness.names import Names
    from harness.scopes import ScenarioInfo, SuiteScope
    from harness.sites import Site
    from harness.stage import Stage
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
            self.rooms = rooms_for(self._in_laboratories, 10**10)
        def bring_up_laboratory(self, number):
            pass
        def _open_scenario(self, scenario):
            if "no_database" in scenario.tags:
                raise OSError("connection refused")
            if "service_ended" in scenario.tags:
                raise ServiceEndedError("a scenario before this one has ended it")
            scope = self.loop.run(self._container().__aenter__(), deadline=5, what="Opening")
            self.last_watch = self.loop.run(LogWatch.of(self.sweep, scope), deadline=5, what="Opening")
            return Stage(self, scope, self.last_watch)

    def before_all(context):
        number = len(in_laboratories(context.selected))
        context.suite = SmallSuite(
            context.config, [], Wiring({}, "g"), frozenset(), in_laboratories=number, artifacts=context.artifacts
        )
        context.suite.open()
    def before_scenario(context, scenario):
        context.stage = context.suite.open_scenario(scenario)
    def after_step(context, step):
        context.stage.tell_step(context.attach)
    def after_scenario(context, scenario):
        late = "logged_late" in scenario.tags and Path("service.log").rename("kept.log")
        if "stage" in context:
            context.stage.close()
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
    @given("it hangs for long")
    async def it_hangs_for_long(greeting: FromDishka[Greeting]) -> None:
        await asyncio.Event().wait()
    @given("the service logs an error of {word}")
    async def service_logs_an_error(whose: str, names: FromDishka[Names]) -> None:
        about = f"about {names.id('essay', 'My summer')}" if whose == "this" else ""
        Path("service.log").write_text(f"INFO fine\\nERROR it is s3cret {about}\\n")
    @given("the log goes")
    async def the_log_goes(greeting: FromDishka[Greeting]) -> None:
        Path("no_more_log").touch()
    PLAYING = []
    BARRIERS = {}
    @given("{word} play at the same time")
    async def play_at_the_same_time(number: str, greeting: FromDishka[Greeting]) -> None:
        await BARRIERS.setdefault(number, asyncio.Barrier(int(number))).wait()
    @given("it takes a moment")
    async def takes_a_moment(greeting: FromDishka[Greeting]) -> None:
        PLAYING.append(1)
        await asyncio.sleep(0.02)
        PLAYING.pop()
    @given("nobody else plays")
    async def nobody_else_plays() -> None:
        for _ in range(20):
            assert not PLAYING
            await asyncio.sleep(0.002)
    @given("infrastructure fails")
    async def infrastructure_fails() -> None:
        raise InfrastructureError("the laboratory has burnt down", "build another")
    @given("somebody interrupts with {word}")
    async def somebody_interrupts(name: str, greeting: FromDishka[Greeting]) -> None:
        os.kill(os.getpid(), getattr(signal, name))
        await asyncio.Event().wait()
"""
FINE = "Given all is well with you:\n      | n |\n      | 1 |"


def behave(folder: Path, feature: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `feature` in a project made in `folder`."""
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
    capture = "".join(f"capture_{what} = false\n" for what in ("stdout", "stderr", "hooks"))
    settings = f'[tool.behave]\nrunner = "harness.runner:AcceptanceRunner"\n{capture}'
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "behave", "-D", "artifacts=evidence", *arguments, "features/"]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)


def scenario(name: str, step: str, tag: str = "") -> str:
    """Return a scenario of one step."""
    return f"  {tag}\n  Scenario: {name}\n    {step}\n"
