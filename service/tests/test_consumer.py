"""That the consumer does not go on when a part of it has died, and what it tells about its lag."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from class_management.application.health import ConsumerState
from class_management.entrypoints.consumer import consumer as consumer_module
from class_management.entrypoints.consumer.consumer import SuggestionConsumer
from class_management.entrypoints.consumer.handler import Handler
from class_management.metrics import Metrics

from .records import TOPIC, record

PARTITION = TopicPartition(TOPIC, 0)


class MistakeError(Exception):
    """What nobody foresaw."""


class Client:
    """A connection to Kafka that has one record, at offset 0; `ends`, asked for by the watch, and `next` are given."""

    def __init__(self, ends: Callable[[], dict[TopicPartition, int]], next_offset: int = 1) -> None:
        self._ends = ends
        self._next = next_offset
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

    async def position(self, _: TopicPartition) -> int:
        return self._next

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


@pytest.mark.parametrize(
    ("waiting", "next_offset", "lag"),
    [([0, 1], 3, 5), ([], 3, 2), ([], 5, 0)],
    ids=["records wait for their turn", "some are still to be fetched", "what is behind the last one is no record"],
)
async def test_the_lag_counts_from_what_comes_next(waiting: list[int], next_offset: int, lag: int) -> None:
    client = Client(lambda: {PARTITION: 5}, next_offset)
    consumer = SuggestionConsumer(cast("Any", lambda: client), cast("Handler", None), ConsumerState(30), Metrics())
    await consumer.on_partitions_assigned([PARTITION])
    consumer._workers[PARTITION].add([record({}, offset=offset) for offset in waiting])
    assert await consumer._measure_lag(cast("Any", client)) == lag
    await consumer.on_partitions_revoked([PARTITION])


@pytest.mark.parametrize(
    "trouble", [TimeoutError(), KafkaConnectionError(), OSError()], ids=lambda it: type(it).__name__
)
async def test_a_stop_is_a_stop_also_when_the_group_cannot_be_left(
    trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, started = Client(lambda: {PARTITION: 1}), asyncio.Event()

    async def stop() -> None:
        raise trouble

    monkeypatch.setattr(client, "stop", stop)

    class Handling:
        async def handle(self, *_: object) -> int:
            started.set()
            return 1

    consumer = SuggestionConsumer(
        cast("Any", lambda: client), cast("Handler", Handling()), ConsumerState(30), Metrics()
    )
    running = asyncio.create_task(consumer.run())
    await started.wait()
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()


async def test_a_fetch_of_aiokafkas_that_was_cancelled_does_not_end_the_service(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(consumer_module, "RECONNECT_SECONDS", 0.01)
    client, sessions = Client(lambda: {PARTITION: 1}), asyncio.Semaphore(0)

    async def fails(**_: int) -> dict[TopicPartition, list[Any]]:
        raise KafkaConnectionError

    async def stop() -> None:
        sessions.release()
        raise asyncio.CancelledError

    monkeypatch.setattr(client, "getmany", fails)
    monkeypatch.setattr(client, "stop", stop)
    consumer = SuggestionConsumer(cast("Any", lambda: client), cast("Handler", None), ConsumerState(30), Metrics())
    running = asyncio.create_task(consumer.run())
    async with asyncio.timeout(5):
        await sessions.acquire()
        await sessions.acquire()
    assert not running.done()
    assert "the group was left in a hurry" in caplog.messages
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()


async def test_a_stop_waits_for_work_that_a_rebalance_is_finishing_already() -> None:
    client, begun, let_go = Client(lambda: {PARTITION: 1}), asyncio.Event(), asyncio.Event()
    finished: list[bool] = []

    class Handling:
        async def handle(self, *_: object) -> int:
            begun.set()
            await let_go.wait()
            finished.append(client.left)
            return 1

    consumer = SuggestionConsumer(
        cast("Any", lambda: client), cast("Handler", Handling()), ConsumerState(30), Metrics()
    )
    running = asyncio.create_task(consumer.run())
    await begun.wait()
    revoking = asyncio.create_task(consumer.on_partitions_revoked([PARTITION]))
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.sleep(0.1)
    assert not client.left
    let_go.set()
    await asyncio.wait([running, revoking], timeout=5)
    assert running.cancelled()
    assert revoking.done()
    assert finished == [False]


async def test_what_is_assigned_while_the_session_ends_is_not_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    state, started = ConsumerState(30), asyncio.Event()
    client = Client(lambda: {PARTITION: 1})

    class Handling:
        async def handle(self, *_: object) -> int:
            started.set()
            return 1

    consumer = SuggestionConsumer(cast("Any", lambda: client), cast("Handler", Handling()), state, Metrics())

    async def stop() -> None:
        await consumer.on_partitions_assigned([PARTITION])

    monkeypatch.setattr(client, "stop", stop)
    running = asyncio.create_task(consumer.run())
    await started.wait()
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert not consumer._workers
    assert not state.joined


@pytest.mark.parametrize(("joins", "left"), [(True, True), (False, False)], ids=["it joins", "it has joined"])
async def test_who_joins_is_given_more_time_to_leave(
    joins: bool,
    left: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consumer_module, "LEAVE_SECONDS", 0.05)
    client, started = Client(lambda: {PARTITION: 1}), asyncio.Event()

    async def start() -> None:
        if not joins:
            await client._listener.on_partitions_assigned([PARTITION])

    async def getmany(**_: int) -> dict[TopicPartition, list[Any]]:
        started.set()
        await asyncio.sleep(0.01)
        return {}

    async def stop() -> None:
        await asyncio.sleep(0.5)
        client.left = True

    for name, stand_in in {"start": start, "getmany": getmany, "stop": stop}.items():
        monkeypatch.setattr(client, name, stand_in)
    consumer = SuggestionConsumer(cast("Any", lambda: client), cast("Handler", None), ConsumerState(30), Metrics())
    running = asyncio.create_task(consumer.run())
    await started.wait()
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()
    assert client.left is left
