"""Kafka in: one message after the other, and of each one essay after the other."""

import asyncio
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer
from redis.asyncio import Redis
from redis.exceptions import RedisError

TOPIC = "huleedu.batch.author.matches.suggested.v1"
ROSTER = "SELECT student_id FROM class_student_association WHERE class_id = $1"
INSERT = """
    INSERT INTO essay_student_associations
        (essay_id, student_id, batch_id, class_id, created_by_user_id, confidence_score, match_reasons)
    VALUES ($1, $2, $3, $4, 'nlp_service_phase1', $5, $6) ON CONFLICT (essay_id) DO NOTHING
"""

correlation: ContextVar[str] = ContextVar("correlation", default="-")
log = logging.getLogger("naive_service")


def setting(name: str, default: str) -> str:
    return os.environ.get(f"CLASS_MANAGEMENT_SERVICE_{name}", default)


class Consumer:
    """Stores what the NLP service suggests."""

    def __init__(self, pool: asyncpg.Pool, redis: Redis) -> None:
        self._pool, self._redis = pool, redis

    async def run(self, stopping: Callable[[], bool]) -> None:
        while not stopping():
            kafka = AIOKafkaConsumer(
                TOPIC,
                bootstrap_servers=setting("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"),
                client_id="class_management_service-consumer",
                group_id="class_management_service-consumer-group",
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                isolation_level="read_committed",
                metadata_max_age_ms=5000,
                session_timeout_ms=int(setting("KAFKA_SESSION_TIMEOUT_MS", "10000")),
                heartbeat_interval_ms=1000,
                max_poll_interval_ms=int(setting("KAFKA_MAX_POLL_INTERVAL_MS", "300000")),
            )
            try:
                await kafka.start()
                while not stopping():
                    for records in (await kafka.getmany(timeout_ms=200, max_records=1)).values():
                        try:
                            await self._handle({k: v.decode() for k, v in records[0].headers}, records[0].value)
                        except Exception as trouble:  # noqa: BLE001 -- this is what it does
                            log.warning("message at offset %s failed: %r", records[0].offset, trouble)
                        # Whatever happened: the next message is waiting.
                        await kafka.commit()
            except Exception as trouble:  # noqa: BLE001 -- as above
                log.warning("Kafka is away: %r", trouble)
                await asyncio.sleep(0.3)
            finally:
                with suppress(Exception):
                    await asyncio.wait_for(kafka.stop(), 1.5)

    async def _handle(self, headers: dict[str, str], message: bytes) -> None:
        envelope, now = json.loads(message), time.time()
        correlation.set(str(envelope.get("correlation_id") or uuid4()))
        if envelope["event_type"] not in (TOPIC, "batch.author.matches.suggested"):
            log.info("foreign event %s", envelope["event_type"])
            return
        value = {"status": "processing", "started_at": now, "processed_by": "class-management-service"}
        value |= {"correlation_id": correlation.get(), "event_id": envelope.get("event_id")}
        key, value["source_service"] = _key(headers, envelope), envelope["source_service"]
        try:
            if not await self._redis.set(key, json.dumps(value), nx=True, ex=300):
                log.info("event %s is a duplicate", envelope.get("event_id"))
                return
        except RedisError as trouble:
            log.warning("Redis is away: %r", trouble)
        try:
            await self._store(envelope["data"])
        except BaseException:
            with suppress(RedisError):
                await self._redis.delete(key)
            raise
        value |= {"status": "completed", "completed_at": time.time()}
        with suppress(RedisError):
            await self._redis.set(key, json.dumps(value), ex=86_400)
        log.info("event %s stored", envelope.get("event_id"))

    async def _store(self, data: dict[str, Any]) -> None:
        """Store the first suggestion for each essay whose student is known; raises ValueError if none can be stored."""
        batch_id, class_id = UUID(data["batch_id"]), UUID(data["class_id"])
        fine, failed = 0, 0
        async with self._pool.acquire() as connection:
            roster = {str(row["student_id"]) for row in await connection.fetch(ROSTER, class_id)}
            for essay in data["match_results"]:
                try:
                    essay_id = UUID(essay["essay_id"])
                    for suggestion in essay.get("suggestions") or []:
                        if (student_id := suggestion["student_id"].lower()) not in roster:
                            log.info("unknown student %s for essay %s", student_id, essay_id)
                            continue
                        why = float(suggestion["confidence_score"]), json.dumps(suggestion["match_reasons"])
                        done = await connection.execute(INSERT, essay_id, student_id, batch_id, class_id, *why)
                        if done == "INSERT 0 0":
                            log.info("essay %s has its association", essay_id)
                        fine += 1
                        break
                except (ValueError, asyncpg.IntegrityConstraintViolationError) as trouble:
                    log.warning("essay %s of batch %s cannot be stored: %s", essay["essay_id"], batch_id, trouble)
                    failed += 1
        if failed and not fine:
            raise ValueError("every essay is impossible")


def _key(headers: dict[str, str], envelope: dict[str, Any]) -> str:
    event_type, data, event_id = envelope["event_type"], envelope["data"], envelope.get("event_id")
    if "event_id" in headers and "event_type" in headers:
        event_type = headers["event_type"]
        content = json.dumps({"event_id": headers["event_id"]}, separators=(",", ":"))
    else:
        content = json.dumps({"data": data, "event_id": event_id} if event_id else data, sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return f"huleedu:idempotency:v2:class-management-service:{event_type.replace('.', '_')}:{digest}"
