"""Events that keep coming, whatever happens to Kafka, and how many of them are stored by now."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from actors import wire
from harness.stack import Stack
from tools.bench.school import Batch, Classroom, Row, batch

ESSAYS = 3
"""Essays of an event."""
LOOK_EVERY = 0.05
TRY_AGAIN = 0.2
ANSWER_MILLISECONDS = 5_000
CLOSE_SECONDS = 2.0


@dataclass
class Progress:
    """How much is published and stored; `rows` are what has to be stored of all that was acknowledged."""

    events: int
    published: int = 0
    stored: int = 0
    repeated: int = 0
    """Events published again, under the same id, because nobody knew what had become of them."""
    rows: list[Row] = field(default_factory=list)
    _allowed: int = 0
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    _is_over: bool = False

    def allow(self, events: int) -> None:
        """Let so many events be published in all, if not so many are allowed yet."""
        for _ in range(self._allowed, min(events, self.events)):
            self._turns.release()
        self._allowed = max(self._allowed, events)

    def end(self) -> None:
        """Let nothing more be published."""
        self._is_over = True
        for _ in range(wire.PARTITIONS):
            self._turns.release()

    async def turn(self) -> bool:
        """Wait until one more event may be published; False when nothing more is to be."""
        await self._turns.acquire()
        return not self._is_over


class Publisher:
    """Publishes to one partition, one event after the other, each until the broker has acknowledged it.

    The producer is an idempotent one: what it sends again by itself does not double. An event whose send fails may be
    there or not; it is published again by a new producer, and counted.
    """

    def __init__(self, stack: Stack, school: Sequence[Classroom], partition: int, progress: Progress) -> None:
        self._stack, self._school, self._partition, self._progress = stack, school, partition, progress
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, count: int) -> None:
        """Publish `count` events, each when its turn has come."""
        try:
            for n in range(count):
                if not await self._progress.turn():
                    return
                await self._publish(batch(self._school[n % len(self._school)], ESSAYS))
        finally:
            await self._close()

    async def _publish(self, event: Batch) -> None:
        while True:
            try:
                producer = await self._connected()
            except (KafkaError, OSError):
                await asyncio.sleep(TRY_AGAIN)  # Kafka is down: nothing was sent
                continue
            try:
                await producer.send_and_wait(
                    wire.SUGGESTED,
                    value=event.value,
                    key=event.key,
                    headers=list(event.headers),
                    partition=self._partition,
                )
            except (KafkaError, OSError):
                self._progress.repeated += 1
                await self._close()
                continue
            self._progress.published += 1
            self._progress.rows += event.rows
            return

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._stack.kafka.bootstrap_servers,
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
                request_timeout_ms=ANSWER_MILLISECONDS,
            )
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(TimeoutError, KafkaError, OSError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await producer.stop()


async def watch(stack: Stack, database: str, progress: Progress) -> None:
    """Keep `progress.stored` up to date until cancelled, also while PostgreSQL comes and goes."""
    while True:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            connection: asyncpg.Connection[Any] = await stack.postgres.connect(database)
            try:
                while True:
                    rows = await connection.fetchval("SELECT count(*) FROM essay_student_associations", timeout=5)
                    progress.stored = rows // ESSAYS
                    await asyncio.sleep(LOOK_EVERY)
            finally:
                connection.terminate()
        await asyncio.sleep(LOOK_EVERY)
