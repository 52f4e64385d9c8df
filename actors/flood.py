"""Many events at once, through all partitions."""

import itertools
from collections.abc import Sequence
from contextlib import suppress

from actors import wire
from actors.auditor import Auditor
from actors.nlp_service import NlpService
from harness.eventually import NeverHappenedError, Passing, Patience
from harness.fence import Position
from harness.journal import Journal
from harness.laboratory import Laboratory
from harness.sites import Site

ALMOST = 0.9
"""How much of what Kafka takes a large event is."""
RUNS_OFF_WITHIN = 30.0
"""Seconds after which a service that has not dealt with the events of a failed scenario is left with them."""


class Flood:
    """Publishes events by the hundred, and sees them dealt with."""

    def __init__(self, site: Site, nlp: NlpService, auditor: Auditor, journal: Journal, patience: Patience) -> None:
        self._site, self._nlp, self._auditor = site, nlp, auditor
        self._journal, self._patience = journal, patience
        self._last: list[Position] = []
        self._partitions = itertools.cycle(range(wire.PARTITIONS))
        self._essays: dict[str, int] = {}

    async def publishes(self, events: Sequence[wire.Event]) -> None:
        """Publish events, each to the next partition."""
        records = [(next(self._partitions), event.value, event.headers) for event in events]
        positions = await self._site.stack.broker.publish_all(wire.SUGGESTED, records)
        self._last = list({position.partition: position for position in positions}.values())
        self._nlp.partitions.update(position.partition for position in self._last)
        self._journal.write("nlp_service", f"published {len(events)} events", last=[str(p) for p in self._last])

    async def publishes_batches(self, batches: int, essays: int = 1) -> None:
        """Publish `batches` batches of `essays` essays each, all of them new, for the students of the class."""
        await self.publishes([self.batch(essays) for _ in range(batches)])

    async def publishes_large_ones(self, events: int) -> None:
        """Publish events about an essay each that are about as large as Kafka takes them."""
        large = [self.batch(1) for _ in range(events)]
        for event in large:
            event.envelope["data"]["processing_metadata"] = {"text": "x" * int(ALMOST * wire.LARGEST_RECORD)}
        await self.publishes(large)

    def batch(self, essays: int) -> wire.Event:
        """Make an event about a batch of new essays, to be published."""
        event = self._nlp.event_about_new_essays(essays)
        self._essays[event.envelope["data"]["batch_id"]] = essays
        return event

    async def acknowledgement(self) -> Passing:
        """Tell whether all that was published last has been acknowledged."""
        return await self._auditor.acknowledgement(*self._last)

    async def is_waiting(self) -> bool:
        """Tell whether anything of what was published last has not been acknowledged yet."""
        return not (await self.acknowledgement()).is_passed

    async def is_acknowledged(self, within: float) -> None:
        """Wait until all that was published last has been acknowledged; `within` is in seconds."""

        async def look() -> None:
            acknowledgement = await self.acknowledgement()
            assert acknowledgement.is_passed, f"the events have not all been dealt with: {acknowledgement.seen}"

        await self._patience.eventually(look, within=within)

    async def runs_off(self) -> None:
        """Wait a while for what is still on its way where the service is shared: the next scenario comes behind it."""
        if self._last and not isinstance(self._site.stack, Laboratory):
            with suppress(NeverHappenedError):
                await self.is_acknowledged(RUNS_OFF_WITHIN)

    async def is_stored(self, within: float = 10.0) -> None:
        """Wait until every essay of the batches is stored; `within` is in seconds."""

        async def look() -> None:
            stored = await self._auditor.essays_stored(list(self._essays))
            lacking = [batch for batch, essays in self._essays.items() if stored.get(batch, 0) != essays]
            if lacking:
                raise AssertionError(
                    f"{sum(stored.values())} of {sum(self._essays.values())} essays are stored; of "
                    f"{len(self._essays)} batches {len(lacking)} are not as published, such as {lacking[0]}"
                )

        await self._patience.until_settled(look, self.acknowledgement, within=within)
