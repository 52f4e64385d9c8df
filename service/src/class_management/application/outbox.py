"""From the outbox to Kafka: each event is published once its change is durable (E1-E4)."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from uuid import UUID

from class_management.application.ports import Transaction

SHARE = 500
"""How many events of a topic are published in one go at most."""
REFUSED_SECONDS = 60.0
"""How long an event that Kafka refuses is left alone; somebody may let the topic take more."""


class Outgoing(NamedTuple):
    """An event on its way out; those of one key stay in order."""

    id: UUID
    topic: str
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    traceparent: str | None = None
    """The span that caused it."""


class Backlog(NamedTuple):
    """What waits in the outbox: how many events, for how long the oldest of them, and how many were refused."""

    waiting: int
    oldest_seconds: float
    refused: int


class Delivery(NamedTuple):
    """What became of events: published, refused for good with a reason; what is in neither is to be tried again."""

    published: Collection[UUID]
    refused: Mapping[UUID, str]
    trouble: str | None
    """Why something is to be tried again."""


class OutboxQueue(Protocol):
    """The outbox as the relay sees it."""

    async def backlog(self) -> Backlog:
        """How much waits."""

    async def take(self, share: int, without: Collection[UUID]) -> list[Outgoing] | None:
        """What waits, oldest first, at most `share` of each topic; None while another replica publishes (E4)."""

    async def mark(self, published: Collection[UUID], refused: Mapping[UUID, str]) -> None:
        """Write down what has been published, and what Kafka refuses to take."""


class Courier(Protocol):
    """The way to Kafka for events that have an order."""

    async def deliver(self, events: Sequence[Outgoing]) -> Delivery:
        """Publish events, those of a key in the given order; takes a few seconds at most, never raises."""


@dataclass
class OutboxState:
    """What the parts of a process tell each other about the outbox."""

    backlog: Backlog = field(default_factory=lambda: Backlog(0, 0.0, 0))
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    refused_until: dict[UUID, float] = field(default_factory=dict)
    """Until when (monotonic seconds) an event that was refused is left alone."""

    def wake(self) -> None:
        """Say that something was put into the outbox."""
        self.woken.set()

    def trouble(self) -> str | None:
        """What an operator has to look at, or None."""
        refused = self.backlog.refused
        return f"{refused} {'event is' if refused == 1 else 'events are'} refused by kafka" if refused else None


class Pass(NamedTuple):
    """What came of one pass: whether there is more to do at once, and what went wrong, if anything."""

    more: bool
    delivery: Delivery


class RelayOutbox:
    """The use case behind the relay: one pass over what waits, in one transaction."""

    def __init__(self, queue: OutboxQueue, courier: Courier, transaction: Transaction, state: OutboxState):
        self._queue, self._courier, self._transaction, self._state = queue, courier, transaction, state

    async def __call__(self) -> Pass:
        """Publish what waits, and mark it. Raises UnavailableError.

        If the process dies before the mark, or the mark fails, the same events are published again, with the same ids
        (E3). Only who holds the transaction's lock publishes, so replicas do not do it twice.
        """
        nothing = Pass(False, Delivery((), {}, None))
        self._state.backlog = await self._queue.backlog()
        if not self._state.backlog.waiting:
            await self._transaction.rollback()
            return nothing
        events = await self._queue.take(SHARE, self._left_alone())
        if not events:
            await self._transaction.rollback()
            return nothing._replace(more=events is None)
        delivery = await self._courier.deliver(events)
        await self._queue.mark(delivery.published, delivery.refused)
        self._state.backlog = await self._queue.backlog()
        await self._transaction.commit()
        until = time.monotonic() + REFUSED_SECONDS
        self._state.refused_until.update(dict.fromkeys(delivery.refused, until))
        return Pass(len(delivery.published) > 0 and self._state.backlog.waiting > 0, delivery)

    def _left_alone(self) -> list[UUID]:
        now = time.monotonic()
        self._state.refused_until = {id_: until for id_, until in self._state.refused_until.items() if until > now}
        return list(self._state.refused_until)
