"""The chronicle of a scenario in which something breaks: what was published and seen, judged as a whole in the end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from actors import wire
from actors.deliveries import origin
from actors.model import Fate, Model
from actors.nlp_service import NlpService
from actors.remains import remains
from harness import commit_log
from harness.eventually import Patience
from harness.faults import Faults, Happened
from harness.fence import Position
from harness.history import Commit, Effect, Event, History, Look, Upset, assert_holds
from harness.journal import Journal
from harness.names import Names
from harness.sites import Site
from harness.sql import text
from harness.stack import SECRETS
from harness.tasks import call_off

T = TypeVar("T")

VERDICTS = ("V1", "V2", "V3", "V4", "V5", "V7", "V8", "V9", "V10", "V11")
PAUSE = 0.1
"""Seconds between two looks while something may be broken."""
ANSWERS_WITHIN = 1.0
"""Seconds in which a server that is there answers a look."""
RECOVERS_WITHIN = 5.0
_ROWS = "SELECT batch_id, essay_id, student_id FROM essay_student_associations"
_ROSTERS = "SELECT class_id, student_id FROM class_student_association"
_STUDENTS = "SELECT id FROM students"


@dataclass(frozen=True)
class _Line:
    """A line drawn in Kafka's log of commits, and the events that could have had no effect by then."""

    name: str
    at: float
    without: frozenset[str]


@dataclass(frozen=True)
class _Seen:
    """A look: rows by batch, essay and student; None where the server was away."""

    at: float
    committed: Mapping[int, int] | None
    rows: list[tuple[str, str, str]] | None


class Chronicle:
    """Looks again and again from the first breakage on, and judges the history of all that was published (V1-V11)."""

    def __init__(
        self, site: Site, nlp: NlpService, names: Names, faults: Faults, *, journal: Journal, patience: Patience
    ) -> None:
        self._site, self._nlp, self._names, self._faults = site, nlp, names, faults
        self._journal, self._patience = journal, patience
        self._seen: list[_Seen] = []
        self._lines: list[_Line] = []
        self._watching: asyncio.Task[None] | None = None
        self._down: Happened | None = None
        self._set_back: set[tuple[int, int]] = set()

    def begins(self) -> None:
        """Begin to look, until the scenario ends; what is begun already goes on."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    async def ends(self) -> None:
        """Look no more."""
        await call_off(self._watching)

    def notes_the_end_of_the_service(self, how: str) -> None:
        """Note that the service has ended, which is known by its exit code."""
        if self._down is None:
            self._down = self._faults.note(f"the service is {how}", time.time(), "its process was seen to have ended")

    def notes_the_start_of_the_service(self) -> None:
        """Note that the service runs again, if it was down."""
        if self._down is not None:
            self._down.healed, self._down = time.time(), None

    def notes_that_the_group_is_set_back(self, position: Position) -> None:
        """Note that it is no doing of the service that an acknowledgement is taken back."""
        self._set_back.add((position.partition, position.offset))

    async def notes_that_nothing_can_be_stored_of(self, batch: str) -> None:
        """Note that the event about a batch can have had no effect up to now, whatever was acknowledged."""
        line = await commit_log.draw_line(self._site.stack.broker, self._nlp.position_about(batch))
        self._lines.append(_Line(line, time.time(), frozenset({self._nlp.event_about(batch).event_id})))

    async def _watch(self) -> None:
        while True:
            self._seen.append(await self._look())
            await asyncio.sleep(PAUSE)

    async def _look(self) -> _Seen:
        """Look at acknowledgements first, then at effects: what lacks its effect then, had none before."""
        at = time.time()
        committed = None if self._is_away("kafka") else await _answer(self._committed)
        rows = None if self._is_away("postgres") else await _answer(self._rows)
        return _Seen(at, committed, rows)

    def _is_away(self, part: str) -> bool:
        return any(f"{part} is " in happened.what for happened in self._faults.happened if happened.healed is None)

    async def _last_look(self) -> _Seen:
        """Look once more, until whoever is there answers: the verdict goes by it."""

        async def look() -> _Seen:
            seen = await self._look()
            assert seen.rows is not None or self._is_away("postgres"), "PostgreSQL has not told what is stored"
            assert seen.committed is not None or self._is_away("kafka"), "Kafka has not told what is acknowledged"
            return seen

        return await self._patience.eventually(look)

    async def _committed(self) -> Mapping[int, int]:
        return await self._site.stack.broker.committed(wire.GROUP, wire.SUGGESTED)

    async def _rows(self) -> list[tuple[str, str, str]]:
        return [(str(batch), str(essay), str(student)) for batch, essay, student in await self._asked(_ROWS)]

    async def _asked(self, statement: str) -> list[tuple[Any, ...]]:
        async with self._site.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(statement))]

    async def holds(self) -> None:
        """Raise AssertionError unless the history holds; all that was published has been dealt with by now."""
        await self.ends()
        history = await self._history()
        self._journal.write(
            "chronicle",
            "judged the history",
            events=len(history.events),
            looks=len(history.looks),
            upsets=[upset.what for upset in history.upsets],
        )
        assert_holds(history, VERDICTS)

    async def _history(self) -> History:
        events = await self._events()
        owners = self._owners()
        commits = await commit_log.read_commits(self._site.stack.broker, self._journal.begun)
        looks = [self._told(seen, owners, None) for seen in self._seen]
        looks += [self._before(line, commits) for line in self._lines]
        last = self._told(await self._last_look(), owners, await self._aside())
        services = self._site.stack.services
        return History(
            events,
            [*sorted(looks, key=lambda look: look.at), last],
            set_back=frozenset(self._set_back),
            commits=[Commit(c.partition, c.offset, c.at) for c in commits if _is_ours(c)],
            upsets=[self._upset(happened) for happened in self._faults.happened],
            figures=await remains(self._site, self._patience),
            log=[line for service in services for line in await service.log_lines(self._journal.begun)],
            secrets=SECRETS,
            log_of_interest={d.event.event_id: (d.event.correlation_id,) for d in self._nlp.deliveries},
        )

    async def _events(self) -> list[Event]:
        """Return what was published, each event once, with what the contract says of it alone."""
        students = {str(id_) for (id_,) in await self._asked(_STUDENTS)}
        rosters: dict[str, set[str]] = {}
        for class_, student in await self._asked(_ROSTERS):
            rosters.setdefault(str(class_), set()).add(str(student))
        gone = {str(self._names.id("student", name)) for name in self._names.of_kind("student")} - students
        events: dict[str, Event] = {}
        for delivery in self._nlp.deliveries:
            event, place = delivery.event, delivery.position
            if known := events.get(event.event_id):
                events[known.id] = _once_more(known, place)
                continue
            model = Model({class_: roster | gone for class_, roster in rosters.items()})
            fate = model.takes(event)
            parts = {
                self._names.name("essay", row.essay): self._names.name("student", row.student)
                for row in model.associations.values()
                if row.student not in gone
            }
            name = next(
                (n for n in self._names.of_kind("batch") if str(self._names.id("batch", n)) == _batch(event)), ""
            )
            events[event.event_id] = Event(
                event.event_id, parts, position=place, at=delivery.at, name=name, is_bad=fate is Fate.DEAD_LETTER
            )
        return list(events.values())

    def _owners(self) -> dict[tuple[str, str], str]:
        """Return from which event the row of a batch and an essay comes: the first that suggests for it."""
        owners: dict[tuple[str, str], str] = {}
        for delivery in self._nlp.deliveries:
            if delivery.event.spoilt is None:
                for result in delivery.event.envelope["data"].get("match_results", ()):
                    owners.setdefault((_batch(delivery.event), result["essay_id"]), delivery.event.event_id)
        return owners

    def _told(self, seen: _Seen, owners: Mapping[tuple[str, str], str], aside: list[str] | None) -> Look:
        effects = None
        if seen.rows is not None:
            effects = [
                Effect(
                    self._names.name("essay", essay),
                    self._names.name("student", student),
                    owners.get((batch, essay), f"nobody (batch {batch})"),
                )
                for batch, essay, student in seen.rows
            ]
        return Look(seen.at, seen.committed, effects, aside)

    @staticmethod
    def _before(line: _Line, commits: list[commit_log.Commit]) -> Look:
        reached: dict[int, int] = {}
        for commit in filter(_is_ours, commit_log.before(commits, line.name)):
            reached[commit.partition] = max(commit.offset, reached.get(commit.partition, 0))
        return Look(line.at, reached, None, None, line.without)

    async def _aside(self) -> list[str]:
        ids = {(d.position.partition, d.position.offset): d.event.event_id for d in self._nlp.deliveries}
        letters = await self._site.stack.broker.read_since(wire.DEAD_LETTERS, self._journal.begun)
        return [ids[place] for letter in letters if (place := origin(letter)) in ids]

    def _upset(self, happened: Happened) -> Upset:
        within = self._patience.seconds(RECOVERS_WITHIN)
        return Upset(happened.what, happened.began, happened.healed or time.time(), happened.proof, until_well=within)


async def _answer(look: Callable[[], Awaitable[T]]) -> T | None:
    """Return what a look finds, None where whom it asks is away."""
    with suppress(Exception):
        async with asyncio.timeout(ANSWERS_WITHIN):
            return await look()
    return None


def _once_more(event: Event, place: Position) -> Event:
    return replace(event, again=(*event.again, place))


def _batch(event: wire.Event) -> str:
    return str(event.envelope.get("data", {}).get("batch_id", ""))


def _is_ours(commit: commit_log.Commit) -> bool:
    return (commit.group, commit.topic) == (wire.GROUP, wire.SUGGESTED)
