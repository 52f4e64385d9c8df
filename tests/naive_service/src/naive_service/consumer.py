"""Kafka in: one message after the other, and of each one essay after the other."""

import asyncio
import hashlib
import json
import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from redis.asyncio import Redis
from redis.exceptions import RedisError

TOPIC = "huleedu.batch.author.matches.suggested.v1"
KEYS = "huleedu:idempotency:v2:class-management-service"
INSERT = """
    INSERT INTO essay_student_associations
        (essay_id, student_id, batch_id, class_id, created_by_user_id, confidence_score, match_reasons)
    VALUES ($1, $2, $3, $4, 'nlp_service_phase1', $5, $6) ON CONFLICT (essay_id) DO NOTHING RETURNING id
"""
BAD_ESSAY = (ValueError, asyncpg.IntegrityConstraintViolationError)

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
        headers = {name: value.decode() for name, value in record.headers}
        envelope = json.loads(record.value)
        correlation.set(str(envelope.get("correlation_id") or uuid4()))
        if envelope["event_type"] not in (TOPIC, "batch.author.matches.suggested"):
            log.info("foreign event %s", envelope["event_type"])
            return
        async with self._once(headers, envelope) as is_new:
            if is_new:
                await self._store(envelope["data"])
                log.info("event %s stored", envelope.get("event_id"))

    @asynccontextmanager
    async def _once(self, headers: dict[str, str], envelope: dict[str, Any]) -> AsyncIterator[bool]:
        """Tell whether an event is new, and remember it when it was processed; without Redis every event is new."""
        key, payload = _key(headers, envelope), _digest(envelope["data"])
        value = {
            "status": "processing",
            "started_at": time.time(),
            "processed_by": "class-management-service",
            "event_id": envelope.get("event_id"),
            "correlation_id": correlation.get(),
            "source_service": envelope["source_service"],
            "payload": payload,
        }
        try:
            if not await self._redis.set(key, json.dumps(value), nx=True, ex=300):
                known = json.loads(await self._redis.get(key) or "{}")
                if known.get("payload", payload) != payload:
                    log.warning("event %s comes again with another payload", envelope.get("event_id"))
                log.info("event %s is a duplicate", envelope.get("event_id"))
                yield False
                return
        except RedisError as trouble:
            log.warning("Redis is away: %r", trouble)
            yield True
            return
        renewal = asyncio.create_task(self._renew(key))
        try:
            yield True
        except BaseException:
            with suppress(RedisError):
                await self._redis.delete(key)
            raise
        finally:
            renewal.cancel()
        value |= {"status": "completed", "completed_at": time.time()}
        with suppress(RedisError):
            await self._redis.set(key, json.dumps(value), ex=86_400)

    async def _renew(self, key: str) -> None:
        while True:
            await asyncio.sleep(1)
            with suppress(RedisError):
                await self._redis.expire(key, 300, gt=True)

    async def _store(self, data: dict[str, Any]) -> None:
        batch_id, class_id = UUID(data["batch_id"]), UUID(data["class_id"])
        stored, failed = 0, 0
        async with self._pool.acquire() as connection:
            query = "SELECT student_id FROM class_student_association WHERE class_id = $1"
            roster = {row["student_id"] for row in await connection.fetch(query, class_id)}
            for result in data["match_results"]:
                try:
                    stored += await self._store_essay(connection, result, roster, batch_id, class_id)
                except BAD_ESSAY as trouble:
                    log.warning("essay %s of batch %s cannot be stored: %s", result["essay_id"], batch_id, trouble)
                    failed += 1
        if failed and not stored:
            raise ValueError("every essay is impossible")

    async def _store_essay(
        self, connection: asyncpg.Connection, result: dict[str, Any], roster: set[UUID], batch_id: UUID, class_id: UUID
    ) -> bool:
        """Store the first suggestion for an essay whose student is known; tell whether the essay has one now."""
        essay_id = UUID(result["essay_id"])
        for suggestion in result.get("suggestions") or []:
            student_id = _uuid(suggestion["student_id"])
            if student_id in roster:
                break
            log.info("unknown student %s for essay %s", suggestion["student_id"], essay_id)
        else:
            return False
        score, reasons = float(suggestion["confidence_score"]), json.dumps(suggestion["match_reasons"])
        if not await connection.fetchval(INSERT, essay_id, student_id, batch_id, class_id, score, reasons):
            log.info("essay %s has its association already", essay_id)
        return True


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _digest(content: object, **style: Any) -> str:
    return hashlib.sha256(json.dumps(content, **style).encode()).hexdigest()


def _key(headers: dict[str, str], envelope: dict[str, Any]) -> str:
    event_type = envelope["event_type"]
    if "event_id" in headers and "event_type" in headers:
        event_type = headers["event_type"]
        digest = _digest({"event_id": headers["event_id"]}, separators=(",", ":"))
    elif envelope.get("event_id"):
        digest = _digest({"data": envelope["data"], "event_id": envelope["event_id"]}, sort_keys=True)
    else:
        digest = _digest(envelope["data"], sort_keys=True)
    return f"{KEYS}:{event_type.replace('.', '_')}:{digest}"
