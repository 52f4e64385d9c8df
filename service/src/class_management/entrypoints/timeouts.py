"""The timeout monitor: decides what no teacher has answered in time (T1)."""

import asyncio
import logging
from contextlib import suppress
from uuid import UUID, uuid4

from dishka import AsyncContainer

from class_management import logs
from class_management.application.confirming import ConfirmOverdue
from class_management.application.ports import RefusedError, UnavailableError
from class_management.settings import Settings
from class_management.tracing import Kind, Tracing

BATCHES = 100
"""How many batches are looked for at a time."""
RETRY_SECONDS = 1.0
"""How soon is tried again what a database in trouble has kept from being decided."""
SPAN = "decide an overdue batch"

logger = logging.getLogger(__name__)


class TimeoutMonitor:
    """Looks at once, and then again and again, for what has been pending for too long."""

    def __init__(self, container: AsyncContainer, settings: Settings, tracing: Tracing):
        self._container, self._tracing = container, tracing
        self._hours = settings.association_timeout_hours
        self._pause = settings.association_timeout_check_seconds
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Check until `stop`."""
        while not self._ended.is_set():
            try:
                await self._check()
                pause = self._pause
            except (UnavailableError, RefusedError) as error:
                logger.warning("the check for overdue answers has to wait", extra={"reason": str(error)})
                pause = min(self._pause, RETRY_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._ended.wait()

    def stop(self) -> None:
        """Finish the batch in hand, and let `run` return."""
        self._ended.set()

    async def _check(self) -> None:
        failed: set[UUID] = set()
        while not self._ended.is_set():
            async with self._container() as scope:
                batches = await (await scope.get(ConfirmOverdue)).batches(self._hours, BATCHES + len(failed))
            batches = [batch for batch in batches if batch not in failed]
            if not batches:
                return
            for batch_id in batches:
                if self._ended.is_set():
                    return
                about = {"correlation_id": str(uuid4()), "batch_id": str(batch_id)}
                with logs.about(**about), self._tracing.span(SPAN, Kind.OWN_WORK) as span:
                    span.note(about)
                    try:
                        async with self._container() as scope:
                            decided = await (await scope.get(ConfirmOverdue))(batch_id, self._hours)
                    except RefusedError as error:
                        failed.add(batch_id)
                        span.fail(str(error))
                        logger.error("an overdue batch cannot be decided", extra={"reason": str(error)})  # noqa: TRY400
                    else:
                        logger.info("overdue answers decided", extra={"associations": decided})
