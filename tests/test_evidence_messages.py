"""What the evidence says of messages that did not come: the nearest one, field by field, or where one like it is."""

import json
import time
import uuid
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from harness.evidence import messages
from harness.evidence.scene import Scene
from harness.journal import Journal, Redaction
from harness.names import Names

CREATED, UPDATED = "class.created", "class.updated"


def _record(topic: str, value: Any, offset: int = 0, **headers: str) -> Any:
    return SimpleNamespace(
        topic=topic,
        partition=1,
        offset=offset,
        timestamp=int(time.time() * 1000) + offset,
        headers=[(name, text.encode()) for name, text in headers.items()],
        key=None,
        value=json.dumps(value).encode(),
    )


async def _finding(records: Sequence[Any], *expected: tuple[str, Any], names: Names | None = None) -> Any:
    async def read(topics: Iterable[str], moment: float, most: int) -> Sequence[Any]:  # noqa: ARG001
        return records

    redaction = Redaction(frozenset(), frozenset({"email"}))
    journal = Journal(redaction)
    for topic, message in expected:
        journal.expects("somebody", topic, message)
    stack = SimpleNamespace(
        wiring=SimpleNamespace(topics={CREATED: 1, UPDATED: 1}), broker=SimpleNamespace(read_topics_since=read)
    )
    site: Any = SimpleNamespace(stack=stack)
    return await messages.collector(Scene(site, journal, names or Names(), redaction)).collect()


async def test_the_nearest_message_is_compared_field_by_field() -> None:
    names = Names()
    identity = str(names.id("class", "8B"))
    far = _record(CREATED, {"type": CREATED, "data": {"class_id": str(uuid.uuid4()), "courses": ["SV1"]}}, 6)
    near = _record(CREATED, {"type": CREATED, "data": {"class_id": identity, "courses": ["SV1"]}}, 7, source="other")
    expected = {"headers": {"source": "service"}, "value": {"data": {"class_id": identity, "courses": ["ENG5"]}}}
    finding = await _finding([far, near], (CREATED, expected), names=names)
    assert finding.telling[:3] == [
        "a message did not come as expected on class.created: the nearest one, partition 1, offset 7, differs in",
        "    headers.source: expected service, seen other",
        "    value.data.courses[0]: expected ENG5, seen SV1",
    ]
    assert f"value.data.class_id={identity} (8B)" in finding.telling[3]


async def test_a_message_on_another_topic_is_pointed_to() -> None:
    finding = await _finding([_record(UPDATED, {"name": "8B"})], (CREATED, {"value": {"name": "8B"}}))
    first = "a message did not come on class.created: 0 came there, none like it"
    assert finding.telling[0] == f"{first}; what is most like it lies on class.updated"
    assert "(nothing on class.created since the scenario began)" in finding.lines


async def test_a_message_that_came_is_not_told_of() -> None:
    finding = await _finding([_record(CREATED, {"name": "8B", "more": 1})], (CREATED, {"value": {"name": "8B"}}))
    assert finding.telling == []
    assert any(line.endswith("partition 1, offset 0 (of somebody else)") for line in finding.lines)


async def test_personal_data_is_left_out() -> None:
    finding = await _finding([_record(CREATED, {"email": "elsa@x"})], (UPDATED, {"value": {"email": "elsa@x"}}))
    assert "elsa@x" not in "".join([*finding.lines, *finding.telling])


async def test_personal_data_is_left_out_of_a_record_that_is_no_json() -> None:
    broken = _record(CREATED, None)
    whole = json.dumps({"type": CREATED, "students": [{"email": f"elsa-{number}@x"} for number in range(200)]})
    for value in (whole.encode()[:-1], whole.encode()[:6_543], b"\xff" + whole.encode()):
        broken.value = value
        finding = await _finding([broken], (UPDATED, {"value": {"email": "elsa@x"}}))
        assert "elsa" not in "".join([*finding.lines, *finding.telling])
        assert any(CREATED in line and "(redacted)" in line for line in finding.lines)
