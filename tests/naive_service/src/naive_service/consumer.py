"""Kafka in: one message after the other, and of each one essay after the other."""

import asyncio
import hashlib
import json
import logging
import os
import time
from collections.abc import Awaitable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from redis.asyncio import Redis
from redis.exceptions import RedisError

TOPIC = "huleedu.batch.author.matches.suggested.v1"
ROSTER = "SELECT student_id FROM class_student_association WHERE class_id = $1"
INSERT = """
    INSERT INTO essay_student_associations
        (essay_id, student_id, batch_id, class_id, created_by_user_id, confidence_score, match_reasons)
    VALUES ($1, $2, $3, $4, 'nlp_service_phase1', $5, $6) ON CONFLICT (essay_id) DO NOTHING RETURNING id
"""

correlation: ContextVar[str] = ContextVar("correlation", default="-")
log = logging.getLogger("naive_service")


class Consumer:
    """Stores what the NLP service suggests, until `stopping`."""

    def __init__(self, pool: asyncpg.Pool, redis: Redis) -> None:
        self._pool, self._redis = pool, redis
        self.stopping = False
        self.events = 0

    async def run(self) -> None:
        prefix = "CLASS_MANAGEMENT_SERVICE_KAFKA_"
        while not self.stopping:
            kafka = AIOKafkaConsumer(
                TOPIC,
                bootstrap_servers=os.environ.get(f"{prefix}BOOTSTRAP_SERVERS", "localhost:9092"),
                group_id="class_management_service-consumer-group",
                client_id="class_management_service-consumer",
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                isolation_level="read_committed",
                metadata_max_age_ms=5000,
                session_timeout_ms=int(os.environ.get(f"{prefix}SESSION_TIMEOUT_MS", "10000")),
                heartbeat_interval_ms=1000,
                max_poll_interval_ms=int(os.environ.get(f"{prefix}MAX_POLL_INTERVAL_MS", "300000")),
            )
            try:
                await kafka.start()
                while not self.stopping:
                    for records in (await kafka.getmany(timeout_ms=200, max_records=1)).values():
                        for record in records:
                            await self._take(kafka, record)
            except KafkaError as trouble:
                log.warning("Kafka is away: %r", trouble)
                await asyncio.sleep(0.3)
            finally:
                with suppress(Exception):
                    await asyncio.wait_for(kafka.stop(), 1.5)

    async def _take(self, kafka: AIOKafkaConsumer, record: ConsumerRecord) -> None:
        try:
            await self._handle(record)
        except Exception as trouble:  # noqa: BLE001 -- this is what it does
            log.warning("message at offset %s failed: %r", record.offset, trouble)
        self.events += 1
        # Whatever happened: the next message is waiting.
        await kafka.commit({TopicPartition(record.topic, record.partition): record.offset + 1})

    async def _handle(self, record: ConsumerRecord) -> None:
        envelope, now = json.loads(record.value), time.time()
        correlation.set(str(envelope.get("correlation_id") or uuid4()))
        if envelope["event_type"] not in (TOPIC, "batch.author.matches.suggested"):
            log.info("foreign event %s", envelope["event_type"])
            return
        key = _key({name: value.decode() for name, value in record.headers}, envelope)
        value = {"started_at": now, "processed_by": "class-management-service", "correlation_id": correlation.get()}
        value |= {"event_id": envelope.get("event_id"), "source_service": envelope["source_service"]}
        value |= {"status": "processing", "payload": _digest(envelope["data"])}
        if not await self._is_new(key, value):
            log.info("event %s is a duplicate", envelope.get("event_id"))
            return
        renewal = asyncio.create_task(self._renew(key))
        try:
            await self._store(envelope["data"])
        except BaseException:
            await _if_there(self._redis.delete(key))
            raise
        finally:
            renewal.cancel()
        value |= {"status": "completed", "completed_at": time.time()}
        await _if_there(self._redis.set(key, json.dumps(value), ex=86_400))
        log.info("event %s stored", envelope.get("event_id"))

    async def _is_new(self, key: str, value: dict[str, Any]) -> bool:
        """Tell whether nobody has begun this event, as far as Redis knows, which takes it for begun from now on."""
        try:
            if await self._redis.set(key, json.dumps(value), nx=True, ex=300):
                return True
            known = json.loads(await self._redis.get(key) or "{}")
        except RedisError as trouble:
            log.warning("Redis is away: %r", trouble)
            return True
        if known.get("payload", value["payload"]) != value["payload"]:
            log.warning("event %s comes again with another payload", value["event_id"])
        return False

    async def _renew(self, key: str) -> None:
        while True:
            await asyncio.sleep(1)
            await _if_there(self._redis.expire(key, 300, gt=True))

    async def _store(self, data: dict[str, Any]) -> None:
        """Store the first suggestion for each essay whose student is known; raises ValueError if none can be stored."""
        batch_id, class_id = UUID(data["batch_id"]), UUID(data["class_id"])
        fine, failed = 0, 0
        async with self._pool.acquire() as connection:
            roster = {row["student_id"] for row in await connection.fetch(ROSTER, class_id)}
            for essay in data["match_results"]:
                try:
                    essay_id = UUID(essay["essay_id"])
                    for suggestion in essay.get("suggestions") or []:
                        if (student_id := _uuid(suggestion["student_id"])) not in roster:
                            log.info("unknown student %s for essay %s", suggestion["student_id"], essay_id)
                            continue
                        why = float(suggestion["confidence_score"]), json.dumps(suggestion["match_reasons"])
                        if not await connection.fetchval(INSERT, essay_id, student_id, batch_id, class_id, *why):
                            log.info("essay %s has its association already", essay_id)
                        fine += 1
                        break
                except (ValueError, asyncpg.IntegrityConstraintViolationError) as trouble:
                    log.warning("essay %s of batch %s cannot be stored: %s", essay["essay_id"], batch_id, trouble)
                    failed += 1
        if failed and not fine:
            raise ValueError("every essay is impossible")


async def _if_there(command: Awaitable[Any]) -> None:
    """Have a command done if Redis is there; it matters little."""
    with suppress(RedisError):
        await command


def _uuid(text: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(text)
    return None


def _digest(content: object, **style: Any) -> str:
    return hashlib.sha256(json.dumps(content, **style).encode()).hexdigest()


def _key(headers: dict[str, str], envelope: dict[str, Any]) -> str:
    event_type = envelope["event_type"]
    if "event_id" in headers and "event_type" in headers:
        event_type = headers["event_type"]
        digest = _digest({"event_id": headers["event_id"]}, separators=(",", ":"))
    else:
        data, event_id = envelope["data"], envelope.get("event_id")
        digest = _digest({"data": data, "event_id": event_id} if event_id else data, sort_keys=True)
    return f"huleedu:idempotency:v2:class-management-service:{event_type.replace('.', '_')}:{digest}"
