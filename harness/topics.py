"""What can be done to a topic beside writing to it: it goes, grows, forgets; is written to in transactions."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewPartitions
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import for_code

from harness.broker import Broker
from harness.fence import Position


@dataclass(frozen=True)
class Sent:
    """A record to be sent to a partition."""

    value: bytes | None
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()


async def partitions_of(broker: Broker, topic: str) -> list[int]:
    """Return the partitions of a topic, none where it is missing."""
    described = await broker.admin.describe_topics([topic])
    return sorted(partition["partition"] for found in described for partition in found["partitions"])


async def look_anew(broker: Broker) -> None:
    """Have the producer ask what topics and partitions there are, which it does once in a while only."""
    await broker.producer.client.force_metadata_update()


async def delete(broker: Broker, topic: str) -> None:
    """Delete a topic; Kafka does so a little later."""
    answer = await broker.admin.delete_topics([topic])
    for _, code, *_ in answer.topic_error_codes:
        if code:
            raise for_code(code)(f"the topic {topic} could not be deleted")


async def grow(broker: Broker, topic: str, partitions: int) -> None:
    """Have a topic get as many partitions as `partitions`, which are more than it has; raises KafkaError."""
    await broker.admin.create_partitions({topic: NewPartitions(partitions)})


async def forget_before(broker: Broker, position: Position) -> None:
    """Delete the records before a position, as retention does once they are old."""
    place = TopicPartition(position.topic, position.partition)
    await broker.admin.delete_records({place: RecordsToDelete(before_offset=position.offset)})


async def send_in_transaction(
    broker: Broker, topic: str, partition: int, records: Iterable[Sent], *, take_back: bool
) -> list[Position]:
    """Write records in one transaction, which is then committed or taken back, and return where they lie."""
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap_servers, transactional_id=f"acceptance.{uuid.uuid4().hex}", linger_ms=0
    )
    await producer.start()
    try:
        await producer.begin_transaction()
        sent = [
            await producer.send_and_wait(
                topic, record.value, key=record.key, partition=partition, headers=list(record.headers)
            )
            for record in records
        ]
        await (producer.abort_transaction() if take_back else producer.commit_transaction())
    finally:
        await producer.stop()
    return [Position(topic, partition, metadata.offset) for metadata in sent]


async def visit(broker: Broker, group: str, topic: str) -> frozenset[int]:
    """Join `group` as one more member, get a share of the topic's partitions, and leave; returns the share."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap_servers,
        group_id=group,
        client_id="acceptance.visitor",
        enable_auto_commit=False,
        partition_assignment_strategy=(RangePartitionAssignor, RoundRobinPartitionAssignor),
    )
    try:
        await consumer.start()
        return frozenset(partition.partition for partition in consumer.assignment())
    finally:
        await consumer.stop()
