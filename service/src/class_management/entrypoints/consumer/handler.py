"""What happens to the messages of a partition: claimed, stored or set aside, completed - in order, in groups.

The caller commits the offset behind the messages that `handle` has done; each of them has had its effect durably,
or is a dead letter (P8, P11).
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress

from aiokafka import ConsumerRecord
from dishka import AsyncContainer

from class_management.application.idempotency import Claim, Claims, ClaimState
from class_management.application.ports import Publisher, UnavailableError
from class_management.application.store_suggestions import StoreSuggestions
from class_management.entrypoints.consumer.dead_letters import send_dead_letter
from class_management.entrypoints.consumer.decode import Message, Suggested, decode
from class_management.entrypoints.consumer.patience import Backoff, Patience
from class_management.entrypoints.consumer.reporter import Reporter

HELD_SECONDS = 0.1
"""How long to wait before asking again for an event that somebody else is at work on."""
RELEASE_SECONDS = 1.0
"""How long giving claims back may take when the work on them is given up."""
MISHAPS = 3
"""So often a message has to fail alone in a way that nobody foresaw before that is final: it may not be its fault."""
WORKABLE = {ClaimState.TAKEN, ClaimState.UNKNOWN}

logger = logging.getLogger(__name__)


class _UnforeseenError(Exception):
    """A group failed in a way that nobody foresaw; whose fault it is shows one by one."""


class Handler:
    """Handles groups of messages; one for all partitions."""

    def __init__(self, container: AsyncContainer, claims: Claims, publisher: Publisher, reporter: Reporter):
        self._container = container
        self._claims = claims
        self._publisher = publisher
        self._reporter = reporter

    async def handle(self, records: Sequence[ConsumerRecord], patience: Patience) -> int:
        """Handle the first of the records, as many as can be now, and say how many that were.

        Transient trouble is waited out, with the claims renewed. Raises GivenUpError when `patience` ends before,
        with the claims released (I4).
        """
        begun = time.monotonic()
        messages = await self._claim([decode(record) for record in records])
        if not messages:
            await patience.pause(HELD_SECONDS)
            return 0
        work = [message for message in messages if message.claim_state in WORKABLE]
        async with self._keeping_claims(work):
            await self._store(work, patience)
            for message in messages:
                if message.failure is not None:
                    await self._insist(self._set_aside, [message], patience)
        await self._claims.complete(_claims(message for message in work if message.failure is None))
        await self._claims.release(_claims(message for message in work if message.failure is not None))
        self._reporter.done(messages, time.monotonic() - begun)
        return len(messages)

    async def _claim(self, messages: list[Message]) -> list[Message]:
        """Claim the messages up to the first that somebody else is at work on.

        Order matters within a partition (P13): what comes behind somebody else's work waits with it.
        """
        ours = [message for message in messages if message.claim is not None]
        for message, state in zip(ours, await self._claims.take(_claims(ours)), strict=True):
            message.claim_state = state
        held = next((place for place, message in enumerate(messages) if message.claim_state is ClaimState.HELD), None)
        if held is None:
            return messages
        await self._claims.release(_claims(m for m in messages[held:] if m.claim_state is ClaimState.TAKEN))
        self._reporter.held(messages[held])
        return messages[:held]

    @asynccontextmanager
    async def _keeping_claims(self, work: Sequence[Message]) -> AsyncIterator[None]:
        """Renew the claims while the work lasts; release them if it is given up."""
        over = asyncio.Event()
        renewal = asyncio.create_task(self._renew(_claims(work), over))
        try:
            yield
            over.set()
            await renewal  # one on its way would bring back a key that is released behind it
        except BaseException:
            over.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(RELEASE_SECONDS):
                    await renewal
                    await self._claims.release(_claims(work))
            raise
        finally:
            renewal.cancel()

    async def _renew(self, claims: Sequence[Claim], over: asyncio.Event) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._claims.renewal_seconds):
                    await over.wait()
                return
            await self._claims.renew(claims)

    async def _insist(
        self, action: Callable[[Sequence[Message]], Awaitable[None]], messages: Sequence[Message], patience: Patience
    ) -> None:
        """Do it, however often it takes, until `patience` ends."""
        backoff = Backoff(patience)
        while True:
            try:
                with messages[0].about() if len(messages) == 1 else nullcontext():  # also what libraries log (M1)
                    return await action(messages)
            except UnavailableError as trouble:
                self._reporter.retried(messages, str(trouble), backoff.attempts)
                await backoff.pause()

    async def _store(self, messages: Sequence[Message], patience: Patience) -> None:
        """Store a group in one transaction; if it fails in a way that nobody foresaw, only the guilty one pays."""
        try:
            await self._insist(self._store_together, messages, patience)
        except _UnforeseenError:
            for message in messages:
                await self._insist(self._store_together, [message], patience)

    async def _store_together(self, messages: Sequence[Message]) -> None:
        """Store in one transaction; raises UnavailableError, and _UnforeseenError of several messages."""
        if not messages:
            return
        try:
            async with self._container() as scope:
                store = await scope.get(StoreSuggestions)
                batches = [message.content.batch for message in messages if isinstance(message.content, Suggested)]
                reports = await store(batches)
        except UnavailableError:
            raise
        except Exception as error:
            if len(messages) > 1:
                raise _UnforeseenError from error
            self._failed(messages[0], error)
        else:
            for message, report in zip(messages, reports, strict=True):
                message.report = report
                message.failure = None if report.processed else report.failure

    def _failed(self, message: Message, error: Exception) -> None:
        """Take note of what nobody foresaw; raises UnavailableError until it has come MISHAPS times."""
        message.mishaps += 1
        reason = f"unexpected {type(error).__name__}"
        if message.mishaps < MISHAPS:
            raise UnavailableError(reason) from error
        message.failure = reason
        with message.about():
            logger.error("an event failed in an unexpected way", exc_info=error)

    async def _set_aside(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await send_dead_letter(self._publisher, message)


def _claims(messages: Iterable[Message]) -> list[Claim]:
    return [message.claim for message in messages if message.claim is not None]
