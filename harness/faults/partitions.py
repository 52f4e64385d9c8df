"""Topics that are missing, or have more partitions than they had."""

from harness import topics
from harness.broker import Broker
from harness.containers.kafka import KafkaContainer
from harness.faults.fault import Fault

GONE_WITHIN = 15.0
"""Seconds in which Kafka has deleted a topic."""


class _Remade(Fault):
    """A topic that is not as it was; mended, it is there anew, with as many partitions as at first, and empty."""

    def __init__(self, kafka: KafkaContainer, topic: str, partitions: int) -> None:
        self._kafka, self._topic, self._partitions = kafka, topic, partitions

    async def heal(self) -> None:
        """See `Fault`."""
        if await self._count() != self._partitions:
            await self._delete()
            await self._broker.create_topics({self._topic: self._partitions})
        await self._kafka.patience.eventually(self._is_as_it_was, within=GONE_WITHIN)
        await topics.look_anew(self._broker)

    async def _delete(self) -> None:
        if await self._count():
            await topics.delete(self._broker, self._topic)
        await self._kafka.patience.eventually(self._is_gone, within=GONE_WITHIN)

    async def _count(self) -> int:
        return len(await topics.partitions_of(self._broker, self._topic))

    async def _is_gone(self) -> None:
        if seen := await self._count():
            raise AssertionError(f"the topic {self._topic} is still there, with {seen} partitions")

    async def _is_as_it_was(self) -> None:
        seen = await self._count()
        assert seen == self._partitions, f"the topic {self._topic} has {seen} partitions, not {self._partitions} yet"

    @property
    def _broker(self) -> Broker:
        assert self._kafka.broker is not None, "Kafka is not up"
        return self._kafka.broker


class Missing(_Remade):
    """A topic that is not there, with all that was in it."""

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"the topic {self._topic} is missing"

    async def cause(self) -> None:
        """See `Fault`."""
        await self._delete()

    async def prove(self) -> None:
        """See `Fault`."""
        await self._is_gone()


class Grown(_Remade):
    """A topic that has one partition more than it had; Kafka takes none away, so that mending makes it anew."""

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"the topic {self._topic} has got a partition more"

    async def cause(self) -> None:
        """See `Fault`."""
        await topics.grow(self._broker, self._topic, self._partitions + 1)
        await self._kafka.patience.eventually(self.prove)
        await topics.look_anew(self._broker)

    async def prove(self) -> None:
        """See `Fault`."""
        seen = await self._count()
        assert seen == self._partitions + 1, f"the topic {self._topic} has {seen} partitions"
