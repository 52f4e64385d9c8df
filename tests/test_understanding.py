"""What the contract says of a message, by its words."""

import copy
import json
from typing import Any

import pytest

from actors import wire
from actors.model import Fate
from actors.understanding import understand

STUDENT = wire.Suggestion("00000000-0000-4000-8000-000000000001", "Elsa Lind", 0.9)
ENVELOPE = wire.Event.of(
    wire.suggested_data("b", "c", [wire.match_result("e", [STUDENT]), wire.match_result("f", [])])
).envelope
RESULT, SUGGESTION = ("data", "match_results", 0), ("data", "match_results", 0, "suggestions", 0)
GONE = object()


def _fate(path: tuple[str | int, ...], value: Any) -> Fate:
    content = copy.deepcopy(ENVELOPE)
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return understand(json.dumps(content).encode()).fate


def test_an_event_as_promised_is_processed_with_its_data() -> None:
    understood = understand(json.dumps(ENVELOPE).encode())
    assert understood == (Fate.PROCESSED, ENVELOPE["data"])


@pytest.mark.parametrize(
    "value", [None, b"", b" ", b"{", b"[]", b"7", b"null", b"\xff", b'{"x": NaN}', b"{'x': 1}", b'{"x": "\n"}', b"{}"]
)
def test_what_is_no_envelope_can_never_be_processed(value: bytes | None) -> None:
    assert understand(value).fate is Fate.DEAD_LETTER


@pytest.mark.parametrize("field", ["event_type", "source_service", "data"])
@pytest.mark.parametrize("value", [GONE, None, 7, True, []])
def test_an_envelope_needs_its_required_fields(field: str, value: Any) -> None:
    assert _fate((field,), value) is Fate.DEAD_LETTER


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("schema_version",), "1"),
        (("event_id",), 7),
        (("event_timestamp",), 7),
        (("metadata",), []),
        (("data_schema_uri",), 7),
        (("data", "batch_id"), GONE),
        (("data", "class_id"), None),
        (("data", "course_code"), 5),
        (("data", "match_results"), {}),
        (("data", "match_results"), [None]),
        (("data", "processing_summary"), GONE),
        (("data", "entity_id"), 7),
        ((*RESULT, "essay_id"), 7),
        ((*RESULT, "filename"), GONE),
        ((*RESULT, "suggestions"), None),
        ((*RESULT, "no_match_reason"), 7),
        ((*SUGGESTION, "student_id"), None),
        ((*SUGGESTION, "student_name"), GONE),
        ((*SUGGESTION, "confidence_score"), "0.9"),
        ((*SUGGESTION, "confidence_score"), True),
        ((*SUGGESTION, "confidence_score"), 1.0000001),
        ((*SUGGESTION, "confidence_score"), -0.1),
        ((*SUGGESTION, "match_reasons"), "name"),
        ((*SUGGESTION, "match_reasons"), [7]),
    ],
)
def test_a_missing_field_a_wrong_type_and_a_score_beyond_can_never_be_processed(
    path: tuple[str | int, ...], value: Any
) -> None:
    assert _fate(path, value) is Fate.DEAD_LETTER


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("event_id",), GONE),
        (("correlation_id",), GONE),
        (("schema_version",), GONE),
        (("metadata",), None),
        (("more",), {"anything": [1, None]}),
        (("event_timestamp",), "2030-01-01T10:00:00.123456789+05:45"),
        (("data", "event_name"), None),
        (("data", "more"), 7),
        ((*RESULT, "suggestions"), GONE),
        ((*RESULT, "essay_id"), "no id"),
        ((*SUGGESTION, "confidence_score"), 1),
        ((*SUGGESTION, "confidence_score"), -0.0),
        ((*SUGGESTION, "match_reasons"), []),
        ((*SUGGESTION, "student_id"), "'; DROP TABLE students; --"),
    ],
)
def test_what_is_optional_may_be_absent_and_what_nobody_knows_is_ignored(
    path: tuple[str | int, ...], value: Any
) -> None:
    assert _fate(path, value) is Fate.PROCESSED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("event_id",), "no id"),
        (("event_timestamp",), "yesterday"),
        (("schema_version",), 1.0),
        (("more",), 10**30),
        (("more",), "\0"),
        (("more",), "\ud800"),
        (("data", "course_code"), "ENG8"),
        (("data", "timestamp"), 7),
        ((*SUGGESTION, "student_email"), 7),
    ],
)
def test_what_the_contract_does_not_say_is_open(path: tuple[str | int, ...], value: Any) -> None:
    assert _fate(path, value) is Fate.OPEN


def test_a_key_that_stands_twice_is_open() -> None:
    twice = json.dumps(ENVELOPE).replace("{", '{"event_type": "other", ', 1).encode()
    assert understand(twice).fate is Fate.OPEN


def test_what_is_nested_without_end_is_no_json_and_what_is_nested_deeply_is_open() -> None:
    assert understand(b"[" * 100_000).fate in (Fate.OPEN, Fate.DEAD_LETTER)
    deep = json.dumps(ENVELOPE).replace("{", '{"more": ' + "[" * 100 + "]" * 100 + ", ", 1).encode()
    assert understand(deep).fate is Fate.OPEN


def test_an_event_of_another_type_is_foreign_whatever_its_data() -> None:
    foreign = {**ENVELOPE, "event_type": "huleedu.batch.finished.v1", "data": {}}
    assert understand(json.dumps(foreign).encode()).fate is Fate.FOREIGN
    for otherwise in ({"schema_version": 2}, {"data": "all of it"}, {"source_service": None}):
        assert understand(json.dumps({**foreign, **otherwise}).encode()).fate is Fate.OPEN
