"""What is measured: throughput, latency, growth, memory, replicas. Each gives figures, and says how far it is."""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.console import say
from tools.bench import bare
from tools.bench.figures import Figure, number, percentile
from tools.bench.school import Batch, Classroom, batches, rows_of
from tools.bench.site import Site

CLASS = 30
"""Students of a class, and essays of a batch."""
MIB = 2**20
SMALL = (1, 2, 3)
"""Essays of the batches with which memory is measured, in turn."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int = 3
    backlog: int = 2000
    """Events of a backlog."""
    single: int = 400
    """Events of which each is followed from being produced to being visible."""
    grown: int = 700
    """Events of the backlogs for a class or a student that has much already."""
    chunk: int = 2000
    """Small events after which memory is looked at; it is compared after one chunk and after ten."""


QUICK = Sizes(rounds=1, backlog=300, single=40, grown=150, chunk=200)
CHUNKS = 10
TIMES = 10
"""How many times the essays of a run a class has already."""
FAVOURITE = 20_000
"""Associations that one student has already."""


async def throughput(site: Site, school: Sequence[Classroom], sizes: Sizes) -> tuple[Figure, dict[str, Any]]:
    """Compare a backlog's essays per second with those of the storing statement, by turns; the median counts."""
    rates: dict[str, list[float]] = {"service": [], "bare": []}
    for number_of_round in range(1, sizes.rounds + 1):
        backlog = batches(school, sizes.backlog, [CLASS])
        essays = sum(len(b.rows) for b in backlog)
        await site.clear()
        rates["bare"].append(essays / await bare.store(site.reader, backlog))
        await site.clear()
        rates["service"].append((await site.work_off(backlog)).rate)
        service, statement = (number(rates[name][-1]) for name in rates)
        say(f"Backlog {number_of_round} of {sizes.rounds}: {service} essays/s; the bare statement {statement} essays/s")
    figure = Figure(
        f"stored from {sizes.backlog} waiting events of {CLASS}",
        statistics.median(rates["service"]),
        statistics.median(rates["bare"]),
        "essays/s",
        aim=0.7,
        at_least=True,
    )
    return figure, rates


async def latency(site: Site, school: Sequence[Classroom], sizes: Sizes) -> tuple[list[Figure], dict[str, Any]]:
    """Compare the time from producing an event to its being visible with the sum of its bare parts, by turns."""
    await site.clear()
    service, parts_alone = [], []
    follower = Follower(site)
    async with bare.parts(site.stack, site.database) as parts:
        for n, (one, other) in enumerate(zip(*(batches(school, sizes.single, [CLASS]) for _ in range(2)), strict=True)):
            parts_alone.append(await parts.seconds(one) * 1000)
            await _breathe()
            service.append(await follower.seconds(other, n) * 1000)
            await _breathe()
            if (n + 1) % (sizes.single // 2) == 0:
                say(f"Single events: {n + 1} of {sizes.single}, at p50 {number(statistics.median(service))} ms")
    whole = statistics.median(parts_alone)
    figures = [
        Figure(f"produced → visible, p{share * 100:.0f}", percentile(service, share), whole, "ms", aim=aim)
        for share, aim in ((0.5, 2.0), (0.95, 5.0))
    ]
    look = statistics.median(follower.looks) * 1000
    return figures, {"service_ms": service, "bare_ms": parts_alone, "look_ms": look}


class Follower:
    """Follows one event at a time from being produced to being visible.

    It looks without pause, but not before half of the least time that any event has taken: until then the machine is
    the service's alone. `looks` are the seconds that single looks took.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._least = 0.0
        self.looks: list[float] = []

    async def seconds(self, batch: Batch, n: int) -> float:
        """Publish `batch` to a partition in turn and return after how long it was visible."""
        last = batch.rows[-1].essay_id
        query = "SELECT 1 FROM essay_student_associations WHERE essay_id = $1"
        begun = time.perf_counter()
        publishing = asyncio.create_task(self._site.publish_one(batch, n))
        await asyncio.sleep(self._least / 2)
        while True:
            look = time.perf_counter()
            seen = await self._site.reader.fetchval(query, last)
            now = time.perf_counter()
            self.looks.append(now - look)
            if seen:
                break
            if now - begun > self._site.stack.patience.seconds(10):
                raise AssertionError("an event was not visible within 10 s")
        await publishing
        taken = now - begun
        self._least = min(self._least or taken, taken)
        return taken


async def _breathe() -> None:
    """Let the service be idle again; never for the same time, so that nothing falls into step with it."""
    await asyncio.sleep(random.uniform(0.01, 0.03))  # noqa: S311 -- a pause, not a secret


async def growth(site: Site, sizes: Sizes, room: Classroom) -> tuple[list[Figure], dict[str, Any]]:
    """Compare a backlog of one class where much is stored already with the same where nothing is."""
    essays = sizes.grown * CLASS
    held = {
        "nothing": (room, 0),
        f"{TIMES} times the essays in one class": (room, TIMES * essays),
        f"a student with {FAVOURITE:,} associations": (Classroom(room.class_id, room.students[:1]), FAVOURITE),
    }
    rates: dict[str, list[float]] = {name: [] for name in held}
    for number_of_round in range(1, sizes.rounds + 1):
        for name, (whose, count) in held.items():
            await site.clear()
            await site.hold([row for _ in range(0, count, CLASS) for row in rows_of(whose, CLASS)])
            rates[name].append((await site.work_off(batches([room], sizes.grown, [CLASS]))).rate)
        said = ", ".join(f"{name}: {number(rates[name][-1])}" for name in held)
        say(f"Stored before, {number_of_round} of {sizes.rounds}: {said} essays/s ({essays:,} essays each)")
    nothing, *others = (statistics.median(rates[name]) for name in held)
    figures = [
        # Throughput, turned round: how many times as slow.
        Figure(f"slower with {name}", 1e6 / other, 1e6 / nothing, "µs/essay", aim=1.2)
        for name, other in zip(list(held)[1:], others, strict=True)
    ]
    return figures, rates


async def memory(site: Site, school: Sequence[Classroom], sizes: Sizes) -> tuple[Figure, dict[str, Any]]:
    """Compare the memory of a fresh service after ten chunks of small events with that after one."""
    await site.end_replicas()
    await site.clear()
    await site.run_replicas(1)
    sizes_seen = []
    for chunk in range(1, CHUNKS + 1):
        await site.work_off(batches(school, sizes.chunk, SMALL))
        sizes_seen.append(await site.resident_bytes() / MIB)
        if chunk in {1, CHUNKS // 2, CHUNKS}:
            say(f"Memory after {chunk * sizes.chunk} small events: {sizes_seen[-1]:.1f} MiB")
    first, last = sizes_seen[0], sizes_seen[-1]
    allowed = 1 + max(0.05, 10 / first)
    name = f"memory after {CHUNKS * sizes.chunk:,} events, against {sizes.chunk:,}"
    return Figure(name, last, first, "MiB", aim=allowed), {"mib": sizes_seen}


async def replicas(
    site: Site, school: Sequence[Classroom], sizes: Sizes, one: float
) -> tuple[list[Figure], dict[str, Any]]:
    """Compare the throughput of two and three replicas with that of `one` (essays/s)."""
    rates = {}
    for count in (2, 3):
        await site.run_replicas(count)
        await site.clear()
        rates[count] = (await site.work_off(batches(school, sizes.backlog, [CLASS]))).rate
        say(f"{count} replicas: {number(rates[count])} essays/s, none lost or doubled")
    return [Figure(f"{count} replicas, against one", rate, one, "essays/s") for count, rate in rates.items()], {
        "rates": {"1": one, **{str(count): rate for count, rate in rates.items()}}
    }
