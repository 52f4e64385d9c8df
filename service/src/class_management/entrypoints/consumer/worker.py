"""One partition while it is ours: its waiting records, and the task that handles them in order."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import accumulate, islice

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from class_management.entrypoints.consumer.handler import Handler
from class_management.entrypoints.consumer.patience import Backoff, GivenUpError, Patience

LARGEST_GROUP = 64
"""Messages that are handled together at most."""
LARGEST_GROUP_BYTES = 256 * 1024
"""Bytes of messages that are handled together at most: HTTP has to have its turn in between (H9)."""
GIVE_UP_SECONDS = 1.0
"""How long giving up the work in hand is waited for: its connections may hang, and the group is to be left in time."""
FULL_BYTES = 4 * 1024 * 1024
"""A partition with so much waiting is paused."""

logger = logging.getLogger(__name__)


class PartitionWorker:
    """Handles what arrives, all that has arrived together as a group, and commits behind it."""

    def __init__(
        self, partition: TopicPartition, handler: Handler, commit: Callable[[TopicPartition, int], Awaitable[None]]
    ):
        self.partition = partition
        self._handler = handler
        self._commit = commit
        self._patience = Patience()
        self._waiting: deque[ConsumerRecord] = deque()
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self.task = asyncio.create_task(self._run(), name=f"partition {partition.partition}")

    @property
    def full(self) -> bool:
        """Whether nothing more should be fetched for now."""
        return self._waiting_bytes >= FULL_BYTES

    @property
    def first_waiting(self) -> int | None:
        """The offset of the first record that is not committed, if any is waiting."""
        return self._waiting[0].offset if self._waiting else None

    def add(self, records: Sequence[ConsumerRecord]) -> None:
        """Take records over, in the order of their offsets."""
        self._waiting.extend(records)
        self._waiting_bytes += sum(map(_size, records))
        self._arrived.set()

    async def finish(self, seconds: float) -> None:
        """Finish and commit the work in hand within `seconds`, or give it up; what is waiting is left for others."""
        self._patience.end()
        self._arrived.set()
        done, _ = await asyncio.wait([self.task], timeout=seconds)
        if not done:
            self.task.cancel()
            await asyncio.wait([self.task], timeout=GIVE_UP_SECONDS)

    async def _run(self) -> None:
        with suppress(GivenUpError):
            while not self._patience.ended:
                await self._arrived.wait()
                self._arrived.clear()
                while self._waiting and not self._patience.ended:
                    await self._step()

    async def _step(self) -> None:
        group = self._next_group()
        done = await self._handler.handle(group, self._patience)
        if done:
            await self._insist_on_commit(group[done - 1].offset + 1)
            for _ in range(done):
                self._waiting_bytes -= _size(self._waiting.popleft())

    def _next_group(self) -> list[ConsumerRecord]:
        sizes = accumulate(map(_size, islice(self._waiting, LARGEST_GROUP)))
        count = sum(1 for size in sizes if size <= LARGEST_GROUP_BYTES)
        return list(islice(self._waiting, max(count, 1)))

    async def _insist_on_commit(self, offset: int) -> None:
        """Commit; what had its effect but could not be committed is delivered again and found to be done."""
        backoff = Backoff(self._patience)
        while True:
            try:
                await self._commit(self.partition, offset)
            except (CommitFailedError, IllegalStateError) as error:
                logger.warning("partition was lost before the commit", extra={"error": type(error).__name__})
                raise GivenUpError from error
            except KafkaError as error:
                logger.warning("commit failed, trying again", extra={"error": type(error).__name__})
                await backoff.pause()
            else:
                return


def _size(record: ConsumerRecord) -> int:
    return len(record.value or b"") + 100
