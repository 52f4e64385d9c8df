"""Messages spoilt by chance: what is done to a valid one, and which kinds there are."""

import json
from collections import Counter

import pytest

from actors import wire
from actors.spoilt import GROUPS, INSTEAD, Broken, Literal, Message, Spoilt, record, written
from actors.understanding import understand
from harness.examples import draw

EVENT = wire.Event.of(wire.suggested_data("b", "c", [wire.match_result("e", [wire.Suggestion("s", "Elsa Lind", 0.9)])]))


def _spoilt(*spoilt: Spoilt) -> bytes:
    return record(Message(spoilt), EVENT).value or b""


def test_a_message_as_it_should_be_is_the_event() -> None:
    sent = record(Message(), EVENT)
    assert json.loads(sent.value or b"") == EVENT.envelope
    assert sent.headers == EVENT.headers


def test_a_field_gets_another_value_or_is_gone() -> None:
    assert json.loads(_spoilt(Spoilt(("data",), "batch_id", "is", 7)))["data"]["batch_id"] == 7
    assert "batch_id" not in json.loads(_spoilt(Spoilt(("data",), "batch_id", "is gone")))["data"]
    assert json.loads(_spoilt(Spoilt(("data", "match_results"), 0, "is gone")))["data"]["match_results"] == []


def test_a_field_comes_twice() -> None:
    spoilt = _spoilt(Spoilt(("data",), "batch_id", "comes twice, first as", 7))
    assert b'"batch_id":7,"batch_id":"b"' in spoilt


def test_where_nothing_is_left_to_spoil_nothing_happens() -> None:
    assert json.loads(_spoilt(Spoilt((), "data", "is", None), Spoilt(("data",), "batch_id", "is", 7)))["data"] is None
    twice = Spoilt(("data",), "match_results", "comes twice, first as", 7)
    assert b'"match_results":7,"match_results":[{' in _spoilt(twice, Spoilt(("data", "match_results"), 0, "is", 8))


def test_what_stands_literally_needs_to_be_no_json() -> None:
    assert written({"a": [Literal("NaN"), Literal("[", 3, closing="]"), Literal("1", 2, between=",")]}) == (
        '{"a":[NaN,[[[]]],1,1]}'
    )


@pytest.mark.parametrize(
    ("how", "expected"), [("cut off", b'{"'), ("flipped", b'{"\xff'), ("put in", b'{"\xffevent_id')]
)
def test_bytes_are_broken_at_their_place(how: str, expected: bytes) -> None:
    length = len(written(EVENT.envelope).encode())
    broken = record(Message(broken=Broken(how, 2 * 10_000 // length + 1, 0xFF)), EVENT).value or b""
    assert broken.startswith(expected)
    assert len(broken) - length == {"cut off": 2 - length, "flipped": 0, "put in": 1}[how]


def test_all_kinds_come_up_among_a_few_hundred() -> None:
    messages = [message for group in draw(GROUPS, 12, 1) for message in group]
    kinds = Counter(
        "noise" if m.instead else "broken" if m.broken else "headers" if m.headers else "spoilt" if m.spoilt else "fine"
        for m in messages
    )
    assert set(kinds) == {"noise", "broken", "headers", "spoilt", "fine"}
    assert len({understand(record(message, EVENT).value).fate for message in messages}) == 4
    assert {m.instead for m in messages} - set(INSTEAD) == {""}
