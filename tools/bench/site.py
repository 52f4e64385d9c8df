"""Where it is measured: a database, replicas of the service, and backlogs that they work off."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from actors import wire
from harness.containers.service import ServiceContainer
from harness.sites import fresh_site
from harness.stack import Stack
from tools.bench import bare
from tools.bench.school import Batch, Row, columns

PARTITIONS = 6
SETTINGS = {"CLASS_MANAGEMENT_SERVICE_KAFKA_SESSION_TIMEOUT_MS": "60000"}
"""A replica that stands still while a backlog is published stays a member of its group."""
LOOK_EVERY = 0.01
"""Seconds between two looks while a backlog is worked off: a look takes some hundred microseconds of PostgreSQL."""
WORKED_OFF_WITHIN = 120.0
"""Seconds after which nothing more is expected of a backlog."""
COMMITTED_WITHIN = 30.0
TABLE = "essay_student_associations"
_COUNT = f"SELECT count(*) FROM {TABLE} WHERE batch_id = ANY($1)"  # noqa: S608 -- a constant of our own
_PRESENT = f"SELECT count(*) FROM {TABLE} WHERE essay_id = ANY($1)"  # noqa: S608 -- the same
_STORED = f"SELECT essay_id, student_id FROM {TABLE} WHERE batch_id = ANY($1)"  # noqa: S608 -- the same


class LostError(Exception):
    """Essays were lost, stored for somebody else, or not stored in time; says how many."""


@dataclass(frozen=True)
class Stretch:
    """What was seen of a backlog: so many `essays` came to be stored in so many `seconds`.

    It is counted from the first look that saw any rows, without these, to the one that saw the last.
    """

    essays: int
    seconds: float

    @property
    def rate(self) -> float:
        """Essays a second."""
        return self.essays / self.seconds


@dataclass
class Site:
    """A database with nothing stored, the replicas of the service on it, and a connection that looks."""

    stack: Stack
    database: str
    reader: "asyncpg.Connection[Any]"

    @property
    def replicas(self) -> Sequence[ServiceContainer]:
        """The running replicas."""
        return self.stack.services

    async def run_replicas(self, count: int) -> None:
        """Have so many replicas run, with the partitions shared out among them; more are started, none is ended."""
        while len(self.replicas) < count:
            await self.stack.run_service(self.database, settings=SETTINGS)
        group = self.stack.wiring.group

        async def look() -> None:
            members = await self.stack.broker.working_members(group)
            if len(members) != count:
                raise AssertionError(f"the group has {len(members)} working members instead of {count}")

        await self.stack.patience.eventually(look, within=30)

    async def end_replicas(self) -> None:
        """End all replicas."""
        await self.stack.end_services()

    async def clear(self) -> None:
        """Forget all associations, and have nothing left to do for PostgreSQL."""
        await self.reader.execute(f"TRUNCATE {TABLE}")
        await self.settle()

    async def settle(self) -> None:
        """Do now what PostgreSQL would else do in the middle of a measurement."""
        await self.reader.execute("VACUUM ANALYZE")
        await self.reader.execute("CHECKPOINT")

    async def hold(self, rows: Sequence[Row], at_once: int = 5000) -> None:
        """Have `rows` stored already."""
        statement = await self.reader.prepare(bare.STORE)
        for first in range(0, len(rows), at_once):
            await statement.fetch(*columns(rows[first : first + at_once]))
        await self.settle()

    async def work_off(self, backlog: Sequence[Batch]) -> Stretch:
        """Have a `backlog` waiting in Kafka, and let the replicas work it off; raises LostError.

        They stand still (their processes are stopped) until all of it is there; start and joining do not count.
        """
        # By signal, for the engine cannot always freeze a busy container.
        await self._have_all(lambda replica: replica.get_wrapped_container().kill("SIGSTOP"))
        await self.publish(backlog)
        await self._have_all(lambda replica: replica.get_wrapped_container().kill("SIGCONT"))
        stretch = await self._watch(backlog)
        await self.assert_stored(backlog)
        return stretch

    async def publish(self, backlog: Sequence[Batch]) -> None:
        """Publish a backlog to all partitions in turn, and wait until the broker has all of it."""
        producer = self.stack.broker.producer
        sent = [
            await producer.send(
                wire.SUGGESTED, value=b.value, key=b.key, headers=list(b.headers), partition=n % PARTITIONS
            )
            for n, b in enumerate(backlog)
        ]
        await asyncio.gather(*sent)

    async def publish_one(self, batch: Batch, n: int) -> None:
        """Publish one batch to a partition in turn, and wait for the broker's acknowledgement."""
        await self.stack.broker.publish(
            wire.SUGGESTED, n % PARTITIONS, batch.value, key=batch.key, headers=batch.headers
        )

    async def resident_bytes(self) -> int:
        """Return the memory that all processes of the first replica have resident."""
        top = await asyncio.to_thread(self.replicas[0].get_wrapped_container().top, ps_args="-eo pid,rss")
        place = top["Titles"].index("RSS")
        return sum(int(process[place]) * 1024 for process in top["Processes"])

    async def assert_stored(self, backlog: Sequence[Batch]) -> None:
        """Wait until all is acknowledged; raises LostError unless exactly the rows of the backlog are stored then."""

        async def look() -> None:
            committed = await self.stack.broker.committed(wire.GROUP, wire.SUGGESTED)
            ends = await self.stack.broker.ends([wire.SUGGESTED])
            behind = sum(end - committed.get(partition, 0) for (_, partition), end in ends.items())
            if behind:
                raise AssertionError(f"{behind} events are not acknowledged")

        await self.stack.patience.eventually(look, within=COMMITTED_WITHIN)
        batch_ids = [batch.batch_id for batch in backlog]
        stored = [(row[0], row[1]) for row in await self.reader.fetch(_STORED, batch_ids)]
        if problem := difference([(r.essay_id, r.student_id) for b in backlog for r in b.rows], stored):
            raise LostError(problem)

    async def _have_all(self, do: Callable[[ServiceContainer], None]) -> None:
        await asyncio.gather(*(asyncio.to_thread(do, replica) for replica in self.replicas))

    async def _watch(self, backlog: Sequence[Batch]) -> Stretch:
        present = await self.reader.prepare(_PRESENT)
        # Of each partition the first batch and the last one: they come in order (P13).
        first, last = ([b.rows[0].essay_id for b in some] for some in (backlog[:PARTITIONS], backlog[-PARTITIONS:]))
        total = sum(len(b.rows) for b in backlog)
        seen, begun = 0, 0.0
        deadline = time.monotonic() + self.stack.patience.seconds(WORKED_OFF_WITHIN)
        while time.monotonic() < deadline:
            if not begun and await present.fetchval(first):
                seen, begun = await self.reader.fetchval(_COUNT, [b.batch_id for b in backlog]), time.perf_counter()
            elif begun and await present.fetchval(last) == len(last):
                return Stretch(total - seen, time.perf_counter() - begun)
            await asyncio.sleep(LOOK_EVERY)
        stored = await self.reader.fetchval(_COUNT, [b.batch_id for b in backlog])
        raise LostError(f"of {total} essays {stored} are stored after {WORKED_OFF_WITHIN:.0f} s")


def difference(expected: Iterable[tuple[uuid.UUID, uuid.UUID]], stored: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> str:
    """Return in words how `stored` pairs of essay and student differ from the `expected` ones; empty if not at all."""
    wanted, found = Counter(expected), Counter(stored)
    essays = {essay for essay, _ in wanted}
    troubles = {
        "lost": sum((wanted - found).values()),
        "doubled": sum(count - 1 for count in Counter(essay for essay, _ in found.elements()).values() if count > 1),
        "stored with somebody else": sum(
            1 for essay, student in found if (essay, student) not in wanted and essay in essays
        ),
        "stored that nobody sent": sum(1 for essay, _ in found if essay not in essays),
    }
    return ", ".join(f"{count} essays {trouble}" for trouble, count in troubles.items() if count)


@asynccontextmanager
async def site_on(stack: Stack) -> AsyncIterator[Site]:
    """Give a site with an empty database; its replicas end with it."""
    async with fresh_site(stack) as fresh:
        reader = await bare.connect(stack, fresh.database)
        try:
            yield Site(stack, fresh.database, reader)
        finally:
            await reader.close()
