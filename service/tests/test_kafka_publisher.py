"""That the service can publish again after its producer has failed; what a broker answers is tried by the features."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, cast
from unittest.mock import MagicMock

import pytest
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RequestTimedOutError

from class_management.adapters import kafka
from class_management.application.ports import TooLargeError, UnavailableError
from class_management.settings import Settings


class Producer:
    """A producer that raises the next of `troubles` at each record, until there are none left."""

    made: ClassVar[list["Producer"]]
    troubles: ClassVar[list[Exception]]

    def __init__(self, compression_type: str | None, **_: Any) -> None:
        self.compression = compression_type
        self.stopped = False
        self.sent: list[bytes | None] = []
        self.made.append(self)

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        self.stopped = True

    async def send_and_wait(self, _: str, value: bytes | None, **__: Any) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append(value)


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> kafka.KafkaPublisher:
    Producer.made, Producer.troubles = [], []
    monkeypatch.setattr(kafka, "AIOKafkaProducer", Producer)

    class Chosen:
        kafka_bootstrap_servers = "localhost:1"

    return kafka.KafkaPublisher(cast("Settings", Chosen()))


@pytest.mark.parametrize(
    ("troubles", "raised", "used"),
    [
        ([], None, 1),
        ([KafkaError("Unexpected error during batch delivery")], UnavailableError, 2),
        ([RequestTimedOutError()], UnavailableError, 1),
        ([OSError()], UnavailableError, 1),
    ],
    ids=["none", "the sender has died", "the broker does not answer", "no connection"],
)
async def test_a_producer_that_may_be_beyond_repair_is_replaced(
    publisher: kafka.KafkaPublisher, troubles: Sequence[Exception], raised: type[Exception] | None, used: int
) -> None:
    Producer.troubles = list(troubles)
    if raised is not None:
        with pytest.raises(raised):
            await publisher.publish("topic", b"key", b"value", [])
    await publisher.publish("topic", b"key", b"value", [])
    assert len(Producer.made) == used
    assert Producer.made[-1].sent == [b"value"]
    assert [producer.stopped for producer in Producer.made] == [True] * (used - 1) + [False]


async def test_what_is_too_large_compressed_is_sent_as_it_is(publisher: kafka.KafkaPublisher) -> None:
    Producer.troubles = [MessageSizeTooLargeError()]
    await publisher.publish("topic", b"key", b"value", [])
    assert [(producer.compression, producer.sent) for producer in Producer.made] == [("gzip", []), (None, [b"value"])]
    await publisher.close()
    assert all(producer.stopped for producer in Producer.made)


async def test_what_is_too_large_in_any_form_is_told_to_be_so(publisher: kafka.KafkaPublisher) -> None:
    Producer.troubles = [MessageSizeTooLargeError(), MessageSizeTooLargeError()]
    with pytest.raises(TooLargeError):
        await publisher.publish("topic", b"key", b"value", [])


async def test_a_record_without_key_and_value_goes_as_a_batch_to_the_partition_that_is_asked_for() -> None:
    class Batches(Producer):
        def create_batch(self) -> Any:
            return MagicMock()

        async def partitions_for(self, _: str) -> set[int]:
            return {1, 2}

        async def send_batch(self, _: Any, topic: str, partition: int) -> Any:
            sent: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
            sent.set_result((topic, partition))
            return sent

    Producer.made = []
    producer: Any = Batches(None)
    sent: Any = await kafka.send(producer, "topic", None, None, [], partition=2)
    assert sent == ("topic", 2)
    sent = await kafka.send(producer, "topic", None, None, [])
    assert sent == ("topic", 1)
