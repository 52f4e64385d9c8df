"""Kafka out: one producer for all that the service publishes, and one for what cannot be compressed."""

import asyncio
import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.structs import RecordMetadata

from class_management.application.ports import TooLargeError, UnavailableError
from class_management.settings import Settings

METADATA_MILLISECONDS = 5_000
"""How soon a new topic or partition is noticed."""
REQUEST_MILLISECONDS = 5_000
CLOSE_SECONDS = 1.0
BATCH_BYTES = 16 * 1024
LARGEST_MESSAGE = 16 * 1024 * 1024
"""Bytes; more than any broker's usual limit, so that the broker decides what is too large."""

logger = logging.getLogger(__name__)


class KafkaPublisher:
    """The port `Publisher`: producers by their compression, each of which connects at first use."""

    def __init__(self, settings: Settings):
        self._servers = settings.kafka_bootstrap_servers
        self._producers: dict[str | None, AIOKafkaProducer] = {}
        self._starting = asyncio.Lock()

    async def publish(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        """Write a record and wait until the broker has it for good; raises UnavailableError or TooLargeError."""
        try:
            try:
                await send(await self._started("gzip"), topic, key, value, headers)
            except MessageSizeTooLargeError:
                # aiokafka compresses also what grows by it; as it is it may be no larger than it came.
                await send(await self._started(None), topic, key, value, headers)
        except MessageSizeTooLargeError as error:
            raise TooLargeError(f"{topic} does not take {len(value or b'')} bytes") from error
        except (KafkaError, OSError) as error:
            if not getattr(error, "retriable", True):
                await self.close()  # it may be beyond repair, and the next publish makes another one
            raise UnavailableError(f"kafka: {type(error).__name__} writing to {topic}") from error

    async def close(self) -> None:
        """Close the connections, within CLOSE_SECONDS; never raises."""
        producers, self._producers = self._producers, {}
        await asyncio.gather(*(stop_producer(producer) for producer in producers.values()))

    async def _started(self, compression: str | None) -> AIOKafkaProducer:
        async with self._starting:
            if compression not in self._producers:
                # A dead letter is larger than its message, which may have been as large as a broker takes.
                self._producers[compression] = await create_producer(self._servers, compression)
            return self._producers[compression]


async def create_producer(servers: str, compression: str | None, batch_bytes: int = BATCH_BYTES) -> AIOKafkaProducer:
    """Connect a producer; raises KafkaError when there is no broker."""
    producer = AIOKafkaProducer(
        bootstrap_servers=servers,
        client_id="class_management_service-producer",
        acks="all",
        # Not idempotent: aiokafka counts a record that the broker refused as sent, and every later one is out of order
        # for ever. What a retry writes twice is known by its headers.
        enable_idempotence=False,
        compression_type=compression,
        max_batch_size=batch_bytes,
        max_request_size=LARGEST_MESSAGE,
        request_timeout_ms=REQUEST_MILLISECONDS,
        metadata_max_age_ms=METADATA_MILLISECONDS,
    )
    try:
        await producer.start()
    except BaseException:
        await stop_producer(producer)
        raise
    return producer


async def stop_producer(producer: AIOKafkaProducer) -> None:
    """Close a producer within CLOSE_SECONDS; never raises."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await producer.stop()
    except (TimeoutError, KafkaError, OSError) as error:
        logger.warning("the producer could not be closed", extra={"error": type(error).__name__})


async def send(
    producer: AIOKafkaProducer,
    topic: str,
    key: bytes | None,
    value: bytes | None,
    headers: Sequence[tuple[str, bytes]],
    *,
    partition: int | None = None,
) -> RecordMetadata:
    """Write a record, wait until the broker has it, and return where it lies; raises KafkaError."""
    if key is not None or value is not None:
        return await producer.send_and_wait(topic, value=value, key=key, partition=partition, headers=list(headers))
    # `send` refuses a record without key and value, which other clients write: it goes as a batch of its own.
    batch = producer.create_batch()
    batch.append(timestamp=None, key=None, value=None, headers=list(headers))
    if partition is None:
        partition = min(await producer.partitions_for(topic))
    return await (await producer.send_batch(batch, topic, partition=partition))
