"""The consumer: one session with Kafka after the other, and the workers of the partitions that it is given."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from class_management.application.health import ConsumerState
from class_management.entrypoints.consumer.handler import Handler
from class_management.entrypoints.consumer.wire import TOPIC
from class_management.entrypoints.consumer.worker import PartitionWorker
from class_management.metrics import Metrics

POLL_MILLISECONDS = 500
FINISH_SECONDS = 2.5
"""How long a rebalance or a stop waits for work in hand; well below any session timeout."""
LEAVE_SECONDS = 1.5
"""How long leaving the group may take: it never ends if the broker never comes back."""
JOIN_SECONDS = 2.0
"""How much longer while we join: a broker lets nobody go before it has answered, which may take it 3 s."""
RECONNECT_SECONDS = 0.5
WATCH_SECONDS = 1.0
ANSWER_SECONDS = 2.0
"""How long Kafka may take to answer the watch."""

logger = logging.getLogger(__name__)


class SuggestionConsumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Reads the topic of suggestions until it is cancelled; then finishes or gives up, and leaves the group (L4)."""

    def __init__(
        self, create_client: Callable[[], AIOKafkaConsumer], handler: Handler, state: ConsumerState, metrics: Metrics
    ):
        self._create_client = create_client
        self._handler = handler
        self._state = state
        self._metrics = metrics
        self._workers: dict[TopicPartition, PartitionWorker] = {}
        self._finishing: set[asyncio.Task[None]] = set()
        self._joining = False
        self._ending = False
        self._client: AIOKafkaConsumer | None = None

    async def run(self) -> None:
        """Read on, through every failure of Kafka."""
        while True:
            try:
                await self._session()
            except (KafkaError, OSError) as error:
                logger.warning("the session with kafka has ended", extra={"error": type(error).__name__})
            await asyncio.sleep(RECONNECT_SECONDS)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Finish or give up the work in hand before others are given the partitions (R5)."""
        self._joining = True
        await self._finish_workers(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin to work on the partitions."""
        self._joining = False
        if self._ending:
            return
        for partition in assigned:
            self._workers[partition] = PartitionWorker(partition, self._handler, self._commit)
        self._state.joined = True
        self._state.progressed()
        logger.info("joined the group", extra={"partitions": sorted(p.partition for p in self._workers)})

    async def _session(self) -> None:
        self._client = client = self._create_client()
        client.subscribe([TOPIC], listener=self)
        watch = None
        self._joining, self._ending = True, False
        try:
            await client.start()
            watch = asyncio.create_task(self._watch(client))
            await self._poll(client, watch)
        finally:
            self._state.joined, self._ending = False, True
            if watch is not None:
                watch.cancel()
            await self._finish_workers(self._workers)
            await self._leave(client)

    async def _poll(self, client: AIOKafkaConsumer, watch: asyncio.Task[None]) -> None:
        """Hand out what arrives; goes on while workers wait for better times, for polling keeps us in the group."""
        while True:
            fetched = await client.getmany(timeout_ms=POLL_MILLISECONDS)
            for partition, records in fetched.items():
                if partition in self._workers:
                    self._workers[partition].add(records)
            for task in (watch, *(worker.task for worker in self._workers.values())):
                if task.done():
                    task.result()  # it dies of a mistake only: let the process end rather than limp on
            paused = client.paused()
            for partition, worker in self._workers.items():
                if worker.full != (partition in paused):
                    (client.pause if worker.full else client.resume)(partition)

    async def _commit(self, partition: TopicPartition, offset: int) -> None:
        if self._client is not None:
            await self._client.commit({partition: offset})
            self._state.progressed()

    async def _watch(self, client: AIOKafkaConsumer) -> None:
        """Ask Kafka once in a while how far behind we are, and so whether it is there."""
        while True:
            with suppress(TimeoutError, KafkaError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    lag = await self._measure_lag(client)
                self._state.answered(lag)
                self._metrics.consumer_lag.set(lag)
            await asyncio.sleep(WATCH_SECONDS)

    async def _measure_lag(self, client: AIOKafkaConsumer) -> int:
        everywhere = [TopicPartition(TOPIC, number) for number in client.partitions_for_topic(TOPIC) or ()]
        ends = await client.end_offsets(everywhere)
        lag = 0
        for partition, worker in list(self._workers.items()):
            # Not from the committed offset: behind it there may be offsets without a message, as those that mark the
            # end of a transaction, or that retention has emptied.
            position = await client.position(partition)
            first = position if worker.first_waiting is None else worker.first_waiting
            lag += max(ends.get(partition, 0) - first, 0)
        return lag

    async def _finish_workers(self, partitions: Iterable[TopicPartition]) -> None:
        """Finish theirs, and wait for those, too, that are being finished already: a stop may meet a rebalance."""
        for partition in list(partitions):
            if worker := self._workers.pop(partition, None):
                task = asyncio.create_task(worker.finish(FINISH_SECONDS))
                self._finishing.add(task)
                task.add_done_callback(self._finishing.discard)
        if self._finishing:
            await asyncio.wait(self._finishing)

    async def _leave(self, client: AIOKafkaConsumer) -> None:
        try:
            async with asyncio.timeout(LEAVE_SECONDS + (JOIN_SECONDS if self._joining else 0)):
                await client.stop()
        except (TimeoutError, KafkaError, OSError) as error:
            logger.warning("the group could not be left", extra={"error": type(error).__name__})
        except asyncio.CancelledError:
            if (us := asyncio.current_task()) is not None and us.cancelling():
                raise
            # It is one of aiokafka's own fetches that was cancelled, while it waited to ask once more.
            logger.warning("the group was left in a hurry")
