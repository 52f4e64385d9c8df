"""Suggestions that come in before, while and after something is away; one batch could not show what was skipped."""

import time
from collections.abc import Awaitable, Callable

from actors.chronicle import Chronicle
from actors.monitoring import Monitoring
from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.storage import Storage
from harness.eventually import Patience
from harness.journal import Journal

BEFORE, DURING, AFTER = "before the outage", "during the outage", "after the outage"


class AroundAnOutage:
    """Publishes three batches around an outage, and finds them stored (R1-R3)."""

    def __init__(
        self,
        operator: Operator,
        monitoring: Monitoring,
        nlp: NlpService,
        storage: Storage,
        *,
        chronicle: Chronicle,
        journal: Journal,
        patience: Patience,
    ) -> None:
        self._operator, self._monitoring, self._nlp, self._storage = operator, monitoring, nlp, storage
        self._chronicle, self._journal, self._patience = chronicle, journal, patience
        self._returned = 0.0

    async def suggests(self, part: str, outage: str) -> None:
        """Publish a batch before, while and after `part` is away, which the service has had to notice by then."""
        await self._suggests(part, outage, lambda: self._monitoring.asks_until_missed(part))

    async def suggests_without_holding_up(self, part: str, outage: str) -> None:
        """Publish them, and have `part` come back once the one of the outage is stored without it."""
        await self._suggests(part, outage, lambda: self._finds_stored(DURING))

    async def suggests_around_a_restart(self, part: str, outage: str) -> None:
        """Publish them, and have the service killed and started while `part` is away."""

        async def restart() -> None:
            await self._monitoring.asks_until_missed(part)
            await self._operator.restarts_service_all_the_same()
            await self._monitoring.asks_until_noticed()

        await self._suggests(part, outage, restart)

    async def _suggests(self, part: str, outage: str, meanwhile: Callable[[], Awaitable[None]]) -> None:
        await self._publish(BEFORE)
        await self._operator.breaks(part, outage)
        await self._publish(DURING)
        await meanwhile()
        if part == "PostgreSQL":
            await self._chronicle.notes_that_nothing_can_be_stored_of(DURING)
        await self._operator.mends()
        self._returned = time.monotonic()
        await self._publish(AFTER)

    async def _publish(self, batch: str) -> None:
        await self._nlp.suggests(batch, self._nlp.own_essay(batch))

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
