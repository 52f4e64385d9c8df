"""What a partition's worker hands on together, when it commits, and how it ends; over a commit that is in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import cast

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError, RequestTimedOutError

from class_management.entrypoints.consumer.handler import Handler
from class_management.entrypoints.consumer.patience import Patience
from class_management.entrypoints.consumer.worker import LARGEST_GROUP, LARGEST_GROUP_BYTES, PartitionWorker

from .records import TOPIC, record

PARTITION = TopicPartition(TOPIC, 0)
SECONDS = 5.0


class World:
    """A handler that does what it is given, unless it is `held`, and the offsets that are committed behind it."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.committed: list[int] = []
        self.troubles: list[KafkaError] = []
        self.most = 1_000
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.worker = PartitionWorker(PARTITION, cast("Handler", self), self.commit)

    async def handle(self, records: Sequence[ConsumerRecord], _: Patience) -> int:
        self.begun.set()
        await self.go_on.wait()
        await asyncio.sleep(0)
        self.groups.append([one.offset for one in records[: self.most]])
        return len(self.groups[-1])

    async def commit(self, _: TopicPartition, offset: int) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.committed.append(offset)

    async def until(self, reached: Callable[[], bool]) -> None:
        """Let the worker work."""
        async with asyncio.timeout(SECONDS):
            while not reached():  # noqa: ASYNC110 -- the loop has to turn, and there is no event for this
                await asyncio.sleep(0.001)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    yield world
    await world.worker.finish(SECONDS)


def records(count: int, size: int = 1, first: int = 0) -> list[ConsumerRecord]:
    return [record(b"x" * size, offset=offset) for offset in range(first, first + count)]


async def test_a_commit_that_fails_is_tried_again_and_the_work_is_not(world: World) -> None:
    world.troubles = [RequestTimedOutError(), KafkaError()]
    world.worker.add(records(2))
    await world.until(lambda: world.worker.first_waiting is None)
    assert (world.groups, world.committed) == ([[0, 1]], [2])


@pytest.mark.parametrize("lost", [CommitFailedError(), IllegalStateError()], ids=lambda error: type(error).__name__)
async def test_a_partition_that_is_lost_before_the_commit_is_given_up(world: World, lost: KafkaError) -> None:
    world.troubles = [lost]
    world.worker.add(records(LARGEST_GROUP + 1))
    await world.until(world.worker.task.done)
    assert world.worker.task.exception() is None
    assert (len(world.groups), world.committed) == (1, [])


async def test_only_what_was_done_is_committed_and_the_rest_comes_next(world: World) -> None:
    world.most = 2
    world.worker.add(records(5))
    await world.until(lambda: len(world.committed) == 3)
    assert world.groups == [[0, 1], [2, 3], [4]]
    assert world.committed == [2, 4, 5]


async def test_a_group_is_no_larger_than_64_messages(world: World) -> None:
    world.worker.add(records(LARGEST_GROUP + 1))
    await world.until(lambda: len(world.committed) == 2)
    assert [len(group) for group in world.groups] == [64, 1]


async def test_a_group_is_no_larger_than_256_kb_and_a_larger_message_goes_alone(world: World) -> None:
    third = LARGEST_GROUP_BYTES // 3 - 200
    world.worker.add([*records(4, third), *records(1, LARGEST_GROUP_BYTES * 2, first=4), *records(2, third, first=5)])
    await world.until(lambda: len(world.committed) == 4)
    assert world.groups == [[0, 1, 2], [3], [4], [5, 6]]


async def test_a_stop_lets_the_work_in_hand_be_finished_and_begins_no_other(world: World) -> None:
    world.go_on.clear()
    world.worker.add(records(LARGEST_GROUP + 1))
    await world.begun.wait()
    finishing = asyncio.create_task(world.worker.finish(SECONDS))
    await asyncio.sleep(0)
    world.go_on.set()
    await finishing
    assert world.worker.task.done()
    assert (len(world.groups), world.committed) == (1, [LARGEST_GROUP])


async def test_work_that_is_not_finished_in_time_is_cancelled_and_not_committed(world: World) -> None:
    world.go_on.clear()
    world.worker.add(records(1))
    await world.begun.wait()
    await world.worker.finish(0.01)
    assert world.worker.task.cancelled()
    assert world.committed == []


async def test_a_worker_with_much_waiting_is_full_until_it_is_committed(world: World) -> None:
    world.go_on.clear()
    world.worker.add(records(5, 1024 * 1024))
    assert world.worker.full
    world.go_on.set()
    await world.until(lambda: world.worker.first_waiting is None)
    assert not world.worker.full
