"""That the consumer does not go on when a part of it has died."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from aiokafka import TopicPartition

from class_management.application.health import ConsumerState
from class_management.entrypoints.consumer.consumer import SuggestionConsumer
from class_management.entrypoints.consumer.handler import Handler
from class_management.metrics import Metrics

from .records import TOPIC, record

PARTITION = TopicPartition(TOPIC, 0)


class MistakeError(Exception):
    """What nobody foresaw."""


class Client:
    """A connection to Kafka that has one record; `end_offsets`, asked for by the watch, is as given."""

    def __init__(self, ends: Callable[[], dict[TopicPartition, int]]) -> None:
        self._ends = ends
        self._listener: Any = None
        self.left = False

    def subscribe(self, _: list[str], listener: Any) -> None:
        self._listener = listener

    async def start(self) -> None:
        await self._listener.on_partitions_assigned([PARTITION])

    async def getmany(self, **_: int) -> dict[TopicPartition, list[Any]]:
        await asyncio.sleep(0.01)
        return {PARTITION: [record({})]}

    async def commit(self, _: dict[TopicPartition, int]) -> None:
        pass

    def paused(self) -> set[TopicPartition]:
        return set()

    def partitions_for_topic(self, _: str) -> set[int]:
        return {0}

    async def end_offsets(self, _: list[TopicPartition]) -> dict[TopicPartition, int]:
        return self._ends()

    async def committed(self, _: TopicPartition) -> int:
        return 0

    async def stop(self) -> None:
        self.left = True


def mistaken(*_: object) -> Any:
    raise MistakeError


@pytest.mark.parametrize("part", ["worker", "watch"])
async def test_a_part_that_dies_of_a_mistake_ends_the_consumer(part: str) -> None:
    client = Client(ends=mistaken if part == "watch" else lambda: {PARTITION: 1})

    class Handling:
        async def handle(self, *_: object) -> int:
            return int(mistaken()) if part == "worker" else 1

    consumer = SuggestionConsumer(
        cast("Any", lambda: client), cast("Handler", Handling()), ConsumerState(30), Metrics()
    )
    with pytest.raises(MistakeError):
        await asyncio.wait_for(consumer.run(), 20)
    assert client.left
