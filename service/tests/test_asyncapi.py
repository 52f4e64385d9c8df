"""The description of the topics says of messages what the service does, and its copy is current."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from class_management.asyncapi import document
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
