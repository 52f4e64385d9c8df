"""Messages that can never be processed, kept byte for byte where an operator finds them (P10)."""

from class_management.application.ports import Publisher
from class_management.entrypoints.consumer.decode import Message
from class_management.entrypoints.consumer.wire import DEAD_LETTER_TOPIC

LONGEST_REASON = 500


async def send_dead_letter(publisher: Publisher, message: Message) -> None:
    """Write the message with its headers, and where and why it failed; raises UnavailableError."""
    record = message.record
    about = {
        "dlq.reason": (message.failure or "")[:LONGEST_REASON],
        "dlq.topic": record.topic,
        "dlq.partition": str(record.partition),
        "dlq.offset": str(record.offset),
        "dlq.correlation_id": message.correlation_id,
    }
    headers = [*record.headers, *((name, text.encode()) for name, text in about.items())]
    await publisher.publish(DEAD_LETTER_TOPIC, record.key, record.value, headers)
