"""The outbox: what is to be announced, kept in the transaction of the change, and taken out by the relay (E1-E4)."""

from collections.abc import Collection, Mapping
from uuid import UUID, uuid4

import msgspec
import sqlalchemy as sa

from class_management import SERVICE_NAME, logs
from class_management.adapters.announcements import announcement
from class_management.adapters.postgres.transaction import PostgresTransaction
from class_management.application.outbox import Backlog, OutboxState, Outgoing
from class_management.domain.events import Event
from class_management.tracing import current_traceparent

RELAY_LOCK = 0x636D736F  # "cmso": the advisory lock of who publishes

# Not the time at which the transaction began: of two transactions that change one thing the later one may have begun
# earlier, and what it has to tell must not come first. Both hold the thing's row, so the clock's order is theirs.
ADD = sa.text("""
    INSERT INTO event_outbox (id, aggregate_id, aggregate_type, event_type, event_data, event_key, topic, created_at)
    VALUES (:id, :aggregate_id, :aggregate_type, :topic, CAST(:event_data AS json), :key, :topic, clock_timestamp())
""")
BACKLOG = sa.text("""
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0), count(last_error)
    FROM event_outbox WHERE published_at IS NULL
""")
# A share for each topic: one that cannot be written must not stand before the others. Each is read along the index of
# what waits, and not sorted out of all that waits: of half a million that took longer than a statement may.
WAITING = sa.text("""
    SELECT id, topic, event_key, event_data::text, event_type, event_data->>'correlation_id',
           event_data #>> '{metadata,traceparent}'
    FROM (SELECT DISTINCT topic AS name FROM event_outbox WHERE published_at IS NULL) AS topics
    CROSS JOIN LATERAL (
        SELECT * FROM event_outbox
        WHERE published_at IS NULL AND topic = name AND id <> ALL(CAST(:without AS uuid[]))
        ORDER BY created_at, id LIMIT :share
    ) AS waiting
    ORDER BY created_at, id
""")
PUBLISHED = sa.text("""
    UPDATE event_outbox SET published_at = clock_timestamp(), last_error = NULL WHERE id = ANY(CAST(:ids AS uuid[]))
""")
REFUSED = sa.text("""
    UPDATE event_outbox SET retry_count = retry_count + 1, last_error = refused.reason
    FROM unnest(CAST(:ids AS uuid[]), CAST(:reasons AS text[])) AS refused (id, reason)
    WHERE event_outbox.id = refused.id
""")


class PostgresOutbox:
    """The ports `Outbox` and `OutboxQueue`."""

    def __init__(self, transaction: PostgresTransaction, state: OutboxState):
        self._transaction, self._state = transaction, state

    async def add(self, *events: Event) -> None:
        """Keep events to be announced, under the correlation id of the work in hand (H11)."""
        correlation_id = UUID(logs.current_correlation_id() or str(uuid4()))
        for event in events:
            event_id = uuid4()
            message = announcement(event, event_id, correlation_id, current_traceparent())
            row = {
                "id": event_id,
                "aggregate_id": str(message.aggregate_id),
                "aggregate_type": message.aggregate_type,
                "event_data": msgspec.json.encode(message.envelope).decode(),
                "key": message.key,
                "topic": message.topic,
            }
            await self._transaction.execute(ADD, row)
        self._transaction.after_commit(self._state.wake)

    async def backlog(self) -> Backlog:
        """How much waits."""
        waiting, oldest_seconds, refused = (await self._transaction.execute(BACKLOG)).one()
        return Backlog(waiting, float(oldest_seconds), refused)

    async def take(self, share: int, without: Collection[UUID]) -> list[Outgoing] | None:
        """What waits, oldest first, at most `share` of each topic; None while another replica publishes."""
        turn = await self._transaction.execute(sa.select(sa.func.pg_try_advisory_xact_lock(RELAY_LOCK)))
        if not turn.scalar_one():
            return None
        found = await self._transaction.execute(WAITING, {"share": share, "without": list(without)})
        return [
            Outgoing(
                id_,
                topic,
                key.encode() if key else None,
                value.encode(),
                _headers(id_, event_type, correlation_id),
                traceparent,
            )
            for id_, topic, key, value, event_type, correlation_id, traceparent in found
        ]

    async def mark(self, published: Collection[UUID], refused: Mapping[UUID, str]) -> None:
        """Write down what has been published, and what Kafka refuses to take."""
        if published:
            await self._transaction.execute(PUBLISHED, {"ids": list(published)})
        if refused:
            await self._transaction.execute(REFUSED, {"ids": list(refused), "reasons": list(refused.values())})


def _headers(event_id: UUID, event_type: str, correlation_id: str | None) -> tuple[tuple[str, bytes], ...]:
    told = {
        "event_id": str(event_id),
        "event_type": event_type,
        "trace_id": correlation_id or "",
        "source_service": SERVICE_NAME,
    }
    return tuple((name, text.encode()) for name, text in told.items())
