"""The auditor, who looks where only an operator could: rows, offsets, idempotency records, sessions."""

import json
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from actors import wire
from harness.compare import Row
from harness.eventually import Passing
from harness.fence import Position
from harness.journal import Journal
from harness.laboratory import Laboratory
from harness.names import Names
from harness.sites import Site
from harness.sql import text

_ASSOCIATIONS = "SELECT * FROM essay_student_associations WHERE batch_id = ANY(:batch_ids) ORDER BY essay_id"
_COUNTS = "SELECT batch_id, count(*) FROM essay_student_associations WHERE batch_id = ANY(:batch_ids) GROUP BY batch_id"
_SESSIONS = (
    "SELECT count(*), count(*) FILTER (WHERE state <> 'idle'), count(*) FILTER (WHERE wait_event_type = 'Lock'),"
    " count(*) FILTER (WHERE state = 'idle in transaction')"
    " FROM pg_stat_activity WHERE datname = :database"
    " AND backend_type = 'client backend' AND application_name <> 'acceptance'"
)
_PLACES = "SELECT count(*) FROM class_student_association WHERE class_id = :class_id"
_CALLED = "SELECT name FROM classes WHERE id = :class_id"
_UNANNOUNCED = "SELECT topic, count(*) FROM event_outbox WHERE published_at IS NULL GROUP BY topic"
_ESSAY = "SELECT * FROM essay_student_associations WHERE essay_id = :essay_id"


class Sessions(NamedTuple):
    """How many sessions there are, and how many of them are in a transaction, wait for a lock, for the next word."""

    open: int
    busy: int
    waiting: int
    paused: int


class Auditor:
    """Reads, and never changes, what the service keeps."""

    def __init__(self, site: Site, names: Names, journal: Journal) -> None:
        self._site, self._names, self._journal = site, names, journal

    async def rows(self, *batches: str) -> list[dict[str, Any]]:
        """Return the stored associations of batches, all columns."""
        async with self._site.engine.connect() as connection:
            found = await connection.execute(
                text(_ASSOCIATIONS), {"batch_ids": [self._names.id("batch", b) for b in batches]}
            )
            rows = [dict(row) for row in found.mappings()]
        self._journal.look(
            "auditor", f"rows of {', '.join(batches)}", rows=[{k: str(v) for k, v in r.items()} for r in rows]
        )
        return rows

    async def essays_stored(self, batch_ids: Sequence[str]) -> dict[str, int]:
        """Return how many associations are stored for each of many batches, by id; those without are left out."""
        async with self._site.engine.connect() as connection:
            found = await connection.execute(text(_COUNTS), {"batch_ids": [uuid.UUID(batch) for batch in batch_ids]})
            return {str(batch): number for batch, number in found}

    async def row_of_essay(self, essay: str) -> dict[str, Any] | None:
        """Return the association of an essay, all columns, None where there is none."""
        async with self._site.engine.connect() as connection:
            found = await connection.execute(text(_ESSAY), {"essay_id": self._names.id("essay", essay)})
            row = found.mappings().one_or_none()
        return dict(row) if row else None

    async def finds_places(self, places: int, class_name: str) -> None:
        """Raise AssertionError unless so many rows put students into a class (D9)."""
        async with self._site.engine.connect() as connection:
            seen = (
                await connection.execute(text(_PLACES), {"class_id": self._names.id("class", class_name)})
            ).scalar_one()
        assert seen == places, f'{seen} rows put students into "{class_name}", expected {places}: one for each student'

    async def finds_class_called(self, class_name: str, called: str) -> None:
        """Raise AssertionError unless a class is stored under this name."""
        async with self._site.engine.connect() as connection:
            seen = (
                await connection.execute(text(_CALLED), {"class_id": self._names.id("class", class_name)})
            ).scalar_one()
        assert seen == called, f'"{class_name}" is stored as {seen!r}, expected {called!r}'

    async def associations(self, *batches: str) -> list[Row]:
        """Return the stored associations of batches as the features' tables show them."""
        return [
            {
                "batch": self._names.name("batch", row["batch_id"]),
                "essay": self._names.name("essay", row["essay_id"]),
                "student": self._names.name("student", row["student_id"]),
                "class": self._names.name("class", row["class_id"]),
                "confidence": shown_score(row["confidence_score"]),
                "reasons": ", ".join(row["match_reasons"] or []),
                "status": row["validation_status"],
                "stored by": row["created_by_user_id"],
            }
            for row in await self.rows(*batches)
        ]

    async def record(self, event: wire.Event) -> dict[str, Any] | None:
        """Return the idempotency record of an event with its TTL (seconds) as `ttl`, None where there is none."""
        redis = self._site.stack.redis_client
        raw, ttl = await redis.get(event.idempotency_key), await redis.ttl(event.idempotency_key)
        self._journal.look("auditor", "idempotency record", key=event.idempotency_key, value=raw, ttl=ttl)
        if raw is None:
            return None
        return {**json.loads(raw), "ttl": ttl}

    async def keys_of(self, event: wire.Event) -> list[str]:
        """Return all idempotency keys of an event: its own, and any whose value mentions it."""
        redis = self._site.stack.redis_client
        keys = [key async for key in redis.scan_iter(match=f"{wire.KEY_PREFIX}:*", count=1000)]
        values = await redis.mget(keys) if keys else []
        own = event.idempotency_key
        return [k for k, v in zip(keys, values, strict=True) if k == own or (v and event.event_id in v)]

    async def committed(self, partition: int) -> int | None:
        """Return the committed offset of the service's group in a partition, None where there is none."""
        return (await self._offsets()).get(partition)

    async def _offsets(self) -> dict[int, int]:
        offsets = await self._site.stack.broker.committed(wire.GROUP, wire.SUGGESTED)
        self._journal.look("auditor", "committed offsets", offsets=offsets)
        return offsets

    async def acknowledgement(self, *positions: Position) -> Passing:
        """Tell whether the committed offsets have passed a message, or all of several; else which one they have not."""
        offsets = await self._offsets()
        passings = [position.passing(offsets.get(position.partition)) for position in positions]
        return next((passing for passing in passings if not passing.is_passed), passings[-1])

    async def dead_letters_of(self, event: wire.Event) -> int:
        """Return how many dead letters of this scenario's time hold an event."""
        records = await self._site.stack.broker.read_since(wire.DEAD_LETTERS, self._journal.begun)
        return sum(event.event_id.encode() in (record.value or b"") for record in records)

    async def unannounced(self) -> dict[str, int]:
        """Return how many announcements wait in the outbox for each topic that any wait for."""
        async with self._site.engine.connect() as connection:
            waiting = {topic: int(number) for topic, number in await connection.execute(text(_UNANNOUNCED))}
        self._journal.look("auditor", "announcements that wait", waiting=waiting)
        return waiting

    async def log_lines(self, *words: str, since: float) -> list[str]:
        """Return the service's log lines since the moment `since` (Unix seconds) that hold any of `words`."""
        lines = await self._site.service.log_lines(since)
        return [line for line in lines if any(word in line for word in words)]

    async def deadlocks(self) -> list[str]:
        """Return PostgreSQL's own log lines about deadlocks in the scenario's database, since the scenario began."""
        lines = await self._site.stack.postgres.all_log_lines(self._journal.begun)
        return [line for line in lines if "deadlock detected" in line and self._site.database in line]

    async def group_members(self) -> list[str]:
        """Return the members of the service's consumer group."""
        return await self._site.stack.broker.members(wire.GROUP)

    async def sessions(self) -> Sessions:
        """Return what sessions others than the suite have on the scenario's database."""
        async with self._site.engine.connect() as connection:
            row = (await connection.execute(text(_SESSIONS), {"database": self._site.database})).one()
        return Sessions(*row)

    async def connections(self) -> dict[str, int]:
        """Return how many connections the service has to PostgreSQL, Kafka and Redis, by name."""
        assert isinstance(self._site.stack, Laboratory), "only in a laboratory they are told from the suite's own"
        connections = await self._site.stack.connections()
        self._journal.look("auditor", "connections of the service", connections=connections)
        return connections


def shown_score(score: float | None) -> str:
    """Return a score as features write it, in full: 0.93, 1, null."""
    return "null" if score is None else repr(score).removesuffix(".0")
