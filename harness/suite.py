"""One run of the suite: what `environment.py` opens and closes."""

import os
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
from dishka import AsyncContainer, Provider, make_async_container
from dishka.exceptions import ExitError

from harness import engine, leftovers
from harness.console import say
from harness.errors import InfrastructureError, ServiceEndedError, UnexpectedLogError, as_trouble
from harness.evidence import Kept, keep_evidence
from harness.laboratories import Call, Laboratories
from harness.log_watch import LogSweep, LogWatch
from harness.loop import EventLoop
from harness.scopes import HarnessProvider, ScenarioInfo, SuiteScope
from harness.settings import ROOT, Settings
from harness.signals import SIGNALS
from harness.sites import SharedSite, Site
from harness.stack_images import StackImages, have_images
from harness.standing import Ground, Standing
from harness.story import Attach, tell_step
from harness.target import Target, Wiring
from harness.tellable import tellable
from harness.timings import Timings

START_DEADLINE = 700.0
"""Longer than the wait for other runs that use what stands, which tells more."""
CLOSE_DEADLINE = 30.0
SCENARIO_CLOSE_DEADLINE = 150.0
"""More than the faults of a scenario may take to heal, one after the other, and its containers to go."""
EVIDENCE_DEADLINE = 5.0
LOG_DEADLINE = 10.0


class Suite:
    """The RUN scope, and in it one SCENARIO scope after the other.

    `providers` are the actors', `wiring` and `personal_fields` what the contract says about Kafka and about which
    fields hold personal data; `calls` are those of the selected scenarios for a scene in a laboratory; `artifacts` is
    the folder for what the run leaves to its readers.
    """

    def __init__(
        self,
        config: Any,
        providers: Iterable[Provider],
        wiring: Wiring,
        personal_fields: frozenset[str],
        calls: Sequence[Call],
        *,
        artifacts: Path = ROOT / "artifacts",
    ) -> None:
        self._config = config
        self._providers = list(providers)
        self._wiring = wiring
        self._personal_fields = personal_fields
        self._calls = calls
        self._artifacts = artifacts
        self.timings = Timings()
        self.trouble: InfrastructureError | None = None
        self.is_over = False
        self.has_refuted = False
        self._loop: EventLoop | None = None
        self._client: docker.DockerClient | None = None
        self._run: leftovers.Run | None = None
        self._container: AsyncContainer | None = None
        self._scenario: AsyncContainer | None = None
        self._factor = 1.0
        self._sweep = LogSweep(())
        self._watch: LogWatch | None = None
        self._last_watch: LogWatch | None = None
        self._leaving: LogWatch | None = None
        self._kept: Kept | None = None

    @property
    def loop(self) -> EventLoop:
        """The loop of the run."""
        assert self._loop is not None, "the run was not opened"
        return self._loop

    def open(self) -> None:
        """Open the RUN scope: engine, images, clients. Raises `InfrastructureError`, kept as `trouble` too."""
        with self._keeping_trouble("Preparing the run"):
            self._open()

    @contextmanager
    def _keeping_trouble(self, doing: str) -> Iterator[None]:
        """Turn whatever goes wrong inside into `trouble`; a service that has ended is none, but ends the run too."""
        try:
            yield
        except ServiceEndedError:
            self.is_over = True
            raise
        except Exception as error:
            self.trouble = as_trouble(error, doing)
            self.is_over = True
            raise self.trouble from error

    def _open(self) -> None:
        self.settings = Settings.read(self._config.userdata)
        self._factor = self.settings.factor
        target = Target.load(self.settings.target)
        self._sweep = LogSweep(target.expected_log_lines)
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
        self._container = make_async_container(
            HarnessProvider(),
            *self._providers,
            scopes=SuiteScope,
            context={
                Settings: self.settings,
                Target: target,
                Wiring: self._wiring,
                StackImages: images,
                Ground: ground,
                Sequence[Call]: self._calls,
                frozenset[str]: self._personal_fields,
            },
        )

    async def _bring_up(self, laboratory: bool) -> None:
        """Start what a scenario needs; once the shared site stands, begin with the laboratory if one is ahead."""
        assert self._container is not None, "the run was not opened"
        if laboratory:
            stack = (await self._container.get(Laboratories)).first
            await stack.ready()
            self.timings.note_parts(stack.name, stack.started)
            return
        shared = await self._container.get(SharedSite)
        self.timings.note_parts(shared.stack.name, shared.stack.started)
        if self._calls:
            (await self._container.get(Laboratories)).first.begin()

    def bring_up(self) -> None:
        """Start all that any scenario could need; raises `InfrastructureError`."""
        with self._keeping_trouble("Starting the stacks"):
            for laboratory in (False, True):
                self.loop.run(
                    self._bring_up(laboratory), deadline=START_DEADLINE * self._factor, what="Starting the stacks"
                )

    def open_scenario(self, scenario: Any) -> None:
        """Open the SCENARIO scope for behave's `scenario`, with the site where it takes place.

        What it needs and does not run yet is started. Raises `InfrastructureError`, kept as `trouble` too, and
        `ServiceEndedError` when an earlier scenario has ended the shared service.
        """
        with self._keeping_trouble(f"Preparing the scenario {scenario.name!r}"):
            self._open_scenario(scenario)

    def _open_scenario(self, scenario: Any) -> None:
        assert self._container is not None, "the run was not opened"
        info = ScenarioInfo(
            scenario.name, scenario.filename, scenario.line, frozenset(map(str, scenario.effective_tags))
        )
        site = "laboratory" if info.needs_laboratory else "shared site"
        with self.timings.taking(site):
            self.loop.run(
                self._bring_up(info.needs_laboratory),
                deadline=START_DEADLINE * self._factor,
                what=f"Starting the {site}",
            )
        with self.timings.taking("scenario set-up"):
            entered = self._container(context={ScenarioInfo: info})
            self._scenario = self.loop.run(entered.__aenter__(), deadline=5, what="Opening the scenario's scope")
            self.loop.run(
                self._scenario.get(Site), deadline=START_DEADLINE * self._factor, what="Preparing the scenario"
            )
            self._watch = self._last_watch = self.loop.run(
                LogWatch.of(self._sweep, self._scenario), deadline=5, what="Beginning to watch the log"
            )

    def run_step(self, step: Callable[[AsyncContainer], Awaitable[None]], deadline: float, phrase: str) -> None:
        """Run a step in the scenario's scope; `deadline` is in seconds. A failure names the folder of its evidence."""
        assert self._scenario is not None, "no scenario is open"
        scope = self._scenario
        self.timings.step_begins()
        self._kept = None

        async def take() -> None:
            async with tellable(scope):
                await step(scope)

        try:
            self.loop.run(take(), deadline=deadline * self._factor, what="The step")
        except InfrastructureError as trouble:
            self.trouble, self.is_over = trouble, True
            raise
        except Exception as error:
            self.has_refuted = True
            if self._watch is not None:
                self._watch.has_failed = True
            told = self._keep_evidence(scope, phrase, error)
            if not isinstance(error, AssertionError):
                error.add_note(told)
                raise
            raise AssertionError(f"{error}\n{told}") from None

    def _keep_evidence(self, scope: AsyncContainer, phrase: str, failure: Exception) -> str:
        """Return the digest of the evidence and where it is, or why there is none; never hides the failure."""
        try:
            with self.timings.taking("evidence"):
                keeping = keep_evidence(scope, self._artifacts, phrase, failure)
                self._kept = self.loop.run(keeping, deadline=EVIDENCE_DEADLINE, what="Keeping the evidence")
        except Exception as trouble:  # noqa: BLE001 -- whatever it is, the failure matters more
            return f"  evidence could not be kept: {trouble!r}"
        digest = [*self._kept.digest, f"evidence: {os.path.relpath(self._kept.folder)}"]
        return "\n".join(f"  {line}" for line in digest)

    def tell_step(self, attach: Attach) -> None:
        """Attach to the step that has ended what was done and seen in it, and the evidence if it has left some."""
        if self._scenario is not None:
            tell_step(self.loop, self._scenario, self._kept.index if self._kept else None, attach)

    def close_scenario(self) -> None:
        """Close the SCENARIO scope: whatever it opened is closed, however the scenario ended.

        Raises `UnexpectedLogError` when every step has held but the service has logged errors that nobody expects.
        """
        if self._scenario is None:
            return
        scope, watch, self._scenario, self._watch = self._scenario, self._watch, None, None
        with self._keeping_trouble("Cleaning up after the scenario"):
            try:
                told = self._sweep_log(scope, watch) if watch is not None else ""
            finally:
                with self.timings.taking("scenario clean-up"):
                    self._close_scope(scope)
        if watch is None:
            return
        if watch.is_alone:  # what was written while all that it had broken was healed
            self._look_at_log(watch)
            self._hear_last_words()
            self._leaving = watch
        if watch.unexpected and not watch.has_failed:
            self.has_refuted = True
            raise UnexpectedLogError("\n".join(filter(None, [watch.told(), told])))

    def _sweep_log(self, scope: AsyncContainer, watch: LogWatch) -> str:
        """Look at the service's log while the site still stands; keep evidence if that alone fails the scenario."""
        with self.timings.taking("log sweep"):
            self._look_at_log(watch)
        if watch.has_failed or not watch.unexpected:
            return ""
        kept = self._keep_evidence(scope, "after the last step", UnexpectedLogError(watch.told()))
        return kept.splitlines()[-1]  # the rest of it would say the same once more

    def _hear_last_words(self) -> None:
        """Hear what the services of the last scenario in a laboratory have written until they were removed."""
        watch, self._leaving = self._leaving, None
        if watch is not None:
            self.loop.run(watch.look_after_the_end(), deadline=LOG_DEADLINE * self._factor, what="Looking at the log")

    def _look_at_log(self, watch: LogWatch) -> None:
        self.loop.run(watch.look(), deadline=LOG_DEADLINE * self._factor, what="Looking at the log")

    def _close_scope(self, scope: AsyncContainer) -> None:
        try:
            self.loop.run(scope.close(), deadline=SCENARIO_CLOSE_DEADLINE * self._factor, what="Cleaning up")
        except ExitError as errors:
            causes = "; ".join(f"{type(e).__name__}: {e}" for e in errors.exceptions)
            raise InfrastructureError(f"Cleaning up after the scenario failed: {causes}") from errors

    def close(self) -> None:
        """Close the RUN scope and remove every container, network and volume of the run; Ctrl-C has to wait."""
        signals = {s: signal.signal(s, signal.SIG_IGN) for s in SIGNALS}
        try:
            with self.timings.taking("clean-up"):
                self._close()
        finally:
            for number, handler in signals.items():
                signal.signal(number, handler)
        if self._loop is not None and self.settings.timings:
            self.timings.write(self.settings.timings)
        if self._sweep.of_run:
            self.has_refuted = True
            raise UnexpectedLogError(self._sweep.told())

    def _close(self) -> None:
        try:
            if self._last_watch is not None:
                self.loop.run(self._last_watch.look_after_the_end(), deadline=LOG_DEADLINE, what="Looking at the log")
            if self._container is not None:
                self.loop.run(self._container.close(), deadline=CLOSE_DEADLINE, what="Closing the clients")
                self._hear_last_words()
            if self._loop is not None:
                self._loop.finish_threads(CLOSE_DEADLINE)
        finally:
            if self._client is not None and self._run is not None:
                leftovers.remove_run(self._client, self._run.id)
                self._run.close()
            if self._loop is not None:
                self._loop.close()
