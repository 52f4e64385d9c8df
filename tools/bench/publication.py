"""How soon a change is announced: from its commit, as PostgreSQL tells of it, to its record being fetched."""

import asyncio
import random
import statistics
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition

from harness.console import say
from tools.bench import bare
from tools.bench.figures import Figure, number, percentile
from tools.bench.school import TEACHER, Classroom
from tools.bench.site import Site

TOPIC = "huleedu.class.updated.v1"
CHANNEL = "bench"
TELL = f"""
CREATE FUNCTION bench_tell() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('{CHANNEL}', extract(epoch FROM clock_timestamp())::text); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER bench_tell AFTER INSERT ON event_outbox DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.topic = '{TOPIC}') EXECUTE FUNCTION bench_tell()
"""
"""A deferred trigger fires in the commit, just before it is done: the moment told is a little early, never late. The
clock is this machine's, as long as the engine is on it."""
TELL_NO_MORE = "DROP TRIGGER bench_tell ON event_outbox; DROP FUNCTION bench_tell()"
KEEP = """
INSERT INTO event_outbox (id, aggregate_id, aggregate_type, event_type, event_data, topic, published_at)
VALUES ($1, '', '', '', $2, '', now())
"""
"""As if it were published: else the service would do it."""
READ = "SELECT id, event_data::text FROM event_outbox WHERE id = $1"
WAIT = 10.0
"""Seconds in which an announcement has to come."""


@dataclass
class Publication:
    """Follows one change at a time, through the service and by hand."""

    site: Site
    http: httpx.AsyncClient
    consumer: AIOKafkaConsumer
    listener: "asyncpg.Connection[Any]"
    committed: "asyncio.Queue[float]"

    async def of_the_service(self, room: Classroom) -> float:
        """Rename a class and return the seconds from the commit to its record."""
        name = str(uuid.uuid4())
        asking = asyncio.create_task(self.http.put(f"/v1/classes/{room.class_id}", json={"name": name}))
        async with asyncio.timeout(self.site.stack.patience.seconds(WAIT)):
            record = await self.consumer.getone()
            seen = time.time()
            begun = await self.committed.get()
        (await asking).raise_for_status()
        if name.encode() not in record.value:
            raise AssertionError("the announcement of another change has come")
        return seen - begun

    async def by_hand(self, value: bytes) -> float:
        """Keep a row in the outbox, and return the seconds from its commit to the record that is made of it."""
        row = uuid.uuid4()
        await self.site.reader.execute(KEEP, row, value.decode())
        begun = time.time()
        found = await self.site.reader.fetchrow(READ, row)
        await self.site.stack.broker.publish(TOPIC, 0, found["event_data"].encode(), key=row.bytes, headers=())
        await self.consumer.getone()
        seen = time.time()
        await self.site.reader.execute("DELETE FROM event_outbox WHERE id = $1", row)
        return seen - begun


@asynccontextmanager
async def publication(site: Site) -> AsyncIterator[Publication]:
    """Give what follows changes, connected."""
    replica = site.replicas[0]
    committed: asyncio.Queue[float] = asyncio.Queue()
    listener = await bare.connect(site.stack, site.database)
    consumer = AIOKafkaConsumer(bootstrap_servers=site.stack.broker.bootstrap_servers, fetch_max_wait_ms=100)
    await listener.execute(TELL)
    try:
        await listener.add_listener(CHANNEL, lambda *told: committed.put_nowait(float(told[-1])))
        await consumer.start()
        consumer.assign([TopicPartition(TOPIC, 0)])
        await consumer.seek_to_end()
        async with httpx.AsyncClient(
            base_url=f"http://{replica.host}:{replica.published_port}", headers={"X-User-ID": TEACHER}, timeout=10
        ) as http:
            yield Publication(site, http, consumer, listener, committed)
    finally:
        await consumer.stop()
        await listener.execute(TELL_NO_MORE)
        await listener.close()


async def measure(site: Site, room: Classroom, changes: int) -> tuple[Figure, dict[str, Any]]:
    """Compare the time from the commit of a change to its record with that of a read and a send by hand, by turns."""
    service, by_hand = [], []
    value = b'{"about": "as much as the service tells of a class"}'.ljust(700)
    async with publication(site) as followed:
        await followed.of_the_service(room)  # connects
        for n in range(1, changes + 1):
            by_hand.append(await followed.by_hand(value) * 1000)
            await _breathe()
            service.append(await followed.of_the_service(room) * 1000)
            await _breathe()
            if n % (changes // 2) == 0:
                say(f"Changes announced: {n} of {changes}, at p50 {number(statistics.median(service))} ms")
    name = "commit → record in the topic, p50"
    figure = Figure(name, percentile(service, 0.5), percentile(by_hand, 0.5), "ms", aim=3.0)
    return figure, {"service_ms": service, "by_hand_ms": by_hand}


async def _breathe() -> None:
    """Let the service be idle again; never for the same time, so that nothing falls into step with it."""
    await asyncio.sleep(random.uniform(0.01, 0.03))  # noqa: S311 -- a pause, not a secret
