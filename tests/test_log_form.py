"""What a line of the log has to be like, and what must not be found in one."""

import json
from datetime import UTC, datetime

import pytest

from actors.eavesdropper import ADDRESSES, LEGAL, WORDS, betrayed
from actors.log_form import what_is_wrong_with

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
GOOD = {"timestamp": "2026-11-26T11:59:59.123Z", "level": "INFO", "event": "stored"}


def _line(**changes: object) -> str:
    return json.dumps(GOOD | changes)


@pytest.mark.parametrize(
    "line",
    [_line(), _line(level="warning"), _line(timestamp="2026-11-26T13:00:00+01:00"), _line(timestamp=NOW.timestamp())],
)
def test_a_line_may_be_written_in_several_ways(line: str) -> None:
    assert what_is_wrong_with(line, NOW) == ""


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("INFO stored", "not JSON"),
        ("", "not JSON"),
        (_line() + _line(), "not JSON"),
        ('["stored"]', "no object"),
        (_line(level="loud"), "level"),
        (_line(event=""), "what happened"),
        (_line(event=None), "what happened"),
        (_line(timestamp=None), "timestamp"),
        (_line(timestamp="noon"), "timestamp"),
        (_line(timestamp="2026-11-25T12:00:00Z"), "timestamp"),
        (_line(timestamp=3.5), "timestamp"),
        (_line(ms=float("nan")), "not JSON"),
    ],
)
def test_what_is_wrong_with_a_line_is_named(line: str, wrong: str) -> None:
    assert wrong in what_is_wrong_with(line, NOW)


@pytest.mark.parametrize("text", [LEGAL, *ADDRESSES])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_name_is_found_however_it_is_written(text: str, ascii_only: bool) -> None:
    assert betrayed(json.dumps({"reason": text}, ensure_ascii=ascii_only), WORDS)
    assert betrayed(f"Key (email)=({text.upper()}) exists", WORDS)
    assert betrayed(repr(text.encode()), WORDS)


def test_a_line_without_names_betrays_nobody() -> None:
    assert betrayed(_line(student_id="9d2f", path="/v1/classes/{class_id}"), WORDS) == ""
