"""Kafka out for events that have an order: of one partition the next batch goes only when the one before is through.

So a batch that fails leaves nothing behind it that could overtake it, and its events come again in their order. One
whose fate is not known yet is waited for before anything else is sent, and not sent again if it has arrived after all.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordTooLargeError
from aiokafka.partitioner import DefaultPartitioner

from class_management.adapters.kafka import create_producer, stop_producer
from class_management.application.outbox import Delivery, Outgoing
from class_management.settings import Settings

DELIVERY_SECONDS = 2.5
"""How long a delivery may take; what is not through by then is tried again. Shorter than the database bears with a
transaction in which nothing is done (see `engine.ABANDONED_MILLISECONDS`)."""
BATCH_BYTES = 256 * 1024
TOO_LARGE = (MessageSizeTooLargeError, RecordTooLargeError)
GONE = (AssertionError, TypeError)
"""What aiokafka raises where the partition, or the topic, is gone since it was chosen."""

logger = logging.getLogger(__name__)


class _Sent(NamedTuple):
    """A batch on its way."""

    ids: list[UUID]
    future: "asyncio.Future[object]"


@dataclass
class _Result:
    published: set[UUID] = field(default_factory=set)
    refused: dict[UUID, str] = field(default_factory=dict)
    trouble: str | None = None
    broken: bool = False
    """Whether the producer may be beyond repair."""

    def failed(self, error: Exception, doing: str) -> None:
        """Take note of an error of Kafka's."""
        self.trouble = f"kafka: {type(error).__name__} {doing}"
        self.broken = self.broken or not getattr(error, "retriable", True)

    def open(self, events: Iterable[Outgoing]) -> list[Outgoing]:
        """Those events of which nothing is known yet."""
        return [event for event in events if event.id not in self.published and event.id not in self.refused]


class KafkaCourier:
    """The port `Courier`: one producer, which connects at first use and is replaced when it breaks."""

    def __init__(self, settings: Settings):
        self._servers = settings.kafka_bootstrap_servers
        self._producer: AIOKafkaProducer | None = None
        self._connecting: asyncio.Task[AIOKafkaProducer] | None = None
        self._partitioner = DefaultPartitioner()
        self._on_their_way: dict[tuple[str, int], _Sent] = {}

    async def deliver(self, events: Sequence[Outgoing]) -> Delivery:
        """Publish events, those of a key in the given order; within DELIVERY_SECONDS, never raises."""
        result = _Result()
        by_topic: dict[str, list[Outgoing]] = {}
        for event in events:
            by_topic.setdefault(event.topic, []).append(event)
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                producer = await self._started()
                await asyncio.gather(*(self._to_topic(producer, t, es, result) for t, es in by_topic.items()))
        except TimeoutError:
            result.trouble = "kafka: does not answer in time"
        except (KafkaError, OSError) as error:
            result.failed(error, "connecting")
        if result.broken:
            await self.close()
        return Delivery(result.published, result.refused, result.trouble)

    async def close(self) -> None:
        """Close the connection; never raises."""
        producer, self._producer = self._producer, None
        self._on_their_way.clear()
        connecting, self._connecting = self._connecting, None
        if connecting is not None:
            connecting.cancel()
            await asyncio.wait([connecting])
            if not connecting.cancelled() and connecting.exception() is None:  # connected since nobody looked
                producer = connecting.result()
        if producer is not None:
            await stop_producer(producer)

    async def _started(self) -> AIOKafkaProducer:
        """Connect; what takes longer goes on in the next delivery, for aiokafka leaves open what is cut short."""
        if self._producer is None:
            if self._connecting is None:
                connect = create_producer(self._servers, compression=None, batch_bytes=BATCH_BYTES)
                self._connecting = asyncio.create_task(connect)
            await asyncio.wait([self._connecting])
            connected, self._connecting = self._connecting, None
            self._producer = connected.result()
        return self._producer

    async def _to_topic(
        self, producer: AIOKafkaProducer, topic: str, events: Sequence[Outgoing], result: _Result
    ) -> None:
        """A topic in trouble keeps its own events back, and no others."""
        try:
            partitions = sorted(await producer.partitions_for(topic))
            by_partition: dict[int, list[Outgoing]] = {}
            for event in events:
                place = self._partitioner(event.key, partitions, partitions) if event.key else partitions[0]
                by_partition.setdefault(place, []).append(event)
            await asyncio.gather(
                *(self._to_partition(producer, (topic, p), es, result) for p, es in by_partition.items())
            )
        except KafkaError as error:
            result.failed(error, f"looking up {topic}")

    async def _to_partition(
        self, producer: AIOKafkaProducer, place: tuple[str, int], events: Sequence[Outgoing], result: _Result
    ) -> None:
        try:
            await self._send(producer, place, events, result)
        except KafkaError as error:
            result.failed(error, f"writing to {place[0]}")
        except GONE as error:
            result.failed(error, f"writing to {place[0]}, which was made anew")

    async def _send(
        self, producer: AIOKafkaProducer, place: tuple[str, int], events: Sequence[Outgoing], result: _Result
    ) -> None:
        alone = False
        if place in self._on_their_way:
            alone = not await self._arrived(place, result)
        while left := result.open(events):
            batch = producer.create_batch()
            ids = []
            for event in left[:1] if alone else left:
                if batch.append(timestamp=None, key=event.key, value=event.value, headers=list(event.headers)) is None:
                    break
                ids.append(event.id)
            topic, partition = place
            sent = await producer.send_batch(batch, topic, partition=partition)
            sent.add_done_callback(_looked_at)
            self._on_their_way[place] = _Sent(ids, sent)
            # What was refused together is sent one by one, so that only the guilty one pays.
            alone = not await self._arrived(place, result) or alone

    async def _arrived(self, place: tuple[str, int], result: _Result) -> bool:
        """Wait for the batch on its way; False if it was too large as a whole, raises KafkaError if it failed."""
        ids, future = self._on_their_way[place]
        try:
            await asyncio.shield(future)
        except TOO_LARGE:
            del self._on_their_way[place]
            if len(ids) == 1:
                result.refused[ids[0]] = f"larger than {place[0]} takes"
                return True
            return False
        except KafkaError:
            del self._on_their_way[place]
            raise
        del self._on_their_way[place]
        result.published.update(ids)
        return True


def _looked_at(sent: "asyncio.Future[object]") -> None:
    """Look at what became of a batch: nobody else does where its delivery was given up, and asyncio would complain."""
    if not sent.cancelled():
        sent.exception()
