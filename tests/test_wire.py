"""The suite's own idea of the wire format (§3, §4), against examples worked out by hand."""

import hashlib
import json
from dataclasses import replace

import pytest

from actors import wire
from actors.dressing import DRESSES, dressed


def _event() -> wire.Event:
    suggestion = wire.Suggestion("11111111-1111-1111-1111-11111111111a", "Åsa", 0.9)
    result = wire.match_result("22222222-2222-2222-2222-22222222222b", [suggestion])
    return wire.Event.of(wire.suggested_data("33333333-3333-3333-3333-33333333333c", "4444", [result]))


def test_with_headers_the_key_hashes_the_event_id_alone() -> None:
    event = _event()
    event.envelope["event_id"] = "e-1"
    digest = hashlib.sha256(b'{"event_id":"e-1"}').hexdigest()
    topic = "huleedu_batch_author_matches_suggested_v1"
    assert event.idempotency_key == f"huleedu:idempotency:v2:class-management-service:{topic}:{digest}"


def test_without_headers_the_key_hashes_data_and_event_id() -> None:
    event = replace(_event(), envelope={"event_type": "a.b", "event_id": "e", "data": {"z": 1, "a": "Å"}})
    digest = hashlib.sha256(b'{"data": {"a": "\\u00c5", "z": 1}, "event_id": "e"}').hexdigest()
    assert replace(event, with_headers=False).idempotency_key.endswith(f":a_b:{digest}")


def test_without_any_event_id_the_key_hashes_the_data() -> None:
    event = replace(_event(), envelope={"event_type": "a.b", "data": {"z": 1}})
    digest = hashlib.sha256(b'{"z": 1}').hexdigest()
    assert event.idempotency_key.endswith(f":a_b:{digest}")


def test_the_required_fields_of_the_contract_are_there() -> None:
    envelope = json.loads(_event().value)
    assert {"event_type", "source_service", "data"} <= envelope.keys()
    required = {"batch_id", "class_id", "course_code", "match_results", "processing_summary"}
    assert required <= envelope["data"].keys()
    (result,) = envelope["data"]["match_results"]
    assert {"essay_id", "text_storage_id", "filename"} <= result.keys()
    (suggestion,) = result["suggestions"]
    assert {"student_id", "student_name", "confidence_score", "match_reasons"} == suggestion.keys()


def test_headers_repeat_what_the_envelope_says() -> None:
    event = _event()
    assert dict(event.headers)["event_id"] == event.event_id.encode()
    assert dict(event.headers)["trace_id"] == event.correlation_id.encode()


@pytest.mark.parametrize("how", DRESSES)
def test_every_dress_leaves_the_original_alone_and_is_valid_json_unless_spoilt(how: str) -> None:
    event = _event()
    before = event.value
    other = dressed(event, how)
    assert event.value == before
    if other.spoilt is None:
        assert json.loads(other.value)["data"]["match_results"]
    else:
        assert other.value == other.spoilt


def test_an_unknown_dress_is_refused() -> None:
    with pytest.raises(AssertionError, match="known: with headers"):
        dressed(_event(), "in pyjamas")
