"""The ways in which one and the same event can be dressed (§3, P14), and spoilt (P10)."""

import copy
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from actors import wire

RECORD_FRAME = 90
"""Bytes that Kafka puts around a lone record, at most."""
HEADER_FRAME = 2
"""Bytes that Kafka puts around a short header."""
ROOM_LEFT = 30
"""Bytes that are left of the largest record."""
FOREIGN_TYPE = "huleedu.essay.spellcheck.completed.v1"


def _with_envelope(event: wire.Event, **fields: Any) -> wire.Event:
    return replace(event, envelope={**event.envelope, **fields})


def _with_data(event: wire.Event, change: Callable[[dict[str, Any]], None]) -> wire.Event:
    data = copy.deepcopy(event.envelope["data"])
    change(data)
    return _with_envelope(event, data=data)


def _required_only(event: wire.Event) -> wire.Event:
    envelope = {k: event.envelope[k] for k in ("event_type", "source_service", "data")}

    def strip(data: dict[str, Any]) -> None:
        for name in ("event_name", "entity_id", "entity_type", "parent_id", "timestamp", "processing_metadata"):
            del data[name]
        for result in data["match_results"]:
            del result["no_match_reason"]

    return _with_data(replace(event, envelope=envelope, with_headers=False), strip)


def _extra_fields(event: wire.Event) -> wire.Event:
    def add(data: dict[str, Any]) -> None:
        data["mood"] = {"of": ["the", "day"]}
        for result in data["match_results"]:
            result["language"] = "en"
            for suggestion in result["suggestions"]:
                suggestion["shoe_size"] = 38

    return _with_data(_with_envelope(event, new_in_version_9=True), add)


def _foreign_names(event: wire.Event) -> wire.Event:
    def rename(data: dict[str, Any]) -> None:
        for result in data["match_results"]:
            result["filename"] = "作文, العربية 📝.txt"
            for suggestion in result["suggestions"]:
                suggestion["student_name"] = "ليلى 王小明 🦊 Åsa-Ö'Connor"

    return _with_data(event, rename)


def _upper_case(event: wire.Event) -> wire.Event:
    def upper(data: dict[str, Any]) -> None:
        for name in ("batch_id", "class_id"):
            data[name] = data[name].upper()
        for result in data["match_results"]:
            result["essay_id"] = result["essay_id"].upper()
            for suggestion in result["suggestions"]:
                suggestion["student_id"] = suggestion["student_id"].upper()

    return _with_data(event, upper)


def _from_the_future(event: wire.Event) -> wire.Event:
    later = "2036-11-23T12:00:00.5+05:45"
    return _with_data(_with_envelope(event, event_timestamp=later), lambda data: data.update(timestamp=later))


def _from_the_past(event: wire.Event) -> wire.Event:
    past = datetime.now(timezone(-timedelta(hours=8))) - timedelta(days=1)
    dressed = _with_data(
        _with_envelope(event, event_timestamp=past.isoformat()), lambda data: data.update(timestamp=past.isoformat())
    )
    return replace(dressed, sent_at=past.timestamp())


def _with_another_id_in_its_headers(event: wire.Event) -> wire.Event:
    return replace(event, headers_apart={"event_id": str(uuid.uuid4())})


def _without_a_file_name(data: dict[str, Any]) -> None:
    del data["match_results"][-1]["filename"]


def _with_its_score_in_quotes(data: dict[str, Any]) -> None:
    suggestion = data["match_results"][-1]["suggestions"][0]
    suggestion["confidence_score"] = str(suggestion["confidence_score"])


def _with_a_score_above_1(data: dict[str, Any]) -> None:
    data["match_results"][-1]["suggestions"][0]["confidence_score"] = 1.01


def _with_no_essay_that_has_an_id(data: dict[str, Any]) -> None:
    for place, result in enumerate(data["match_results"]):
        result["essay_id"] = f"essay {place}, no id"


def _in_latin_1(event: wire.Event) -> wire.Event:
    return replace(event, spoilt=event.value.replace(b'"nlp_service"', '"språk"'.encode("latin-1")))


def _without_its_type(event: wire.Event) -> wire.Event:
    envelope = {name: value for name, value in event.envelope.items() if name != "event_type"}
    return replace(event, spoilt=json.dumps(envelope).encode())


def _in_a_list(event: wire.Event) -> wire.Event:
    return replace(event, spoilt=json.dumps([event.envelope]).encode())


def _as_large_as_can_be(event: wire.Event) -> wire.Event:
    """Noise, which nobody can make smaller, in a record that has no room for one more header of a few words."""
    headers = sum(len(name) + len(value) + HEADER_FRAME for name, value in event.headers)
    taken = RECORD_FRAME + len(event.record_key or b"") + headers
    return replace(event, spoilt=os.urandom(wire.LARGEST_RECORD - taken - ROOM_LEFT))


DRESSES: dict[str, Callable[[wire.Event], wire.Event]] = {
    "with headers": lambda event: event,
    "without headers": lambda event: replace(event, with_headers=False),
    "with its id, and no type, in its headers": lambda event: replace(event, headers_apart={"event_type": None}),
    "with another id in its headers": _with_another_id_in_its_headers,
    "without its optional fields": _required_only,
    "with fields that nobody knows": _extra_fields,
    "from a clock ten years ahead, in Kathmandu": _from_the_future,
    "from a clock a day behind, in Vancouver": _from_the_past,
    "with a time to the nanosecond": lambda event: _with_envelope(
        event, event_timestamp="2026-02-28T23:59:59.123456789Z"
    ),
    "with names in Arabic, Chinese and emoji": _foreign_names,
    "with its ids in upper case": _upper_case,
    "from another source": lambda event: _with_envelope(event, source_service="nlp_service_of_another_school"),
    "with its full name": lambda event: _with_envelope(event, event_type=wire.SUGGESTED),
    "with its bare name": lambda event: _with_envelope(event, event_type=wire.SUGGESTED_BARE),
    "of a version that nobody knows": lambda event: _with_envelope(event, schema_version=2),
    "of a foreign type": lambda event: _with_envelope(event, event_type=FOREIGN_TYPE),
    "that is empty": lambda event: replace(event, spoilt=b""),
    "that is not UTF-8": _in_latin_1,
    "that breaks off": lambda event: replace(event, spoilt=event.value[:-20]),
    "that is packed in a list": _in_a_list,
    "that does not say what it is": _without_its_type,
    "without the name of a file": lambda event: _with_data(event, _without_a_file_name),
    "with a score in quotes": lambda event: _with_data(event, _with_its_score_in_quotes),
    "with a score above 1": lambda event: _with_data(event, _with_a_score_above_1),
    "with a score above 1, and a header twice": lambda event: replace(
        _with_data(event, _with_a_score_above_1), more_headers=[("seen_by", b"scanner"), ("seen_by", b"archive")]
    ),
    "with a score above 1, and no headers": lambda event: replace(
        _with_data(event, _with_a_score_above_1), with_headers=False
    ),
    "with no essay that has an id": lambda event: _with_data(event, _with_no_essay_that_has_an_id),
    "that is noise, as large as can be": _as_large_as_can_be,
}


def dressed(event: wire.Event, how: str) -> wire.Event:
    """Return `event` dressed as the phrase says; raises AssertionError for a phrase that nobody knows."""
    if how not in DRESSES:
        raise AssertionError(f"no event can be dressed {how!r}; known: {', '.join(DRESSES)}")
    return DRESSES[how](event)
