"""What a record says, whatever it holds."""

import json
from typing import Any

import pytest

from class_management.entrypoints.consumer.decode import Foreign, Invalid, Suggested, decode

from .records import TOPIC, data, envelope, record


def essay_with(**suggestion: Any) -> dict[str, Any]:
    whole = data()
    whole["match_results"][0]["suggestions"][0].update(suggestion)
    return whole


def test_an_event_with_everything_absent_that_may_be() -> None:
    event = envelope(event_id=None, correlation_id=None, data=data(match_results=[]))
    message = decode(record(event))
    assert isinstance(message.content, Suggested)
    assert message.event_id is None
    assert message.correlation_id


def test_both_forms_of_the_type_are_ours() -> None:
    for event_type in (TOPIC, "batch.author.matches.suggested"):
        assert isinstance(decode(record(envelope(event_type=event_type))).content, Suggested)


def test_a_foreign_type_is_no_error_whatever_its_data_and_version() -> None:
    message = decode(record(envelope(event_type="something.else", data={}, schema_version=9)))
    assert message.content == Foreign("something.else")
    assert message.failure is None


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"source_service": None}, "source_service"),
        ({"event_type": 5}, "event_type"),
        ({"data": None}, "data"),
        ({"data": []}, "bad data"),
        ({"schema_version": 2}, "schema_version"),
        ({"schema_version": "1"}, "schema_version"),
        ({"metadata": "x"}, "metadata"),
        ({"data": data(batch_id=None)}, "batch_id"),
        ({"data": data(class_id=7)}, "class_id"),
        ({"data": data(course_code="FR5")}, "course_code"),
        ({"data": data(processing_summary=None)}, "processing_summary"),
        ({"data": data(match_results={})}, "match_results"),
        ({"data": essay_with(confidence_score="0.9")}, "confidence_score"),
        ({"data": essay_with(confidence_score=1.0000001)}, "confidence_score"),
        ({"data": essay_with(confidence_score=-0.1)}, "confidence_score"),
        ({"data": essay_with(match_reasons=[1])}, "match_reasons"),
        ({"data": essay_with(student_name=None)}, "student_name"),
    ],
)
def test_what_makes_an_event_invalid_is_named(changes: dict[str, Any], names: str) -> None:
    message = decode(record(envelope(**changes)))
    assert isinstance(message.content, Invalid)
    assert names in (message.failure or "")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"\xff\xfe", "not UTF-8"),
        (json.dumps(envelope(extra="x")).encode().replace(b'"x"', b'"\xff"'), "not UTF-8"),
        (b"{", "not JSON"),
        (b'{"event_type": NaN}', "not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "no envelope"),
        (b'{"extra":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b"null", "no envelope"),
    ],
)
def test_what_is_no_envelope(value: bytes | None, reason: str) -> None:
    message = decode(record(value))
    assert isinstance(message.content, Invalid)
    assert reason in (message.failure or "")
    assert message.correlation_id


def test_a_reason_does_not_quote_what_was_sent() -> None:
    failure = decode(record(envelope(data=data(course_code="Anna Öst")))).failure or ""
    assert "course_code" in failure
    assert "Anna" not in failure


def test_deep_nesting_in_data_is_invalid_and_no_crash() -> None:
    deep = json.dumps(envelope()).replace('"data": {', '"data": {"extra": ' + "[" * 1500 + "]" * 1500 + ", ")
    assert isinstance(decode(record(deep.encode())).content, Invalid | Suggested)


def test_ids_are_taken_from_body_then_headers() -> None:
    headers: dict[str, bytes | None] = {"trace_id": b"from-header", "event_id": b"\xff", "event_type": None}
    assert decode(record(envelope(correlation_id="From-Body"), headers)).correlation_id == "From-Body"
    assert decode(record(envelope(correlation_id=None), headers)).correlation_id == "from-header"
    assert decode(record(b"junk", headers)).correlation_id == "from-header"
    assert decode(record({"correlation_id": "salvaged"})).correlation_id == "salvaged"


def test_ids_that_are_no_uuids_are_none_and_the_event_is_still_ours() -> None:
    whole = essay_with(student_id="nobody")
    whole["batch_id"] = whole["class_id"] = whole["match_results"][0]["essay_id"] = "x"
    content = decode(record(envelope(data=whole))).content
    assert isinstance(content, Suggested)
    assert content.batch[:2] == (None, None)
    [essay] = content.batch.essays
    assert (essay.essay_id, essay.given_id, essay.suggestions[0].student_id) == (None, "x", None)


def test_upper_case_ids_are_the_same_ids() -> None:
    whole = data()
    upper = {**whole, "batch_id": whole["batch_id"].upper(), "class_id": whole["class_id"].upper()}
    first, second = (decode(record(envelope(data=each))).content for each in (whole, upper))
    assert isinstance(first, Suggested)
    assert isinstance(second, Suggested)
    assert first.batch == second.batch


def test_the_claim_carries_what_came() -> None:
    event = envelope(correlation_id="C-1", source_service="Åse")
    claim = decode(record(event, offset=7)).claim
    assert claim is not None
    assert (claim.place, claim.event_id, claim.correlation_id, claim.source_service) == (
        "0:7",
        event["event_id"],
        "C-1",
        "Åse",
    )
