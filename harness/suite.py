"""One run of the suite: what `environment.py` opens and closes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
from dishka import AsyncContainer, Provider, make_async_container

from harness import engine, leftovers
from harness.console import say
from harness.errors import InfrastructureError, ServiceEndedError, UnexpectedLogError, as_trouble
from harness.laboratories import NAMES, THE_SERVICE_RUNS, Laboratories, Rooms, rooms_for
from harness.log_watch import LogSweep, LogWatch
from harness.loop import EventLoop
from harness.scopes import TIMED, HarnessProvider, ScenarioInfo, SuiteScope
from harness.settings import ROOT, Settings
from harness.signals import unheard
from harness.sites import SharedSite, Site
from harness.stack_images import StackImages, have_images
from harness.stage import LOG_DEADLINE, SCENARIO_CLOSE_DEADLINE, Stage, where
from harness.standing import Ground, Standing
from harness.target import Target, Wiring
from harness.timings import Timings
from harness.turns import Turns

START_DEADLINE = 700.0
"""Longer than the wait for other runs that use what stands, which tells more."""
CLOSE_DEADLINE = 30.0


class Suite:
    """The RUN scope, and in it the SCENARIO scopes.

    `providers` are the actors', `wiring` and `personal_fields` what the contract says about Kafka and about which
    fields hold personal data; so many of the selected scenarios are `in_laboratories`; `artifacts` is the folder for
    what the run leaves to its readers. Scenarios may be opened, played and closed in several threads.
    """

    def __init__(
        self,
        config: Any,
        providers: Iterable[Provider],
        wiring: Wiring,
        personal_fields: frozenset[str],
        *,
        in_laboratories: int = 0,
        artifacts: Path = ROOT / "artifacts",
    ) -> None:
        self._config = config
        self._providers = list(providers)
        self._wiring = wiring
        self._personal_fields = personal_fields
        self._in_laboratories = in_laboratories
        self.artifacts = artifacts
        self.timings = Timings()
        self.trouble: InfrastructureError | None = None
        self.is_over = False
        self.has_refuted = False
        self._loop: EventLoop | None = None
        self._client: docker.DockerClient | None = None
        self._run: leftovers.Run | None = None
        self._container: AsyncContainer | None = None
        self._laboratories: Laboratories | None = None
        self.rooms = Rooms(1)
        self.turns = Turns()
        self.factor = 1.0
        self.sweep = LogSweep(())
        self.last_watch: LogWatch | None = None

    @property
    def loop(self) -> EventLoop:
        """The loop of the run."""
        assert self._loop is not None, "the run was not opened"
        return self._loop

    def open(self) -> None:
        """Open the RUN scope: engine, images, clients. Raises `InfrastructureError`, kept as `trouble` too."""
        with self.keeping_trouble("Preparing the run"):
            self._open()

    @contextmanager
    def keeping_trouble(self, doing: str) -> Iterator[None]:
        """Turn whatever goes wrong inside into `trouble`; a service that has ended is none, but ends the run too."""
        try:
            yield
        except ServiceEndedError:
            self.is_over = True
            raise
        except Exception as error:
            trouble = as_trouble(error, doing)
            self.has_trouble(trouble)
            raise trouble from error

    def has_trouble(self, trouble: InfrastructureError) -> None:
        """Keep what has gone wrong first: there is no sense in going on."""
        self.trouble = self.trouble or trouble
        self.is_over = True

    def _open(self) -> None:
        self.settings = Settings.read(self._config.userdata)
        self.factor = self.settings.factor
        target = Target.load(self.settings.target)
        self.sweep = LogSweep(target.expected_log_lines)
        self._loop = EventLoop()
        with self.timings.taking("engine"):
            self._client = engine.ensure_engine()
            self._run = leftovers.new_run()
            for line in leftovers.remove_leftovers(self._client):
                say(line)
        with self.timings.taking("images"):
            images, said = have_images(self._client, target)
        client = self._client
        ground = Ground.of(self._run.labels, self.settings.keep, lambda name: Standing(name).exists(client))
        if not ground.keeps:
            for line in said:
                say(line)
        stands = ground.standing(NAMES[0]) is not None
        self.rooms = Rooms(1) if stands else rooms_for(self._in_laboratories, client.info()["MemTotal"])
        self._container = make_async_container(
            HarnessProvider(),
            *self._providers,
            scopes=SuiteScope,
            # What takes time to be made for the run, the shared site, is asked for by one thread alone, and the others
            # are not to wait for it.
            lock_factory=None,
            context={
                Settings: self.settings,
                Target: target,
                Wiring: self._wiring,
                StackImages: images,
                Ground: ground,
                Rooms: self.rooms,
                frozenset[str]: self._personal_fields,
            },
        )

    async def _bring_up(self, laboratory: bool) -> None:
        """Start what a scenario needs, and the laboratory in the background where one is ahead and nobody else does."""
        assert self._container is not None, "the run was not opened"
        if not laboratory:
            shared = await self._container.get(SharedSite)
            self.timings.note_parts(shared.stack.name, shared.stack.started)
            if self._in_laboratories and self.rooms.number == 1:
                (await self._container.get(Laboratories)).first.begin()
        elif self.rooms.number == 1:
            await self._bring_up_laboratory(0)

    async def _bring_up_laboratory(self, number: int) -> None:
        assert self._container is not None, "the run was not opened"
        self._laboratories = await self._container.get(Laboratories)
        stack = await self._laboratories.up(number)
        self.timings.note_parts(stack.name, stack.started)

    def bring_up_laboratory(self, number: int) -> None:
        """Start one of several laboratories; raises `InfrastructureError`, kept as `trouble` too."""
        with self._a_turn(), self.keeping_trouble("Starting the laboratory"):
            self.loop.run(
                self._bring_up_laboratory(number), deadline=START_DEADLINE * self.factor, what="Starting the laboratory"
            )

    def goes_on_with(self, scenario: Any) -> bool:
        """Tell whether a scenario begins with what is left in the laboratory that is free: a service, or none.

        A good guess: by the time it gets a laboratory, that may be another one.
        """
        is_left = self._laboratories is not None and self._laboratories.have_a_service_left
        return is_left == _takes_over(scenario)

    @contextmanager
    def _a_turn(self) -> Iterator[None]:
        """Have a turn, as a scenario that may have company; raises KeyboardInterrupt when the run ends."""
        self.turns.take(alone=False)
        try:
            yield
        finally:
            self.turns.leave()

    def bring_up(self) -> None:
        """Start all that any scenario could need; raises `InfrastructureError`."""
        with self.keeping_trouble("Starting the stacks"):
            for laboratory in (False, True):
                self.loop.run(
                    self._bring_up(laboratory), deadline=START_DEADLINE * self.factor, what="Starting the stacks"
                )

    async def _rest(self) -> None:
        assert self._container is not None, "the run was not opened"
        await (await self._container.get(Laboratories)).rest()

    def open_scenario(self, scenario: Any) -> Stage:
        """Open the SCENARIO scope for behave's `scenario`, with the site where it takes place.

        What it needs and does not run yet is started. Raises `InfrastructureError`, kept as `trouble` too, and
        `ServiceEndedError` when an earlier scenario has ended the shared service; KeyboardInterrupt when the run ends.
        """
        self.turns.take(alone=TIMED in scenario.effective_tags)
        try:
            with self.keeping_trouble(f"Preparing the scenario {scenario.name!r}"):
                return self._open_scenario(scenario)
        except BaseException:
            self.turns.leave()
            raise

    def _open_scenario(self, scenario: Any) -> Stage:
        assert self._container is not None, "the run was not opened"
        info = ScenarioInfo(
            scenario.name,
            scenario.filename,
            scenario.line,
            frozenset(map(str, scenario.effective_tags)),
            service_runs=_takes_over(scenario),
        )
        place = "laboratory" if info.needs_laboratory else "shared site"
        with self.timings.taking(place):
            self.loop.run(
                self._bring_up(info.needs_laboratory),
                deadline=START_DEADLINE * self.factor,
                what=f"Starting the {place}",
            )
        with self.timings.taking(f"set-up {where(laboratory=info.needs_laboratory)}"):
            entered = self._container(context={ScenarioInfo: info})
            scope = self.loop.run(entered.__aenter__(), deadline=5, what="Opening the scenario's scope")
            try:
                if info.is_timed:
                    self.loop.run(self._rest(), deadline=START_DEADLINE * self.factor, what="Waiting to be alone")
                preparing = scope.get(Site)
                site = self.loop.run(preparing, deadline=START_DEADLINE * self.factor, what="Preparing the scenario")
                watch = self.loop.run(LogWatch.of(self.sweep, scope), deadline=5, what="Beginning to watch the log")
                if watch.is_alone:
                    site.watch = watch
            except BaseException:
                deadline = SCENARIO_CLOSE_DEADLINE * self.factor
                self.loop.run(scope.close(), deadline=deadline, what="Cleaning up", must_end=True)
                raise
        if not watch.is_alone:
            self.last_watch = watch
        return Stage(self, scope, watch)

    def close(self) -> None:
        """Close the RUN scope and remove every container, network and volume of the run; Ctrl-C has to wait."""
        with unheard(), self.timings.taking("clean-up"):
            self._close()
        if self._loop is not None and self.settings.timings:
            self.timings.write(self.settings.timings)
        if self.sweep.of_run:
            self.has_refuted = True
            raise UnexpectedLogError(self.sweep.told())

    def _close(self) -> None:
        try:
            if self.last_watch is not None:
                self.loop.run(self.last_watch.look_after_the_end(), deadline=LOG_DEADLINE, what="Looking at the log")
            if self._container is not None:
                self.loop.run(self._container.close(), deadline=CLOSE_DEADLINE, what="Closing the clients")
            if self._loop is not None:
                self._loop.finish_threads(CLOSE_DEADLINE)
        finally:
            if self._client is not None and self._run is not None:
                leftovers.remove_run(self._client, self._run.id)
                self._run.close()
            if self._loop is not None:
                self._loop.close()


def _takes_over(scenario: Any) -> bool:
    """Tell whether it begins with a service that runs, whichever it is."""
    return [step.name for step in scenario.all_steps][:1] == [THE_SERVICE_RUNS]
