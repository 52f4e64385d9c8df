"""Suggestions that come in before, while and after something is away; one batch could not show what was skipped."""

import time
from collections.abc import Awaitable, Callable

from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.storage import Storage
from harness.eventually import Patience
from harness.journal import Journal

BEFORE, DURING, AFTER = "before the outage", "during the outage", "after the outage"


class AroundAnOutage:
    """Publishes three batches around an outage, and finds them stored (R1-R3)."""

    def __init__(
        self, operator: Operator, nlp: NlpService, storage: Storage, journal: Journal, patience: Patience
    ) -> None:
        self._operator, self._nlp, self._storage = operator, nlp, storage
        self._journal, self._patience = journal, patience
        self._returned = 0.0

    async def suggests(self, part: str, outage: str, noticed: Callable[[], Awaitable[None]]) -> None:
        """Publish a batch before, while and after `part` is away; it comes back once `noticed` has returned."""
        await self._publish(BEFORE)
        await self._operator.breaks(part, outage)
        await self._publish(DURING)
        await noticed()
        await self._operator.mends()
        self._returned = time.monotonic()
        await self._publish(AFTER)

    async def _publish(self, batch: str) -> None:
        await self._nlp.suggests(batch, self._nlp.own_essay(batch))

    async def finds_the_one_of_the_outage_stored(self) -> None:
        """Wait until exactly what came in during the outage is stored."""
        await self._finds_stored(DURING)

    async def finds_all_stored(self, within: float) -> None:
        """Wait until exactly what came in is stored, batch by batch, `within` seconds of the end of the outage."""
        for batch in (BEFORE, DURING, AFTER):
            await self._finds_stored(batch)
        took = time.monotonic() - self._returned
        self._journal.write("auditor", "found all of them stored", seconds_after_the_return=round(took, 2))
        assert took <= self._patience.seconds(within), (
            f"all of them are stored, but only {took:.1f} s after it was there again, {within:g} s are allowed"
        )

    async def _finds_stored(self, batch: str) -> None:
        await self._storage.holds_exactly(batch, self._nlp.own_essay(batch))
