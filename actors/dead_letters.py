"""The dead letters: messages that can never be processed, kept as they came (P10)."""

from functools import partial

from aiokafka import ConsumerRecord

from actors import wire
from actors.auditor import Auditor
from actors.nlp_service import NlpService
from harness.compare import differences
from harness.eventually import Patience, SettledError
from harness.journal import Journal
from harness.sites import Site

NOTED = "dlq."
"""How the headers begin that tell where a message lay, and why it was set aside."""
REASON = "dlq.reason"


class DeadLetters:
    """Reads the topic of the dead letters."""

    def __init__(self, site: Site, auditor: Auditor, nlp: NlpService, journal: Journal, patience: Patience) -> None:
        self._site, self._auditor, self._nlp = site, auditor, nlp
        self._journal, self._patience = journal, patience

    async def hold_the_last_event(self) -> None:
        """Wait until the event sent last is a dead letter as it came, and it tells whence it came, and why.

        As it came: byte for byte, with its headers and its key, without which it could not be sent back to its place.
        """
        event, position = self._nlp.last_event, self._nlp.last_position
        expected = self._expected()
        self._journal.expects("dead_letters", wire.DEAD_LETTERS, {"headers": expected, "value": event.value})

        async def look() -> None:
            letters = await self._site.stack.broker.read_since(wire.DEAD_LETTERS, self._journal.begun)
            own = [letter for letter in letters if letter.value == event.value]
            if not own:
                raise AssertionError(
                    f"no dead letter holds the event {event.event_id} (there are {len(letters)} others)"
                )
            unlike = [
                [*_unlike(letter, event), *differences(expected, _notes(letter)), *_without_reason(letter)]
                for letter in own
            ]
            if all(unlike):  # of empty messages there may be several
                raise SettledError("the dead letter's key or headers are wrong:\n  " + "\n  ".join(unlike[-1]))

        await self._patience.until_settled(look, lambda: self._auditor.acknowledgement(position))

    async def hold_events_about(self, *batches: str) -> None:
        """Wait until the events about batches are dead letters, each of them once."""
        for batch in batches:
            await self._patience.eventually(partial(self._letters_about, batch, 1))

    async def hold_alone_of_those_in_turn(self, batch: str) -> None:
        """Raise AssertionError unless of the events published in turn, all acknowledged, only that is a dead letter."""
        for other in self._nlp.in_turn:
            await self._letters_about(other, 1 if other == batch else 0)

    async def hold_once_more(self, batch: str) -> None:
        """Wait until the event about a batch is a dead letter for the second time, from a later place, else alike."""
        first, second = await self._patience.eventually(partial(self._letters_about, batch, 2))
        if unlike := differences(_as_it_came(first), _as_it_came(second)):
            raise AssertionError("the dead letter differs from the first one:\n  " + "\n  ".join(unlike))
        (before, *_), (after, *more) = (_values(letter, "dlq.offset") for letter in (first, second))
        if more or int(after) <= int(before):
            raise AssertionError(
                f'the event about "{batch}" first lay at offset {before}; the second dead letter says {[after, *more]}'
            )

    async def hold_no_more_than_one(self, batch: str) -> None:
        """Raise AssertionError unless the event about a batch, now processed, has left one dead letter."""
        await self._letters_about(batch, 1)

    async def _letters_about(self, batch: str, number: int) -> list[ConsumerRecord]:
        event = self._nlp.event_about(batch)
        letters = await self._site.stack.broker.read_since(wire.DEAD_LETTERS, self._journal.begun)
        own = [letter for letter in letters if letter.value == event.value]
        assert len(own) == number, (
            f'{len(own)} dead letters hold the event about "{batch}", expected {number} '
            f"(there are {len(letters) - len(own)} others)"
        )
        return own

    async def hold_nothing_of_the_last_event(self) -> None:
        """Raise AssertionError if the event sent last, which has been dealt with, is a dead letter."""
        if letters := await self._auditor.dead_letters_of(self._nlp.last_event):
            raise AssertionError(f"{letters} dead letters hold the event, which could be processed")

    def _expected(self) -> dict[str, str]:
        event, position = self._nlp.last_event, self._nlp.last_position
        return {
            "dlq.topic": position.topic,
            "dlq.partition": str(position.partition),
            "dlq.offset": str(position.offset),
            "dlq.correlation_id": event.correlation_id,
        }


def _as_it_came(letter: ConsumerRecord) -> dict[str, str]:
    """Return key, value and headers of the message, without what was noted when it was set aside."""
    headers = {name: str(_values(letter, name)) for name, _ in letter.headers if not name.startswith(NOTED)}
    return {"key": str(letter.key), "value": str(letter.value), **headers}


def _without_reason(letter: ConsumerRecord) -> list[str]:
    """Return what is wrong with a dead letter that does not say why it is one; how it says so is free."""
    reasons = _values(letter, REASON)
    return [] if len(reasons) == 1 and reasons[0].strip() else [f"{REASON}: expected one, seen {reasons}"]


def _unlike(letter: ConsumerRecord, event: wire.Event) -> list[str]:
    """Return what is wrong with a dead letter whose key is not that of the event, or whose headers are not."""
    headers = [(name, value) for name, value in letter.headers if not name.startswith(NOTED)]
    parts = (("key", event.record_key, letter.key), ("headers", event.headers, headers))
    return [f"{what}: expected {expected!r}, seen {seen!r}" for what, expected, seen in parts if seen != expected]


def _notes(letter: ConsumerRecord) -> dict[str, str]:
    return {name: value.decode(errors="replace") for name, value in letter.headers if name.startswith(NOTED)}


def _values(letter: ConsumerRecord, name: str) -> list[str]:
    return [value.decode(errors="replace") for header, value in letter.headers if header == name]
