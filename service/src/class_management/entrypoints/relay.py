"""The relay: carries the outbox to Kafka for as long as the process lives."""

import asyncio
import logging
from contextlib import suppress

from dishka import AsyncContainer

from class_management.application.outbox import OutboxState, Pass, RelayOutbox
from class_management.application.ports import RefusedError, UnavailableError
from class_management.metrics import Metrics

LOOK_SECONDS = 0.5
"""How soon is noticed what other replicas have put into the outbox; a change of this process is at once."""
BUSY_SECONDS = 0.05
"""How soon is looked again while another replica publishes: what it does not see is ours."""
LONGEST_PAUSE_SECONDS = 1.0

logger = logging.getLogger(__name__)


class OutboxRelay:
    """Publishes what waits, as often as something does."""

    def __init__(self, container: AsyncContainer, state: OutboxState, metrics: Metrics):
        self._container, self._state, self._metrics = container, state, metrics
        self._ended = False
        self._troubled = 0

    async def run(self) -> None:
        """Relay until `stop`, through every failure of Kafka and PostgreSQL."""
        while not self._ended:
            self._state.woken.clear()
            pause = await self._pass()
            if pause and not self._ended:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await (asyncio.Event().wait() if self._troubled else self._state.woken.wait())

    def stop(self) -> None:
        """Finish the pass in hand, and let `run` return."""
        self._ended = True
        self._state.wake()

    async def _pass(self) -> float:
        """Make one pass, and say how many seconds to wait before the next."""
        try:
            async with self._container() as scope:
                made = await (await scope.get(RelayOutbox))()
        except (UnavailableError, RefusedError) as error:
            return self._trouble(str(error))
        self._metrics.outbox_unpublished.set(self._state.backlog.waiting)
        self._metrics.outbox_oldest.set(self._state.backlog.oldest_seconds)
        return self._next(made)

    def _next(self, made: Pass) -> float:
        for event_id, reason in made.delivery.refused.items():
            logger.warning("an announcement is refused", extra={"event_id": str(event_id), "reason": reason})
        if made.delivery.trouble:
            return self._trouble(made.delivery.trouble)
        if self._troubled:
            logger.info("announcements go out again")
        self._troubled = 0
        if not made.more:
            return LOOK_SECONDS
        return 0.0 if made.delivery.published else BUSY_SECONDS

    def _trouble(self, reason: str) -> float:
        if not self._troubled:
            logger.warning("announcements have to wait", extra={"reason": reason})
        self._troubled += 1
        return float(min(BUSY_SECONDS * 2 ** min(self._troubled, 10), LONGEST_PAUSE_SECONDS))
