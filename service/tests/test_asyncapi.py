"""The description of the topics says of messages what the service does, and its copy is current."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import jsonschema
import msgspec
import pytest

from class_management.adapters.announcements import announcement
from class_management.asyncapi import document
from class_management.domain import events
from class_management.domain.courses import CourseCode
from class_management.domain.events import ConfirmedAssociation, ValidationMethod
from class_management.entrypoints.consumer.decode import Suggested, decode
from class_management.entrypoints.consumer.wire import DEAD_LETTER_TOPIC, TOPIC

from .records import data, envelope, record

COPY = Path(__file__).parents[2] / "docs/asyncapi.json"
SUGGESTION = {"student_id": "s", "student_name": "Åsa", "confidence_score": 0.9, "match_reasons": []}
ESSAY = {"essay_id": "e", "text_storage_id": "t", "filename": "f"}
GOOD: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "the bare type": {"event_type": "batch.author.matches.suggested"},
    "all of the envelope": {"schema_version": 1, "data_schema_uri": None, "metadata": {"traceparent": "x", "n": 1}},
    "nulls": {"correlation_id": None, "event_timestamp": None},
    "more than anybody knows": {"more": [1]},
    "no results": {"data": data(match_results=[])},
    "no suggestions": {"data": data(match_results=[ESSAY | {"no_match_reason": None}])},
    "an integer as a score": {
        "data": data(match_results=[ESSAY | {"suggestions": [SUGGESTION | {"confidence_score": 1}]}])
    },
}
BAD: dict[str, dict[str, Any]] = {
    "no type": {"event_type": None},
    "no sender": {"source_service": None},
    "data that is no object": {"data": []},
    "another version": {"schema_version": 2},
    "an id that is no string": {"event_id": 5},
    "metadata that is no object": {"metadata": "x"},
    "an unknown course": {"data": data(course_code="ENG8")},
    "no batch": {"data": data(batch_id=None)},
    "no summary": {"data": data(processing_summary=None)},
    "an essay without a file": {"data": data(match_results=[{"essay_id": "e", "text_storage_id": "t"}])},
    "a score above 1": {
        "data": data(match_results=[ESSAY | {"suggestions": [SUGGESTION | {"confidence_score": 1.1}]}])
    },
    "a reason that is no string": {
        "data": data(match_results=[ESSAY | {"suggestions": [SUGGESTION | {"match_reasons": [1]}]}])
    },
}


def troubles(topic: str, message: object) -> list[str]:
    """What the description has against a message of the topic."""
    described = document()
    [channel] = [found for found in described["channels"].values() if found["address"] == topic]
    [name] = channel["messages"]
    payload = described["components"]["messages"][name]["payload"]
    schema = {**payload, "components": described["components"]}
    jsonschema.Draft7Validator.check_schema(schema)
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(message)]


@pytest.mark.parametrize("case", GOOD)
def test_what_is_processed_is_valid(case: str) -> None:
    message = envelope() | GOOD[case]
    assert isinstance(decode(record(message)).content, Suggested)
    assert troubles(TOPIC, message) == []


@pytest.mark.parametrize("case", BAD)
def test_what_can_never_be_processed_is_not_valid(case: str) -> None:
    message = envelope(**BAD[case])
    assert decode(record(message)).failure
    assert troubles(TOPIC, message)


CLASS, STUDENT, BATCH = uuid4(), uuid4(), uuid4()
DECIDED = (ConfirmedAssociation(uuid4(), STUDENT, 0.9),)
WRITTEN = (
    events.ClassCreated(CLASS, "8B", CourseCode.ENG5, "teacher"),
    events.ClassUpdated(CLASS, "8B", CourseCode.SV3, "teacher"),
    events.StudentCreated(STUDENT, "Åsa", "Öberg", None, (CLASS,), "teacher"),
    events.StudentUpdated(STUDENT, "Åsa", "Öberg", "a@b", (), (CLASS,), "teacher"),
    events.AssociationsConfirmed(
        BATCH, CLASS, CourseCode.ENG5, DECIDED, 1, ValidationMethod.TIMEOUT, "SYSTEM_TIMEOUT", datetime.now(UTC)
    ),
    events.TeacherNotified("teacher", CLASS, "8B"),
    events.TeacherNotified("teacher", CLASS, "8B", STUDENT, "Åsa"),
)


def written(event: events.Event, traceparent: str | None = None) -> tuple[str, dict[str, Any]]:
    """What the outbox writes of an event, and to which topic."""
    made = announcement(event, uuid4(), uuid4(), traceparent)
    return made.topic, json.loads(msgspec.json.encode(made.envelope))


@pytest.mark.parametrize("event", WRITTEN, ids=lambda event: type(event).__name__)
def test_what_is_published_is_valid_and_less_of_it_is_not(event: events.Event) -> None:
    for traceparent in (None, "00-x"):
        topic, message = written(event, traceparent)
        assert troubles(topic, message) == []
    for part in (message, message["data"]):
        for name in list(part):
            value = part.pop(name)
            assert troubles(topic, message), f"{name} is missing, and nobody minds"
            part[name] = value


def test_every_topic_of_an_event_is_described() -> None:
    assert {type(event) for event in WRITTEN} == set(get_args(events.Event))
    described = {channel["address"] for channel in document()["channels"].values()}
    assert described == {written(event)[0] for event in WRITTEN} | {TOPIC, DEAD_LETTER_TOPIC}


def test_dead_letters_may_be_anything() -> None:
    assert troubles(DEAD_LETTER_TOPIC, {"any": "thing"}) == []


def test_every_reference_leads_somewhere() -> None:
    described = document()

    def follow(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                place = described
                for part in node["$ref"].removeprefix("#/").split("/"):
                    place = place[part]
            for child in node.values():
                follow(child)
        elif isinstance(node, list):
            for child in node:
                follow(child)

    follow(described)


def test_the_copy_is_current() -> None:
    """Else: python -m class_management asyncapi > docs/asyncapi.json."""
    assert json.loads(COPY.read_text(encoding="utf-8")) == document()
