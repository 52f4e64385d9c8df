"""A topic that is closed takes nothing, one may go or grow, and after it was healed each is as it was before."""

from typing import Any

import pytest
from aiokafka.errors import MessageSizeTooLargeError

from harness import topics
from harness.containers.kafka import KafkaContainer
from harness.eventually import Patience
from harness.faults import Closed, Grown, Missing


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


@pytest.mark.engine
@pytest.mark.asyncio
async def test_a_topic_goes_grows_forgets_is_written_to_in_transactions_and_visited(bench: Any) -> None:
    kafka = KafkaContainer(bench.images.kafka(), bench.network, bench.labels, Patience())
    await kafka.up()
    try:
        broker = kafka.broker
        assert broker is not None
        await broker.create_topics({"events": 2})
        with pytest.raises(AssertionError, match="the topic events is still there, with 2 partitions"):
            await Missing(kafka, "events", 2).prove()
        with pytest.raises(AssertionError, match="the topic events has 2 partitions"):
            await Grown(kafka, "events", 2).prove()

        for value in (b"old", b"new"):
            position = await broker.publish("events", 0, value)
        await topics.forget_before(broker, position)
        assert [record.value for record in await broker.read("events", {0: position.offset})] == [b"new"]

        (kept,) = await topics.send_in_transaction(broker, "events", 1, [topics.Sent(b"stands")], take_back=False)
        (gone,) = await topics.send_in_transaction(broker, "events", 1, [topics.Sent(b"taken back")], take_back=True)
        assert gone.offset > kept.offset
        assert await topics.visit(broker, "group", "events") == {0, 1}
        assert await broker.members("group") == []

        async with Grown(kafka, "events", 2) as fault:
            assert await topics.partitions_of(broker, "events") == [0, 1, 2]
            assert (await broker.publish("events", 2, b"in the new one")).partition == 2
        await fault.heal()
        assert await topics.partitions_of(broker, "events") == [0, 1]
        async with Missing(kafka, "events", 2):
            assert await topics.partitions_of(broker, "events") == []
        assert (await broker.publish("events", 1, b"the first one")).offset == 0
    finally:
        await kafka.close()
        kafka.remove()
