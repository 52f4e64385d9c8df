"""Messages that can never be processed, kept byte for byte where an operator finds them (P10)."""

import logging

from class_management.application.ports import Publisher, TooLargeError, UnavailableError
from class_management.entrypoints.consumer.decode import Message
from class_management.entrypoints.consumer.wire import DEAD_LETTER_TOPIC

PREFIX = "dlq."
LONGEST_REASON = 500
ROOMY = 64 * 1024
"""Bytes of a message beside which there is room for headers, unless the topic takes next to nothing."""

logger = logging.getLogger(__name__)


async def send_dead_letter(publisher: Publisher, message: Message) -> None:
    """Write the message with its headers, and where and why it failed; raises UnavailableError.

    A large one that does not fit with them is kept without them, and they are logged. One that does not fit at all
    waits until somebody lets the topic take more, as it waits for a topic that is missing.
    """
    record = message.record
    about = {
        "reason": (message.failure or "")[:LONGEST_REASON],
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "correlation_id": message.correlation_id,
    }
    headers = [*record.headers, *((PREFIX + name, text.encode()) for name, text in about.items())]
    try:
        await publisher.publish(DEAD_LETTER_TOPIC, record.key, record.value, headers)
    except TooLargeError as error:
        if len(record.value or b"") < ROOMY:  # the topic is closed rather than full; once open, it has room for all
            raise UnavailableError(str(error)) from error
        # Without the headers it is no larger than it came: kept like that rather than in the way of all behind it.
        logger.warning("a dead letter is too large for its headers, which stand here", extra=about)
        try:
            await publisher.publish(DEAD_LETTER_TOPIC, record.key, record.value, record.headers)
        except TooLargeError as closed:
            raise UnavailableError(str(closed)) from closed
