"""How the service is, part by part (H2, H8, H9)."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from class_management.application.outbox import OutboxState

REACHABLE_SECONDS = 4.0
"""Kafka counts as out of reach when it has not answered for so long."""


class StartError(Exception):
    """The service cannot start, and waiting would not help; one clear line."""


class Probe(Protocol):
    """Asks a dependency how it is."""

    def trouble(self) -> Awaitable[str | None]:
        """What keeps it from being used, or None; answers within about a second."""


@dataclass
class ConsumerState:
    """What the consumer tells about itself; times are monotonic seconds."""

    stall_seconds: float
    joined: bool = False
    lag: int = 0
    last_answer: float | None = None
    last_progress: float = field(default_factory=time.monotonic)

    def answered(self, lag: int) -> None:
        """Kafka has answered; `lag` messages are not committed yet."""
        self.last_answer = time.monotonic()
        self.lag = lag
        if lag == 0:
            self.progressed()

    def progressed(self) -> None:
        """An offset was committed, or there is nothing to do."""
        self.last_progress = time.monotonic()

    def trouble(self) -> str | None:
        """What is wrong, or None."""
        now = time.monotonic()
        if self.last_answer is None or now - self.last_answer >= REACHABLE_SECONDS:
            return "cannot be reached"
        if not self.joined:
            return "the consumer has not joined its group"
        if self.lag > 0 and now - self.last_progress > self.stall_seconds:
            return "the consumer makes no progress"
        return None


class Health(NamedTuple):
    """What is wrong with each dependency, None where nothing is."""

    database: str | None
    kafka: str | None
    redis: str | None
    outbox: str | None

    @property
    def usable(self) -> bool:
        """Whether the service can do its work; it can without Redis (I6), and with an event that Kafka refuses."""
        return self.database is None and self.kafka is None


class CheckHealth:
    """The use case behind `/healthz`."""

    def __init__(self, database: Probe, redis: Probe, consumer: ConsumerState, outbox: OutboxState):
        self._database = database
        self._redis = redis
        self._consumer = consumer
        self._outbox = outbox

    async def __call__(self) -> Health:
        """Look at all parts at the same time."""
        database, redis = await asyncio.gather(self._database.trouble(), self._redis.trouble())
        return Health(database, self._consumer.trouble(), redis, self._outbox.trouble())
