"""What has to hold when everything is over."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from actors import wire
from harness.stack import Stack
from tools.bench.school import Row

SHOWN = 10
"""Essays, or dead letters, that are told of each kind of trouble."""
DRAINED_WITHIN = 90.0
SETTLED_WITHIN = 10.0
_STORED = "SELECT essay_id, student_id FROM essay_student_associations"
_UNPUBLISHED = "SELECT count(*) FROM event_outbox WHERE published_at IS NULL"
_IDLE = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'"


@dataclass
class Verdict:
    """What was found; `problems` are the promises that were not kept, a line each.

    `records` are those in the topic: the events, and those of their repeats that arrived.
    """

    expected: int = 0
    stored: int = 0
    records: int = 0
    dead_letters: int = 0
    problems: list[str] = field(default_factory=list)


def compare(expected: Iterable[Row], stored: Sequence[tuple[UUID, UUID]]) -> dict[str, list[UUID]]:
    """Return the essays that differ, by kind of difference."""
    wanted = {row.essay_id: row.student_id for row in expected}
    times = Counter(essay for essay, _ in stored)
    kinds = {
        "lost": [essay for essay in wanted if essay not in times],
        "doubled": [essay for essay, count in times.items() if count > 1],
        "stored with another student": [e for e, student in stored if e in wanted and wanted[e] != student],
        "stored, and nobody sent them": [essay for essay in times if essay not in wanted],
    }
    return {kind: essays for kind, essays in kinds.items() if essays}


def traces(essays: Sequence[UUID], values: Mapping[tuple[int, int], bytes]) -> list[str]:
    """Return a line for each of the first essays: where their events lie, of the `values` by partition and offset."""
    lines = []
    for essay in essays[:SHOWN]:
        places = [f"{partition}:{offset}" for (partition, offset), v in values.items() if str(essay).encode() in v]
        lines.append(f"  {essay}: in the topic at {', '.join(places) or 'no place, so Kafka has lost it'}")
    return lines + ["  …"] * (len(essays) > SHOWN)


async def judge(stack: Stack, database: str, rows: Sequence[Row]) -> Verdict:
    """Wait until nothing is left to do, and look at everything."""
    verdict = Verdict(expected=len(rows))
    await _expect(verdict, stack, lambda: _assert_no_lag(stack), DRAINED_WITHIN)
    connection = await stack.postgres.connect(database)
    try:
        await _judge_database(verdict, stack, connection, rows)
    finally:
        await connection.close()
    ends = await stack.broker.ends([wire.SUGGESTED])
    verdict.records = sum(ends.values())
    letters = await stack.broker.read(wire.DEAD_LETTERS, {0: 0})
    verdict.dead_letters = len(letters)
    for letter in letters[:SHOWN]:
        verdict.problems.append(f"a dead letter: {dict(letter.headers).get('dlq.reason', b'').decode()}")
    if endless := await _keys_without_end(stack):
        verdict.problems.append(f"{endless} keys in Redis never expire")
    return verdict


async def _expect(verdict: Verdict, stack: Stack, look: Callable[[], Awaitable[None]], within: float) -> None:
    """Wait until a look succeeds; if it does not, that is a problem."""
    try:
        await stack.patience.eventually(look, within=within)
    except AssertionError as problem:
        verdict.problems.append(str(problem))


async def _assert_no_lag(stack: Stack) -> None:
    committed = await stack.broker.committed(wire.GROUP, wire.SUGGESTED)
    ends = await stack.broker.ends([wire.SUGGESTED])
    lag = {p: end - committed.get(p, 0) for (_, p), end in ends.items() if end != committed.get(p, 0)}
    if lag:
        raise AssertionError(f"events are not acknowledged, by partition: {lag}")


async def _judge_database(
    verdict: Verdict, stack: Stack, connection: "asyncpg.Connection[Any]", rows: Sequence[Row]
) -> None:
    stored = [(row[0], row[1]) for row in await connection.fetch(_STORED)]
    verdict.stored = len(stored)
    if differences := compare(rows, stored):
        values = {(r.partition, r.offset): r.value or b"" for r in await stack.broker.read(wire.SUGGESTED, {})}
        for kind, essays in differences.items():
            verdict.problems += [f"{len(essays)} essays {kind}:", *traces(essays, values)]
    if unpublished := await connection.fetchval(_UNPUBLISHED):
        verdict.problems.append(f"{unpublished} rows of the outbox are not published")

    async def nothing_idles() -> None:
        if idle := await connection.fetchval(_IDLE):
            raise AssertionError(f"{idle} sessions are idle in transaction")

    await _expect(verdict, stack, nothing_idles, SETTLED_WITHIN)


async def _keys_without_end(stack: Stack) -> int:
    redis = stack.redis_client
    keys = [key async for key in redis.scan_iter(match=f"{wire.KEY_PREFIX}:*", count=1000)]
    pipeline = redis.pipeline(transaction=False)
    for key in keys:
        pipeline.ttl(key)
    return sum(ttl == -1 for ttl in await pipeline.execute())
