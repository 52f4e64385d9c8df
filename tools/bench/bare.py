"""The bare work that the service is compared with: the storing statement alone, and the parts of one event's way."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis

from actors import wire
from harness.containers.container import RunContainer
from harness.containers.postgres import PASSWORD, USER
from harness.stack import Stack
from tools.bench.school import Batch, columns

STORE = f"""
INSERT INTO essay_student_associations
    (id, essay_id, student_id, batch_id, class_id, created_by_user_id, confidence_score, match_reasons)
SELECT gen_random_uuid(), essay_id, student_id, batch_id, class_id, '{wire.STORED_BY}', score, reasons::json
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::float8[], $6::text[])
    AS row (essay_id, student_id, batch_id, class_id, score, reasons)
ON CONFLICT (essay_id) DO NOTHING
"""  # noqa: S608 -- a constant of our own
TOPIC = "bench.bare"
"""A topic that the service knows nothing of, for the bare parts."""
REACH_SECONDS = 2.0


async def direct_address(container: RunContainer) -> tuple[str, int]:
    """Return the address of a container on its own network, where this machine reaches it, else the published one.

    The service takes that way; a published port is slower by the engine's proxy, and would flatter the service.
    """
    networks = container.get_wrapped_container().attrs["NetworkSettings"]["Networks"]
    for network in networks.values():
        with contextlib.suppress(OSError):
            async with asyncio.timeout(REACH_SECONDS):
                _, writer = await asyncio.open_connection(network["IPAddress"], container.inner_port)
            writer.close()
            return str(network["IPAddress"]), container.inner_port
    return container.host, container.published_port


async def connect(stack: Stack, database: str) -> "asyncpg.Connection[Any]":
    """Open a connection to `database`, by the way that the service takes."""
    host, port = await direct_address(stack.postgres)
    return await asyncpg.connect(host=host, port=port, user=USER, password=PASSWORD, database=database)


async def store(connection: "asyncpg.Connection[Any]", batches: Sequence[Batch]) -> float:
    """Store `batches` with one statement each, in a transaction of its own; returns the seconds that it took."""
    statement = await connection.prepare(STORE)
    arguments = [columns(batch.rows) for batch in batches]
    begun = time.perf_counter()
    for batch in arguments:
        await statement.fetch(*batch)
    return time.perf_counter() - begun


@dataclass
class Parts:
    """The parts of one event's way through the service, done one after the other with nothing in between."""

    stack: Stack
    connection: "asyncpg.Connection[Any]"
    consumer: AIOKafkaConsumer
    redis: Redis
    statement: Any

    async def seconds(self, batch: Batch) -> float:
        """Produce with acknowledgement, fetch, claim, store in a transaction, complete; returns how long it took."""
        key = f"bench:{uuid.uuid4()}"
        arguments = columns(batch.rows)
        begun = time.perf_counter()
        await self.stack.broker.publish(TOPIC, 0, batch.value, key=batch.key, headers=batch.headers)
        await self.consumer.getone()
        await self.redis.set(key, "processing", nx=True, ex=wire.PROCESSING_TTL)
        async with self.connection.transaction():
            await self.statement.fetch(*arguments)
        await self.redis.set(key, "completed", ex=wire.COMPLETED_TTL)
        return time.perf_counter() - begun


@contextlib.asynccontextmanager
async def parts(stack: Stack, database: str) -> AsyncIterator[Parts]:
    """Give the parts, connected."""
    await stack.broker.create_topics({TOPIC: 1})
    connection = await connect(stack, database)
    host, port = await direct_address(stack.redis)
    redis = Redis(host=host, port=port)
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.broker.bootstrap_servers, fetch_max_wait_ms=100)
    try:
        await consumer.start()
        consumer.assign([TopicPartition(TOPIC, 0)])
        await consumer.seek_to_end()
        yield Parts(stack, connection, consumer, redis, await connection.prepare(STORE))
    finally:
        await consumer.stop()
        await redis.aclose()
        await connection.close()
