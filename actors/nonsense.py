"""Somebody who sends nonsense by the thousand, and looks what has become of each message (P10)."""

import asyncio
import itertools
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka import ConsumerRecord

from actors import wire
from actors.deliveries import Deliveries, Place, origin
from actors.model import Fate, Model
from actors.nlp_service import NlpService
from actors.spoilt import GROUPS, Message, Record, record
from actors.understanding import understand
from harness import examples
from harness.journal import Journal
from harness.names import Names
from harness.settings import Settings
from harness.sites import Site
from harness.sql import text

USUAL = 2_000
"""Messages, where nobody asks for another number."""
AT_ONCE = 10
"""Groups of messages that are sent together."""
SHRUNK_WITHIN = 30.0
MOST_TOLD = 5
_ROWS = "SELECT essay_id, student_id FROM essay_student_associations WHERE essay_id = ANY(:essays)"
IDS_OF_EVENTS = ("event_id", "event_type")
"""Headers that make of a message another event (§4); what they hold twice, or not in UTF-8, leaves it open which."""


@dataclass
class Sent:
    """A message that was sent, what the contract says of it, and what was seen of it."""

    message: Message
    record: Record
    essays: list[uuid.UUID]
    fate: Fate
    rows: dict[str, str]
    """What is to be stored of it, essay to student."""
    seen: dict[str, str] = field(default_factory=dict)
    letters: list[ConsumerRecord] = field(default_factory=list)

    def trouble(self) -> str:
        """Return what became of it instead of what the contract says, empty if it says so."""
        if self.letters:
            wrong = self._trouble_as_dead_letter()
        elif self.fate is Fate.DEAD_LETTER:
            wrong = "it was to become a dead letter, and became none"
        elif self.fate is not Fate.OPEN and self.seen != self.rows:
            wrong = f"{len(self.rows)} of its essays were to be stored, and {len(self.seen)} are, or otherwise"
        else:
            wrong = ""
        return wrong

    def _trouble_as_dead_letter(self) -> str:
        letter, *more = self.letters
        if more:
            return f"it became {len(self.letters)} dead letters"
        if unlike := _unlike(self.record, letter):
            return f"it became a dead letter, but not as it came: {unlike}"
        if self.fate not in (Fate.OPEN, Fate.DEAD_LETTER):
            return f"it was to become {self.fate.value}, and became a dead letter: {_reason(letter)}"
        return f"it became a dead letter, and {len(self.seen)} of its essays are stored as well" if self.seen else ""


class Nonsense:
    """Sends messages drawn by chance through all partitions, those that are as they should be among them."""

    def __init__(
        self, site: Site, nlp: NlpService, names: Names, deliveries: Deliveries, *, journal: Journal, settings: Settings
    ) -> None:
        self._site, self._nlp, self._names, self._deliveries = site, nlp, names, deliveries
        self._journal = journal
        self.number = settings.examples or USUAL
        self.seed = examples.SEED if settings.seed is None else settings.seed
        self._groups: list[list[Sent]] = []

    async def comes_in(self) -> None:
        """Send all messages of the seed, and wait until they are dealt with."""
        groups: list[list[Message]] = []
        while sum(map(len, groups)) < self.number:
            groups += await asyncio.to_thread(examples.draw, GROUPS, 1, self.seed, len(groups))
        for begin in range(0, len(groups), AT_ONCE):
            some = groups[begin : begin + AT_ONCE]
            played = iter(await self._play([message for group in some for message in group]))
            self._groups += [list(itertools.islice(played, len(group))) for group in some]
        fates = Counter(sent.fate.name for group in self._groups for sent in group)
        self._journal.write("nonsense", "came in", seed=self.seed, messages=fates.total(), fates=dict(fates))

    async def _play(self, group: Sequence[Message]) -> list[Sent]:
        # Where others play, too: it takes a second of a core.
        played = await asyncio.to_thread(lambda: [self._made(message) for message in group])
        await self._deliveries.begin()
        channels = itertools.cycle(range(wire.PARTITIONS))
        records = [(channel, one.record.value, one.record.headers) for channel, one in zip(channels, played)]  # noqa: B905
        positions = await self._deliveries.send(records)
        by_place: dict[Place, Sent] = {(p.partition, p.offset): one for p, one in zip(positions, played, strict=True)}
        for letter in await self._deliveries.letters():
            place = origin(letter)
            by_value = (one for one in played if one.record.value == letter.value)
            one = by_place.get(place) if place is not None else next(by_value, None)
            if one is not None:
                one.letters.append(letter)
        await self._look(played)
        return played

    def _made(self, message: Message) -> Sent:
        event = self._nlp.event_about_new_essays(2)
        record_ = record(message, event)
        understood = understand(record_.value)
        model = Model({str(self._names.id("class", self._nlp.class_name)): self._student_ids()})
        fate = understood.fate
        if fate is Fate.PROCESSED:
            fate = model.takes(wire.Event({**event.envelope, "data": understood.data}))
        if any(name in IDS_OF_EVENTS for name, _ in message.headers):
            fate = Fate.OPEN if fate is Fate.PROCESSED else fate
        # An id that chance has put in may stand in other messages, too: what becomes of that essay is judged in none.
        essays = {result["essay_id"] for result in event.envelope["data"]["match_results"]}
        rows = {essay: row.student for essay, row in model.associations.items() if essay in essays}
        return Sent(message, record_, [uuid.UUID(essay) for essay in essays], fate, rows)

    def _student_ids(self) -> set[str]:
        return {str(self._names.id("student", student)) for student in self._nlp.students}

    async def _look(self, played: Sequence[Sent]) -> None:
        owners = {essay: one for one in played for essay in one.essays}
        async with self._site.engine.connect() as connection:
            for essay, student in await connection.execute(text(_ROWS), {"essays": list(owners)}):
                owners[essay].seen[str(essay)] = str(student)

    async def is_dealt_with_as_promised(self) -> None:
        """Raise AssertionError if anything became of a message that the contract does not say."""
        total = sum(map(len, self._groups))
        assert total, "nothing came in"
        wrong = [(place, _told(group)) for place, group in enumerate(self._groups) if _told(group)]
        if not wrong:
            return
        shortest = await examples.shrink(GROUPS, wrong[0], self.seed, trial=self._trial, within=SHRUNK_WITHIN)
        raise AssertionError(
            f"Of {total} messages some ended as the contract does not say. The simplest that was found (of "
            f"{shortest.tried} groups more):\n{shortest.why}\n"
            f"(the same once more: -D seed={self.seed} -D examples={self.number})"
        )

    async def _trial(self, group: Sequence[Message]) -> str:
        return _told(await self._play(group))


def _told(group: Sequence[Sent]) -> str:
    wrong = [f"  {one.message}:\n    {trouble}" for one in group if (trouble := one.trouble())]
    return "\n".join(wrong[:MOST_TOLD])


def _unlike(sent: Record, letter: ConsumerRecord) -> str:
    if letter.value != sent.value:
        return f"{len(letter.value or b'')} bytes instead of {len(sent.value or b'')}"
    lost = Counter(sent.headers) - Counter(letter.headers)
    return f"headers are gone: {', '.join(name for name, _ in lost)}" if lost else ""


def _reason(letter: ConsumerRecord) -> str:
    return (dict(letter.headers).get("dlq.reason") or b"without a reason").decode(errors="replace")
