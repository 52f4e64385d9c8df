"""What an operator does about dead letters: see which wait, and send them on their way again (P10).

A consumer group of its own remembers how far replaying has come; what lies behind its offsets waits.
"""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError, MessageSizeTooLargeError
from aiokafka.structs import OffsetAndMetadata, RecordMetadata

from class_management.application.health import StartError
from class_management.entrypoints.consumer.dead_letters import PREFIX
from class_management.entrypoints.consumer.wire import DEAD_LETTER_TOPIC, TOPIC

POLL_MILLISECONDS = 500
LARGEST_MESSAGE = 16 * 1024 * 1024
"""Bytes; more than a topic takes: what came in may go in again."""
GROUP = "class_management_service-dead-letters"

Send = Callable[..., Awaitable[RecordMetadata]]
"""Writes a record by a producer, as `adapters.kafka.send` does, any record that Kafka can hold."""


async def list_waiting(servers: str) -> None:
    """Print the dead letters that wait, a JSON object a line; never what is in them, for that may be personal."""
    async with _reader(servers) as reader:
        async for letter in _waiting(reader):
            _print(_about(letter))


async def replay(servers: str, send: Send) -> None:
    """Publish what waits once more, byte for byte, where it came from; a message that fails again comes back.

    Interrupted between a message and its mark it publishes that one again, which does no harm: events count once (I1).
    Raises StartError where the topic does not take one, such as one that has grown too large for it: that one waits on,
    and so do those behind it.
    """
    replayed = 0
    async with _reader(servers) as reader, _producer(servers, None) as plain, _producer(servers, "gzip") as packed:
        partitions = await plain.partitions_for(TOPIC)
        async for letter in _waiting(reader):
            sent = await _send_home(partial(send, plain), partial(send, packed), letter, partitions)
            place = TopicPartition(letter.topic, letter.partition)
            await reader.commit({place: OffsetAndMetadata(letter.offset + 1, "")})
            _print({**_about(letter), "replayed_to": f"{sent.partition}:{sent.offset}"})
            replayed += 1
    print(f"{replayed} replayed", file=sys.stderr)  # noqa: T201 -- an answer to a person at a terminal


async def _send_home(plain: Send, packed: Send, letter: ConsumerRecord, partitions: set[int]) -> RecordMetadata:
    home = int(_headers(letter).get("partition", -1))
    partition = home if home in partitions else None
    headers = [(name, value) for name, value in letter.headers if not name.startswith(PREFIX)]
    try:
        try:
            return await plain(TOPIC, letter.key, letter.value, headers, partition=partition)
        except MessageSizeTooLargeError:  # it may have come compressed
            return await packed(TOPIC, letter.key, letter.value, headers, partition=partition)
    except KafkaConnectionError:
        raise
    except KafkaError as error:
        place = f"{letter.partition}:{letter.offset}"
        raise StartError(f"{TOPIC} does not take the dead letter at {place}: {type(error).__name__}") from error


@asynccontextmanager
async def _reader(servers: str) -> AsyncIterator[AIOKafkaConsumer]:
    reader = AIOKafkaConsumer(
        bootstrap_servers=servers, group_id=GROUP, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    async with _connected(reader, servers):
        reader.assign(await _partitions(servers))
        yield reader


@asynccontextmanager
async def _producer(servers: str, compression: str | None) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", compression_type=compression, max_request_size=LARGEST_MESSAGE
    )
    async with _connected(producer, servers):
        yield producer


@asynccontextmanager
async def _connected(client: AIOKafkaConsumer | AIOKafkaProducer, servers: str) -> AsyncIterator[None]:
    try:
        await client.start()
        yield
    except KafkaConnectionError as error:
        raise StartError(f"kafka at {servers} cannot be reached") from error
    finally:
        await client.stop()


async def _partitions(servers: str) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        topics = await admin.describe_topics([DEAD_LETTER_TOPIC])
    finally:
        await admin.close()
    return [TopicPartition(DEAD_LETTER_TOPIC, p["partition"]) for topic in topics for p in topic["partitions"]]


async def _waiting(reader: AIOKafkaConsumer) -> AsyncIterator[ConsumerRecord]:
    """Read from where replaying has come to up to the present end, partition by partition."""
    ends = await reader.end_offsets(list(reader.assignment()))
    for place, end in ends.items():
        while await reader.position(place) < end:
            fetched = await reader.getmany(place, timeout_ms=POLL_MILLISECONDS)
            for letter in fetched.get(place, []):
                if letter.offset < end:
                    yield letter


def _headers(letter: ConsumerRecord) -> dict[str, str]:
    """Return what was noted when the message was set aside, without the prefix."""
    return {
        name.removeprefix(PREFIX): value.decode(errors="replace")
        for name, value in letter.headers
        if name.startswith(PREFIX) and value is not None
    }


def _about(letter: ConsumerRecord) -> dict[str, object]:
    noted = _headers(letter)
    return {
        "place": f"{letter.partition}:{letter.offset}",
        "set_aside": datetime.fromtimestamp(letter.timestamp / 1000, UTC).isoformat(timespec="milliseconds"),
        "reason": noted.get("reason"),
        "from": f"{noted.get('topic')}:{noted.get('partition')}:{noted.get('offset')}",
        "correlation_id": noted.get("correlation_id"),
        "bytes": len(letter.value or b""),
    }


def _print(line: dict[str, object]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201 -- what the command is for
