"""How dead letters are sent on their way again; what a broker makes of them is tried by the features."""

from functools import partial
from typing import Any

import pytest
from aiokafka.errors import MessageSizeTooLargeError

from class_management.application.health import StartError
from class_management.entrypoints.consumer.wire import TOPIC
from class_management.entrypoints.dead_letter_office import _send_home

from .records import record


class Topic:
    """Takes records by some producers, and refuses by others."""

    def __init__(self, *takes: str) -> None:
        self._takes = takes
        self.taken: list[tuple[Any, ...]] = []

    async def send(self, producer: str, *what: object, partition: int | None) -> Any:
        """Send as `adapters.kafka.send` does."""
        if producer not in self._takes:
            raise MessageSizeTooLargeError
        self.taken.append((producer, *what, partition))


@pytest.mark.parametrize("producer", ["plain", "packed"])
async def test_what_is_too_large_as_it_is_goes_packed(producer: str) -> None:
    topic = Topic(producer)
    letter = record({}, offset=3)
    await _send_home(partial(topic.send, "plain"), partial(topic.send, "packed"), letter, {0})
    assert topic.taken == [(producer, TOPIC, letter.key, letter.value, [], None)]


async def test_what_is_too_large_in_any_form_ends_the_replay() -> None:
    topic = Topic()
    with pytest.raises(StartError, match="does not take the dead letter at 0:3"):
        await _send_home(partial(topic.send, "plain"), partial(topic.send, "packed"), record({}, offset=3), {0})
