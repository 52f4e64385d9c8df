"""Records on the topics since the scenario began, and the nearest one to what was expected and did not come."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from harness.compare import differences, flat, nearest
from harness.evidence.collector import Collector, Finding
from harness.evidence.scene import Scene

MOST_A_PARTITION = 300


def collector(scene: Scene) -> Collector:
    """Return the collector for the records of all topics."""

    async def collect() -> Finding:
        stack = scene.site.stack
        records = await stack.broker.read_topics_since(stack.wiring.topics, scene.journal.begun, MOST_A_PARTITION)
        seen = [(record, content(record)) for record in sorted(records, key=lambda r: (r.timestamp, r.offset))]
        lines = [line for record, told in seen for line in _told(scene, record, told)]
        misses = [line for expected in scene.journal.expected for line in _miss(scene, expected, seen)]
        silent = [topic for topic in stack.wiring.topics if not any(r.topic == topic for r in records)]
        lines += [f"(nothing on {topic} since the scenario began)" for topic in silent]
        return Finding([*misses, *lines], misses)

    return Collector("Records on the topics", "messages.txt", collect)


def content(record: ConsumerRecord) -> dict[str, Any]:
    """Return all of a record that a message can be compared by: headers, key, value."""
    return {
        "headers": {name: _text(value) for name, value in record.headers},
        "key": _text(record.key),
        "value": record.value,
    }


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode(errors="replace")


def _told(scene: Scene, record: ConsumerRecord, told: Mapping[str, Any]) -> list[str]:
    at = datetime.fromtimestamp(record.timestamp / 1000, UTC).isoformat(timespec="milliseconds")
    whose = "" if scene.is_ours(f"{told['headers']} {_text(record.value)}") else " (of somebody else)"
    lines = [f"{at} {record.topic}, partition {record.partition}, offset {record.offset}{whose}"]
    lines += [f"    {part}: {scene.shown(told[part])}" for part in ("headers", "key", "value") if told[part]]
    return lines


def _miss(
    scene: Scene, expected: Mapping[str, Any], seen: Sequence[tuple[ConsumerRecord, Mapping[str, Any]]]
) -> list[str]:
    """Return how the nearest record on the topic differs from an expected one; nothing where one is as expected."""
    topic, wanted = expected["topic"], flat(scene.redaction.value(expected["message"]))
    on_topic = [(r, flat(scene.redaction.value(told))) for r, told in seen if r.topic == topic]
    expectation = f"    expected: {scene.named(', '.join(f'{k}={v}' for k, v in wanted.items()))}"
    near = nearest(wanted, [told for _, told in on_topic])
    if near is None:
        others = [(r, flat(scene.redaction.value(told))) for r, told in seen if r.topic != topic]
        like = nearest(wanted, [told for _, told in others])
        where = (
            "" if like is None else f"; what is most like it lies on {next(r.topic for r, t in others if t is like)}"
        )
        return [f"a message did not come on {topic}: {len(on_topic)} came there, none like it{where}", expectation]
    record = next(r for r, told in on_topic if told is near)
    if not (unlike := differences(wanted, near)):
        return []
    at = f"partition {record.partition}, offset {record.offset}"
    heading = f"a message did not come as expected on {topic}: the nearest one, {at}, differs in"
    return [heading, *(f"    {scene.named(line)}" for line in unlike), expectation]
