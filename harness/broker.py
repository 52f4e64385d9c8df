"""What the suite does with Kafka: publish to a partition, read, look at groups and offsets."""

import asyncio
import logging
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaConnectionError,
    NodeNotReadyError,
    NotCoordinatorForGroupError,
    TopicAlreadyExistsError,
    for_code,
)
from aiokafka.protocol.group import LeaveGroupRequest
from aiokafka.structs import OffsetAndMetadata

from harness.eventually import Patience
from harness.fence import Position

# Every failed attempt to connect is logged as an error; here it is an exception that somebody waits for or reports.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)

READINESS_TOPIC = "acceptance.readiness"
STABLE = "Stable"
KNOWN_WITHIN = 10.0
"""Seconds in which a broker that has come back knows again who coordinates a group; on a busy machine it takes some."""


@contextmanager
def _known(group: str) -> Iterator[None]:
    """Raise AssertionError where Kafka is there, and for a moment has nobody who knows about a group."""
    try:
        yield
    except (
        GroupCoordinatorNotAvailableError,
        GroupLoadInProgressError,
        KafkaConnectionError,
        NodeNotReadyError,
        NotCoordinatorForGroupError,
    ) as error:
        raise AssertionError(f"Kafka has nobody at the moment who knows about the group {group}: {error!r}") from error


@dataclass(frozen=True)
class GroupState:
    """The state of a consumer group as Kafka calls it (Stable, Empty, …), and its members with their partitions."""

    name: str
    members: tuple[str, ...]


class Broker:
    """A producer and an administrator's client on one Kafka cluster; open for as long as its container runs."""

    def __init__(self, bootstrap_servers: str, patience: Patience) -> None:
        self.bootstrap_servers = bootstrap_servers
        self._patience = patience
        self._producer: AIOKafkaProducer | None = None
        self._admin: AIOKafkaAdminClient | None = None

    async def open(self) -> None:
        """Connect; raises KafkaConnectionError when there is no broker."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap_servers, acks="all", linger_ms=0, request_timeout_ms=10_000
        )
        await self._producer.start()
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers, request_timeout_ms=10_000)
        await self._admin.start()

    async def close(self) -> None:
        """Close both clients; a second call does nothing."""
        producer, admin, self._producer, self._admin = self._producer, self._admin, None, None
        if admin is not None:
            await admin.close()
        if producer is not None:
            await producer.stop()

    @property
    def producer(self) -> AIOKafkaProducer:
        """The open producer."""
        assert self._producer is not None, "the broker's clients are not open"
        return self._producer

    @property
    def admin(self) -> AIOKafkaAdminClient:
        """The open administrator's client."""
        assert self._admin is not None, "the broker's clients are not open"
        return self._admin

    async def round_trip(self) -> None:
        """Produce a record and consume it again; raises AssertionError when it does not come back."""
        await self.create_topics({READINESS_TOPIC: 1})
        token = uuid.uuid4().bytes
        position = await self.publish(READINESS_TOPIC, 0, token)
        records = await self.read(READINESS_TOPIC, {0: position.offset})
        if not any(record.value == token for record in records):
            raise AssertionError("a produced record was not consumed again")

    async def ping(self) -> None:
        """Produce a record that nobody reads."""
        await self.publish(READINESS_TOPIC, 0, b"")

    async def find_coordinator(self, group: str) -> None:
        """Ask for the coordinator of `group`: the broker gets ready for groups; raises KafkaError until it is."""
        await self.admin.find_coordinator(group)

    async def create_topics(self, topics: Mapping[str, int]) -> None:
        """Create topics, name to number of partitions; those that exist stay as they are."""
        new = [NewTopic(name, partitions, 1) for name, partitions in topics.items()]
        try:
            response = await self.admin.create_topics(new)
        except TopicAlreadyExistsError:
            return
        except AttributeError as error:  # aiokafka asks a cluster without controller, as after a pause, for its node
            raise AssertionError("the cluster has no controller yet") from error
        failures = [e for e in response.topic_errors if e[1] not in {0, TopicAlreadyExistsError.errno}]
        if failures:
            raise AssertionError(f"topics could not be created: {failures}")

    async def publish(
        self,
        topic: str,
        partition: int,
        value: bytes | None,
        *,
        key: bytes | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
        at: float | None = None,
    ) -> Position:
        """Publish one record, sent `at` a moment (Unix seconds, else now), and wait for its acknowledgement."""
        sent = await self.producer.send_and_wait(
            topic,
            value=value,
            key=key,
            partition=partition,
            timestamp_ms=None if at is None else int(at * 1000),
            headers=list(headers),
        )
        return Position(topic, sent.partition, sent.offset)

    async def publish_all(
        self, topic: str, records: Iterable[tuple[int, bytes | None, Sequence[tuple[str, bytes | None]]]]
    ) -> list[Position]:
        """Publish records (partition, value, headers) together and return where they lie, once the broker has all.

        One without a value gets an empty key, since the client sends none without both.
        """
        sent = [
            await self.producer.send(
                topic, value=value, key=b"" if value is None else None, partition=partition, headers=list(headers)
            )
            for partition, value, headers in records
        ]
        return [Position(topic, record.partition, record.offset) for record in await asyncio.gather(*sent)]

    async def read(self, topic: str, since: Mapping[int, int]) -> list[ConsumerRecord]:
        """Return the records of `topic` from the offsets `since` (partition to offset) up to its present end."""
        async with _reader(self.bootstrap_servers) as consumer:
            left = {p: end for p, end in (await _ends(consumer, topic)).items() if end > since.get(p, 0)}
            consumer.assign([TopicPartition(topic, p) for p in left])
            for partition in left:
                consumer.seek(TopicPartition(topic, partition), since.get(partition, 0))
            records: list[ConsumerRecord] = []
            while left:
                fetched = await consumer.getmany(timeout_ms=500)
                records += [record for batch in fetched.values() for record in batch]
                for tp in fetched:
                    if await consumer.position(tp) >= left.get(tp.partition, 0):
                        left.pop(tp.partition, None)
            return records

    async def read_since(self, topic: str, moment: float) -> list[ConsumerRecord]:
        """Return the records of `topic` that were sent since `moment` (Unix seconds)."""
        async with _reader(self.bootstrap_servers) as consumer:
            partitions = [TopicPartition(topic, p) for p in await _partitions(consumer, topic)]
            found = await consumer.offsets_for_times(dict.fromkeys(partitions, int(moment * 1000)))
            ends = await consumer.end_offsets(partitions)
        since = {tp.partition: found[tp].offset if found.get(tp) else ends[tp] for tp in partitions}
        return await self.read(topic, since)

    async def read_topics_since(self, topics: Iterable[str], moment: float, most: int) -> list[ConsumerRecord]:
        """Return what was sent to `topics` since `moment` (Unix seconds), of each partition at most the last `most`."""
        async with _reader(self.bootstrap_servers) as consumer:
            partitions = [TopicPartition(topic, p) for topic in topics for p in await _partitions(consumer, topic)]
            found = await consumer.offsets_for_times(dict.fromkeys(partitions, int(moment * 1000)))
            ends = await consumer.end_offsets(partitions)
            left = {tp: max(found[tp].offset, ends[tp] - most) for tp in partitions if found.get(tp)}
            consumer.assign(list(left))
            for tp, offset in left.items():
                consumer.seek(tp, offset)
            records: list[ConsumerRecord] = []
            while left:
                for fetched in (await consumer.getmany(timeout_ms=500)).values():
                    records += fetched
                for tp in list(left):
                    if await consumer.position(tp) >= ends[tp]:
                        del left[tp]
            return records

    async def ends(self, topics: Iterable[str]) -> dict[tuple[str, int], int]:
        """Return the ends of all partitions of `topics`, by topic and partition."""
        async with _reader(self.bootstrap_servers) as consumer:
            return {(t, p): end for t in topics for p, end in (await _ends(consumer, t)).items()}

    async def all_committed(self, group: str) -> dict[tuple[str, int], int]:
        """Return the committed offsets of `group`, by topic and partition; raises AssertionError if not now."""
        with _known(group):
            offsets = await self.admin.list_consumer_group_offsets(group)
        return {(tp.topic, tp.partition): meta.offset for tp, meta in offsets.items() if meta.offset >= 0}

    async def committed(self, group: str, topic: str) -> dict[int, int]:
        """Return the committed offsets of `group` in `topic`, partition to offset, as `all_committed`."""
        offsets = await self.all_committed(group)
        return {partition: offset for (name, partition), offset in offsets.items() if name == topic}

    async def commit_ends(self, group: str, topics: Iterable[str]) -> None:
        """Move `group`, which may have no members, to the end of all `topics`."""
        async with _reader(self.bootstrap_servers) as consumer:
            ends = [Position(t, p, end) for t in topics for p, end in (await _ends(consumer, t)).items()]
        await self.commit_at(group, ends)

    async def commit_at(self, group: str, positions: Iterable[Position]) -> None:
        """Move `group`, which may have no members, to before these positions; elsewhere it stays where it is."""
        places = {TopicPartition(p.topic, p.partition): OffsetAndMetadata(p.offset, "") for p in positions}
        async with _reader(self.bootstrap_servers, group_id=group, enable_auto_commit=False) as consumer:
            consumer.assign(list(places))
            await consumer.commit(places)

    async def members(self, group: str) -> list[str]:
        """Return the member ids of `group`; raises AssertionError, as all that ask about it, if nobody knows."""
        _, members = await self._describe(group)
        return [member[0] for member in members]

    async def clients(self, group: str) -> list[str]:
        """Return by which names the members of `group` go, a name each."""
        _, members = await self._describe(group)
        return [member[1] for member in members]

    async def group_state(self, group: str) -> "GroupState":
        """Return how `group` is, and who is in it with which partitions."""
        state, members = await self._describe(group)
        return GroupState(state, tuple(f"{m[0]} at {m[2]}: {_assigned(m[4])}" for m in members))

    async def working_members(self, group: str) -> frozenset[str]:
        """Return the member ids of `group` if it is stable and every member has joined it to the end, else none."""
        state, members = await self._describe(group)
        ready = state == STABLE and all(member[4] for member in members)
        return frozenset(member[0] for member in members) if ready else frozenset()

    async def assignments(self, group: str, topic: str) -> dict[str, frozenset[int]]:
        """Return which partitions of `topic` each member of `group` has been given, by member id."""
        _, members = await self._describe(group)
        return {member[0]: frozenset(_given(member[4]).get(topic, ())) for member in members}

    async def has_caught_up(self, group: str) -> bool:
        """Tell whether `group` reads something, and nothing of it waits to be acknowledged."""
        _, members = await self._describe(group)
        topics = {topic for member in members for topic in _given(member[4])}
        committed = await self.all_committed(group)
        return bool(topics) and all(committed.get(place) == end for place, end in (await self.ends(topics)).items())

    async def _describe(self, group: str) -> tuple[str, list[Any]]:
        with _known(group):
            (response,) = await self.admin.describe_consumer_groups([group])
            (described,) = response.groups
            if described[0]:  # aiokafka passes over what Kafka says about the group alone
                raise for_code(described[0])
        return described[2], described[5]

    async def evict(self, group: str, dead: Collection[str] | None = None) -> list[str]:
        """Take the `dead` members, or else all, out of `group`; returns their ids.

        Otherwise the group would wait for a dead member until its session has timed out. A Kafka that has just come
        back is given time to find out who knows about the group; raises NeverHappenedError where it does not.
        """

        async def attempt() -> list[str]:
            with _known(group):
                coordinator = await self.admin.find_coordinator(group)
            members = [m for m in await self.members(group) if dead is None or m in dead]
            await asyncio.gather(
                *(self.admin._send_request(LeaveGroupRequest(group, m), coordinator) for m in members)  # noqa: SLF001
            )
            return members

        return await self._patience.eventually(attempt, within=KNOWN_WITHIN)


class _reader:  # noqa: N801 -- reads as the function it stands for
    """A consumer without subscription, started and stopped."""

    def __init__(self, bootstrap_servers: str, **options: Any) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", fetch_max_wait_ms=50, **options
        )

    async def __aenter__(self) -> AIOKafkaConsumer:
        try:
            await self._consumer.start()
        except BaseException:
            await self._consumer.stop()
            raise
        return self._consumer

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()


def _assigned(assignment: bytes) -> str:
    """Return the partitions that a member was given, as text."""
    if not assignment:
        return "no partitions yet"
    return ", ".join(f"{topic} {sorted(given)}" for topic, given in _given(assignment).items()) or "no partitions"


def _given(assignment: bytes) -> dict[str, list[int]]:
    """Return the partitions that a member was given, by topic."""
    return dict(ConsumerProtocolMemberAssignment.decode(assignment).assignment) if assignment else {}


async def _ends(consumer: AIOKafkaConsumer, topic: str) -> dict[int, int]:
    partitions = await _partitions(consumer, topic)
    ends = await consumer.end_offsets([TopicPartition(topic, p) for p in partitions])
    return {tp.partition: offset for tp, offset in ends.items()}


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    await consumer._client.add_topic(topic)  # noqa: SLF001 -- partitions_for_topic knows subscribed topics only
    return consumer.partitions_for_topic(topic) or {0}
