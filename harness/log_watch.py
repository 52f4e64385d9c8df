"""After each scenario: no error in the service's log that nobody expects.

A line is the scenario's whose ids it carries; in a laboratory all lines are the scenario's. What is nobody's fails the
run as a whole. A line that comes late is not lost: it carries its scenario's ids, and is reported with the run.
"""

import asyncio
import threading
from collections.abc import Iterable, Sequence

from dishka import AsyncContainer

from harness.containers.service import ServiceContainer
from harness.evidence.scene import Scene
from harness.log_entries import LogEntry, counted, entries
from harness.scopes import ScenarioInfo
from harness.target import ExpectedLine

MOST_TOLD = 8
"""Errors that the console shows of a scenario, or of a run."""


class LogSweep:
    """The sweep of one run, in one thread or several. `expected` is the allow-list of the target."""

    def __init__(self, expected: Sequence[ExpectedLine]) -> None:
        self._expected = expected
        self._lock = threading.Lock()
        self._owners: dict[str, ScenarioInfo] = {}
        self.of_run: list[str] = []
        """What belongs to no scenario, or came too late for its own, told in a line each."""

    def sweep(
        self, lines: Iterable[str], scenario: ScenarioInfo, scene: Scene, *, alone: bool, in_company: bool
    ) -> list[str]:
        """Return the unexpected trouble among `lines` that is the scenario's, and keep that of nobody as the run's.

        The scenario's is what carries an id that it knows; if it is `alone` with the service, all is its own;
        `in_company`, other runs use the same service, and what carries an unknown correlation id is theirs.
        """
        ours = []
        troubles = [entry for entry in entries(lines) if entry.is_trouble]
        with self._lock:
            self._owners |= dict.fromkeys(scene.ids, scenario)
            for entry in troubles:
                owner = scenario if alone else self._owner(entry, scenario)
                if self._is_expected(entry, (owner or scenario).tags):
                    continue
                if owner is scenario:
                    ours.append(scene.brief(entry))
                elif owner is not None:
                    self.of_run.append(f"{scene.brief(entry)}\n      (too late for {owner.place}, whose ids it has)")
                elif not (in_company and (entry.correlation_id or entry.ids)):
                    self.of_run.append(f"{scene.brief(entry)}\n      (while {scenario.place} ran)")
        return ours

    def told(self) -> str:
        """Return what is the run's, for the console."""
        is_or_are = "is" if len(self.of_run) == 1 else "are"
        heading = f"the service has logged {_count(self.of_run)}, and that {is_or_are} of no scenario"
        return _told(heading, self.of_run)

    def _owner(self, entry: LogEntry, scenario: ScenarioInfo) -> ScenarioInfo | None:
        """Return the scenario that knows an id of `entry`: this one, else an earlier one, else nobody."""
        owners = [self._owners[identity] for identity in sorted(entry.ids) if identity in self._owners]
        return scenario if scenario in owners else owners[0] if owners else None

    def _is_expected(self, entry: LogEntry, tags: frozenset[str]) -> bool:
        return any(line.expects(entry.text, tags) for line in self._expected)


class LogWatch:
    """The watch over a scenario: while its site stands, and in a laboratory until its service goes or is another's."""

    def __init__(self, sweep: LogSweep, scene: Scene, scenario: ScenarioInfo) -> None:
        self._sweep, self._scene, self._scenario = sweep, scene, scenario
        self._services: dict[int, ServiceContainer] = {}
        self.unexpected: list[str] = []
        self.has_failed = False
        """Whether a step has failed: then what is unexpected is part of its evidence."""

    @classmethod
    async def of(cls, sweep: LogSweep, scope: AsyncContainer) -> "LogWatch":
        """Begin to watch over the scenario of `scope`."""
        return cls(sweep, await Scene.of(scope), await scope.get(ScenarioInfo))

    @property
    def is_alone(self) -> bool:
        """Whether the scenario is alone with its services, so that all they write is about it."""
        return self._scenario.needs_laboratory

    async def look(self) -> None:
        """Look at what was written since the last look."""
        self._services |= {id(service): service for service in self._scene.site.stack.services}
        await self.look_again()

    async def look_again(self) -> None:
        """Look once more at the services that the scenario had: by now others may run in their place."""
        logs = [log for service in self._services.values() if (log := service.log) is not None]
        await asyncio.gather(*(asyncio.to_thread(log.catch_up) for log in logs))
        in_company = self._scene.site.stack.standing is not None
        for log in logs:
            # Beside the loop, on which others play: thousands of lines take a second of a core.
            self.unexpected += await asyncio.to_thread(
                self._sweep.sweep,
                log.drain(),
                self._scenario,
                self._scene,
                alone=self.is_alone,
                in_company=in_company,
            )

    async def look_last(self) -> bool:
        """Look once more, when nothing is broken any more; returns whether the scenario has held up to here."""
        await self.look_again()
        return not (self.has_failed or self.unexpected)

    async def look_after_the_end(self) -> bool:
        """Look once more when the scenario is over: what is said by now comes too late for it, and is the run's.

        Returns whether nothing unexpected was said.
        """
        before = len(self.unexpected)
        await self.look_again()
        self._sweep.of_run += [_too_late(line, self._scenario) for line in self.unexpected[before:]]
        return len(self.unexpected) == before

    def told(self) -> str:
        """Return what was unexpected, for the console."""
        return _told(f"every step has held, but the service has logged {_count(self.unexpected)}", self.unexpected)


def _too_late(line: str, scenario: ScenarioInfo) -> str:
    return f"{line}\n      (too late for {scenario.place}, whose it is)"


def _told(heading: str, lines: Sequence[str]) -> str:
    first, *others = counted(lines, MOST_TOLD)
    hint = "  (an error that is as it should be belongs into [[log.expected]] of the target file, with the reason)"
    return "\n".join([f"{heading}: {first}", *(f"  {line}" for line in others), hint])


def _count(lines: Sequence[str]) -> str:
    return "an error that nobody expects" if len(lines) == 1 else f"{len(lines)} errors that nobody expects"
