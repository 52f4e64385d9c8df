"""A topic that is closed takes nothing, and after it was healed as much as before."""

from typing import Any

import pytest
from aiokafka.errors import MessageSizeTooLargeError

from harness.containers.kafka import KafkaContainer
from harness.eventually import Patience
from harness.faults import Closed


@pytest.mark.engine
@pytest.mark.asyncio
async def test_a_closed_topic_takes_nothing_until_it_is_healed(bench: Any) -> None:
    kafka = KafkaContainer(bench.images.kafka(), bench.network, bench.labels, Patience())
    await kafka.up()
    try:
        broker = kafka.broker
        assert broker is not None
        await broker.create_topics({"letters": 1, "others": 1})
        open_topic = Closed(kafka, "letters")
        with pytest.raises(AssertionError, match="the topic letters has taken a record"):
            await open_topic.prove()
        async with Closed(kafka, "letters"):
            with pytest.raises(MessageSizeTooLargeError):
                await broker.publish("letters", 0, b"refused")
            await broker.publish("others", 0, b"taken")
        await broker.publish("letters", 0, b"taken")
        values = [record.value for record in await broker.read("letters", {})]
        assert b"refused" not in values
        assert values[-1] == b"taken"
    finally:
        await kafka.close()
        kafka.remove()
