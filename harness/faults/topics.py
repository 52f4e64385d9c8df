"""What a Kafka that runs can refuse."""

from collections.abc import Mapping

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError

from harness.broker import Broker
from harness.containers.kafka import KafkaContainer
from harness.faults.fault import Fault

LIMIT = "max.message.bytes"
NOTHING = "1"
"""Bytes; less than any record has."""


class Closed(Fault):
    """A topic that takes no record, for every one is too large for it; what it holds can be read."""

    def __init__(self, kafka: KafkaContainer, topic: str) -> None:
        self._kafka, self._topic = kafka, topic

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"the topic {self._topic} takes nothing"

    async def cause(self) -> None:
        """See `Fault`."""
        await self._configure({LIMIT: NOTHING})
        await self._kafka.patience.eventually(self.prove)

    async def prove(self) -> None:
        """See `Fault`."""
        try:
            await self._broker.publish(self._topic, 0, b"")
        except MessageSizeTooLargeError:
            return
        raise AssertionError(f"the topic {self._topic} has taken a record")

    async def heal(self) -> None:
        """See `Fault`."""
        await self._configure({})
        await self._kafka.patience.eventually(self._is_open)

    async def _is_open(self) -> None:
        (answer,) = await self._broker.admin.describe_configs([self._resource({LIMIT: ""})])
        (resource,) = answer.resources
        if any(entry[:2] == (LIMIT, NOTHING) for entry in resource[4]):
            raise AssertionError(f"the topic {self._topic} takes nothing yet")

    async def _configure(self, settings: Mapping[str, str]) -> None:
        """Give the topic these settings and no others."""
        (answer,) = await self._broker.admin.alter_configs([self._resource(settings)])
        for code, message, *_ in answer.resources:
            assert not code, f"the topic {self._topic} could not be configured: error {code}, {message}"

    def _resource(self, settings: Mapping[str, str]) -> ConfigResource:
        return ConfigResource(ConfigResourceType.TOPIC, self._topic, dict(settings))

    @property
    def _broker(self) -> Broker:
        assert self._kafka.broker is not None, "Kafka is not up"
        return self._kafka.broker
