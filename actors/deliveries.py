"""Many messages at once, until all are dealt with, and which of them have become dead letters."""

from collections.abc import Iterable, Mapping, Sequence

from aiokafka import ConsumerRecord

from actors import wire
from harness.eventually import Patience
from harness.fence import Position
from harness.sites import Site

Sent = tuple[int, bytes | None, Sequence[tuple[str, bytes | None]]]
"""A message to be sent: partition, value, headers."""
Place = tuple[int, int]
"""Partition and offset."""
DEALT_WITH_WITHIN = 20.0


class Deliveries:
    """Sends messages by the hundred."""

    def __init__(self, site: Site, patience: Patience) -> None:
        self._site, self._patience = site, patience
        self._letters_from: Mapping[int, int] = {}

    async def begin(self) -> None:
        """Note where the dead letters of what is sent from now on will begin."""
        ends = await self._site.stack.broker.ends([wire.DEAD_LETTERS])
        self._letters_from = {partition: end for (_, partition), end in ends.items()}

    async def send(self, records: Iterable[Sent]) -> list[Position]:
        """Publish all, and wait until they are dealt with; raises AssertionError if the service does not get so far."""
        positions = await self._site.stack.broker.publish_all(wire.SUGGESTED, records)
        last = {position.partition: position for position in positions}

        async def look() -> None:
            committed = await self._site.stack.broker.committed(wire.GROUP, wire.SUGGESTED)
            for position in last.values():
                passing = position.passing(committed.get(position.partition))
                assert passing.is_passed, f"the service does not get through them all: {passing.seen}"

        await self._patience.eventually(look, within=DEALT_WITH_WITHIN)
        return positions

    async def letters(self) -> list[ConsumerRecord]:
        """Return the dead letters of what was sent since the beginning, and of what others have sent meanwhile."""
        return await self._site.stack.broker.read(wire.DEAD_LETTERS, self._letters_from)


def origin(letter: ConsumerRecord) -> Place | None:
    """Return where the message of a dead letter lay; None where there was no room to tell (P10)."""
    headers = dict(letter.headers)
    if "dlq.partition" not in headers or "dlq.offset" not in headers:
        return None
    return int(headers["dlq.partition"]), int(headers["dlq.offset"])
