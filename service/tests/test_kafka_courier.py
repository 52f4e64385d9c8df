"""That announcements of one key stay in order whatever a broker answers, over a producer that only takes note."""

import asyncio
import gc
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RequestTimedOutError

from class_management.adapters import kafka_courier
from class_management.adapters.kafka_courier import KafkaCourier
from class_management.application.outbox import Outgoing
from class_management.settings import Settings


class Batch:
    """A batch of at most `most` records."""

    def __init__(self, most: int) -> None:
        self.most, self.values = most, list[bytes]()

    def append(self, value: bytes, **_: Any) -> object | None:
        if len(self.values) == self.most:
            return None
        self.values.append(value)
        return object()


class Producer:
    """A producer of two partitions, whose batches end as `ends` says: with an error, None for well, "never" so far."""

    def __init__(self, ends: Callable[[list[bytes]], Any], most: int) -> None:
        self.ends, self.most = ends, most
        self.sent: list[list[bytes]] = []
        self.open: list[asyncio.Future[object]] = []
        self.stopped = False

    async def partitions_for(self, topic: str) -> set[int]:
        if topic == "missing":
            raise RequestTimedOutError
        return {0, 1}

    def create_batch(self) -> Batch:
        return Batch(self.most)

    async def send_batch(self, batch: Batch, _: str, *, partition: int) -> "asyncio.Future[object]":
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self.sent.append(batch.values)
        end = self.ends(batch.values)
        if end == "never":
            self.open.append(future)
        elif end is None:
            future.set_result(partition)
        else:
            future.set_exception(end)
        return future

    async def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Producer]:
    """The producers that were made; the next one ends its batches as the test says."""
    producers: list[Producer] = []

    async def create(*_: object, **__: object) -> Producer:
        producers.append(Producer(lambda _: None, 100))
        return producers[-1]

    monkeypatch.setattr(kafka_courier, "create_producer", create)
    monkeypatch.setattr(kafka_courier, "DELIVERY_SECONDS", 0.05)
    return producers


@pytest.fixture
async def courier(made: list[Producer]) -> KafkaCourier:
    courier = KafkaCourier(cast("Settings", SimpleNamespace(kafka_bootstrap_servers="localhost:1")))
    await courier.deliver([])
    assert len(made) == 1
    return courier


def event(number: int, key: bytes = b"key", topic: str = "topic") -> Outgoing:
    return Outgoing(UUID(int=number), topic, key, b"%d" % number)


ALL = [event(number) for number in range(5)]
IDS = [event.id for event in ALL]


async def test_what_is_of_one_key_goes_in_batches_one_after_the_other(
    courier: KafkaCourier, made: list[Producer]
) -> None:
    made[0].most = 2
    delivery = await courier.deliver(ALL)
    assert made[0].sent == [[b"0", b"1"], [b"2", b"3"], [b"4"]]
    assert set(delivery.published) == set(IDS)
    assert delivery.trouble is None


async def test_behind_a_batch_that_fails_nothing_is_sent(courier: KafkaCourier, made: list[Producer]) -> None:
    made[0].most = 2
    made[0].ends = lambda values: RequestTimedOutError() if b"2" in values else None
    delivery = await courier.deliver(ALL)
    assert made[0].sent == [[b"0", b"1"], [b"2", b"3"]]
    assert set(delivery.published) == set(IDS[:2])
    assert "RequestTimedOutError" in (delivery.trouble or "")
    made[0].ends = lambda _: None
    assert set((await courier.deliver(ALL[2:])).published) == set(IDS[2:])
    assert len(made) == 1


async def test_a_batch_whose_fate_is_unknown_is_waited_for_and_not_sent_again(
    courier: KafkaCourier, made: list[Producer]
) -> None:
    made[0].ends = lambda _: "never"
    assert not (await courier.deliver(ALL[:2])).published
    again = await courier.deliver(ALL)
    assert (again.published, made[0].sent) == (set(), [[b"0", b"1"]])
    made[0].open[0].set_result(0)
    made[0].ends = lambda _: None
    assert set((await courier.deliver(ALL)).published) == set(IDS)
    assert made[0].sent == [[b"0", b"1"], [b"2", b"3", b"4"]]


async def test_one_that_is_too_large_is_refused_alone(courier: KafkaCourier, made: list[Producer]) -> None:
    made[0].ends = lambda values: MessageSizeTooLargeError() if b"2" in values else None
    delivery = await courier.deliver(ALL)
    assert dict(delivery.refused) == {IDS[2]: "larger than topic takes"}
    assert set(delivery.published) == {*IDS[:2], *IDS[3:]}
    assert made[0].sent[1:] == [[b"0"], [b"1"], [b"2"], [b"3"], [b"4"]]


async def test_a_topic_in_trouble_keeps_only_its_own_back(courier: KafkaCourier, made: list[Producer]) -> None:
    delivery = await courier.deliver([event(9, topic="missing"), *ALL])
    assert set(delivery.published) == set(IDS)
    assert "missing" in (delivery.trouble or "")
    assert not made[0].stopped


async def test_a_producer_that_may_be_beyond_repair_is_replaced(courier: KafkaCourier, made: list[Producer]) -> None:
    made[0].ends = lambda _: KafkaError("Unexpected error during batch delivery")
    await courier.deliver(ALL)
    assert made[0].stopped
    assert set((await courier.deliver(ALL)).published) == set(IDS)
    assert len(made) == 2


async def test_connecting_goes_on_in_the_next_delivery(monkeypatch: pytest.MonkeyPatch, made: list[Producer]) -> None:
    """What is cut short in connecting leaves a connection open."""
    answer = asyncio.Event()
    begun = 0

    async def create(*_: object, **__: object) -> Producer:
        nonlocal begun
        begun += 1
        await answer.wait()
        return Producer(lambda _: None, 100)

    monkeypatch.setattr(kafka_courier, "create_producer", create)
    courier = KafkaCourier(cast("Settings", SimpleNamespace(kafka_bootstrap_servers="localhost:1")))
    assert "does not answer" in ((await courier.deliver(ALL)).trouble or "")
    answer.set()
    assert set((await courier.deliver(ALL)).published) == set(IDS)
    assert (begun, made) == (1, [])


async def test_who_closes_while_it_connects_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def create(*_: object, **__: object) -> Producer:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(kafka_courier, "create_producer", create)
    monkeypatch.setattr(kafka_courier, "DELIVERY_SECONDS", 0.05)
    courier = KafkaCourier(cast("Settings", SimpleNamespace(kafka_bootstrap_servers="localhost:1")))
    await courier.deliver(ALL)
    await asyncio.wait_for(courier.close(), 1)


async def test_who_closes_when_it_has_just_connected_closes_that(
    monkeypatch: pytest.MonkeyPatch, made: list[Producer]
) -> None:
    answer = asyncio.Event()

    async def create(*_: object, **__: object) -> Producer:
        await answer.wait()
        made.append(Producer(lambda _: None, 100))
        return made[-1]

    monkeypatch.setattr(kafka_courier, "create_producer", create)
    courier = KafkaCourier(cast("Settings", SimpleNamespace(kafka_bootstrap_servers="localhost:1")))
    await courier.deliver(ALL)
    answer.set()
    await asyncio.sleep(0)
    await courier.close()
    assert [producer.stopped for producer in made] == [True]


async def test_a_batch_that_fails_after_it_was_given_up_is_looked_at(
    courier: KafkaCourier, made: list[Producer], caplog: pytest.LogCaptureFixture
) -> None:
    made[0].ends = lambda _: "never"
    assert "in time" in ((await courier.deliver(ALL)).trouble or "")
    await courier.close()
    made[0].open.pop().set_exception(RequestTimedOutError())
    await asyncio.sleep(0)
    gc.collect()
    assert "never retrieved" not in caplog.text


async def test_a_partition_that_is_gone_when_it_is_written_to_is_trouble(
    courier: KafkaCourier, made: list[Producer]
) -> None:
    def gone(_: list[bytes]) -> Any:
        raise AssertionError("Unrecognized partition")

    made[0].ends = gone
    delivery = await courier.deliver(ALL)
    assert not delivery.published
    assert "topic, which was made anew" in (delivery.trouble or "")
