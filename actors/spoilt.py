"""Messages that somebody could have sent by mistake, or to do harm: valid ones, spoilt in a few places, and noise."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from actors import wire

GROUP = 25
"""Messages of a group at least."""


@dataclass(frozen=True)
class Literal:
    """What stands in the JSON as it is written here, whether it is JSON or not; perhaps so many times."""

    text: str
    times: int = 1
    between: str = ""
    before: str = ""
    after: str = ""
    closing: str = ""
    """What stands behind all of it as often, such as brackets."""

    @property
    def written(self) -> str:
        """All of it."""
        repeated = self.between.join([self.text] * self.times)
        return f"{self.before}{repeated}{self.after}{self.closing * self.times}"

    def __str__(self) -> str:
        return f"{self.text} {self.times} times" if self.times > 1 else self.text


@dataclass(frozen=True)
class Spoilt:
    """What is spoilt in the envelope: in what lies at `path`, `key` gets a `value`, is gone, or comes twice."""

    path: tuple[str | int, ...]
    key: str | int
    how: str
    value: Any = None

    def __str__(self) -> str:
        where = ".".join(map(str, (*self.path, self.key)))
        return f"{where} {self.how}" + (f" {_short(self.value)}" if self.how != "is gone" else "")


@dataclass(frozen=True)
class Broken:
    """What is done to the bytes: `cut` off, a byte `flipped` or put `in`, at so many 10,000ths of their length."""

    how: str
    place: int
    byte: int

    def __str__(self) -> str:
        return f"bytes: {self.how} at {self.place / 100:g} %, {self.byte:#04x}"


@dataclass(frozen=True)
class Message:
    """A message: valid, spoilt, broken, or nothing of the kind (`instead`), with odd headers."""

    spoilt: tuple[Spoilt, ...] = ()
    broken: Broken | None = None
    instead: str = ""
    headers: tuple[tuple[str, bytes | None], ...] = ()

    def __str__(self) -> str:
        told = [self.instead] if self.instead else [*map(str, self.spoilt)]
        told += [str(self.broken)] if self.broken else []
        told += [f"header {name!r}: {_short(value)}" for name, value in self.headers]
        return "; ".join(told) or "as it should be"


INSTEAD: dict[str, bytes | None] = {
    "no value at all": None,
    "nothing": b"",
    "a space": b" ",
    "null": b"null",
    "a number": b"1e400",
    "a text": b'"text"',
    "an empty list": b"[]",
    "an empty object": b"{}",
    "a list without end": b"[" * 100_000,
    "lists 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "objects without end": b'{"data":' * 100_000,
    "noise": bytes(range(256)),
    "zeros": b"\0" * 100,
    "a magic byte and a schema id, as of Avro": b"\0" + struct.pack(">i", 7) + b"abc",
}


VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2,
    1.0,
    "",
    "text",
    "0.9",
    [],
    {},
    [None],
    {"": ""},
    -0.0,
    1.0000001,
    "1",
    10**30,
    Literal("1", 400),
    Literal("1", 5_000),
    Literal("1e400"),
    Literal("NaN"),
    Literal("-Infinity"),
    Literal("01"),
    Literal("'text'"),
    Literal('"\\u0000"'),
    Literal('"\\ud800"'),
    Literal('"\\ud83d\\ude00"'),
    Literal('"\n"'),
    "'; DROP TABLE students; --",
    "\u202eright to left\u0301",
    Literal("x", 1_000, before='"', after='"'),
    Literal("[", 10, closing="]"),
    Literal("[", 1_000, closing="]"),
    Literal("[", 10_000, closing="]"),
    wire.SUGGESTED_BARE,
    "huleedu.batch.finished.v1",
    "ENG8",
    "2026-13-45T99:99:99Z",
    "{00000000-0000-0000-0000-000000000000}",
    "00000000-0000-0000-0000-000000000000",
)
NOBODY = '{"student_id": "nobody", "student_name": "Nobody", "confidence_score": 1, "match_reasons": ["none"]}'
_ENVELOPE = ("event_id", "event_type", "event_timestamp", "source_service", "schema_version", "correlation_id")
_PLACES: tuple[tuple[tuple[str | int, ...], str | int], ...] = (
    *(((), key) for key in (*_ENVELOPE, "data_schema_uri", "metadata", "data", "a field that nobody knows")),
    *((("data",), key) for key in ("batch_id", "class_id", "course_code", "match_results", "processing_summary")),
    *((("data",), key) for key in ("event_name", "entity_id", "parent_id", "timestamp", "processing_metadata", "more")),
    *((("data", "processing_summary"), key) for key in ("total_essays", "more")),
    (("metadata",), "traceparent"),
    *((("data", "match_results"), place) for place in (0, 1)),
    *(
        (("data", "match_results", 0), key)
        for key in ("essay_id", "text_storage_id", "filename", "suggestions", "no_match_reason", "extraction_metadata")
    ),
    (("data", "match_results", 0, "suggestions"), 0),
    *(
        (("data", "match_results", 0, "suggestions", 0), key)
        for key in ("student_id", "student_name", "confidence_score", "match_reasons", "student_email", "more")
    ),
    (("data", "match_results", 0, "suggestions", 0, "match_reasons"), 0),
)
_SCORE = (("data", "match_results", 0, "suggestions", 0), "confidence_score")
"""Where more can be wrong than anywhere else."""
_spoilt = st.builds(
    lambda place, how, value: Spoilt(place[0], place[1], how, value),
    st.sampled_from((*_PLACES, *[_SCORE] * 8)),
    st.sampled_from(("is", "is", "is", "is", "is gone", "comes twice, first as")),
    st.sampled_from(VALUES),
)
_broken = st.builds(
    Broken, st.sampled_from(("cut off", "flipped", "put in")), st.integers(0, 9_999), st.integers(0, 255)
)
_names = st.sampled_from(("event_id", "event_type", "trace_id", "source_service", "", "x" * 300, "é", "dlq.reason"))
_contents = st.sampled_from((b"", b"\xff\xfe", b"text", b"\0", b"x" * 2_000, None))


def _many(item: str, times: int) -> Literal:
    return Literal(item, times, between=",", before="[", after="]")


_large = (
    Spoilt((), "a field that nobody knows", "is", Literal("x", 1_000_000, before='"', after='"')),
    Spoilt(("data", "match_results", 0, "suggestions", 0), "match_reasons", "is", _many('"a reason"', 30_000)),
    Spoilt(("data", "match_results", 0), "suggestions", "is", _many(NOBODY, 1_000)),
)
_kinds = st.sampled_from(
    (
        st.just(Message()),
        *[st.builds(Message, st.lists(_spoilt, min_size=1, max_size=2).map(tuple))] * 8,
        *[st.builds(Message, st.just(()), _broken)] * 4,
        st.builds(Message, instead=st.sampled_from(tuple(INSTEAD))),
        st.builds(Message, headers=st.lists(st.tuples(_names, _contents), min_size=1, max_size=3).map(tuple)),
    )
    * 10
    + (st.builds(lambda spoilt: Message((spoilt,)), st.sampled_from(_large)),)
)


def _itself(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Message]:
    """Return a strategy that was drawn itself."""
    return strategy


GROUPS: st.SearchStrategy[list[Message]] = st.lists(_kinds.flatmap(_itself), min_size=GROUP, max_size=3 * GROUP)


@dataclass(frozen=True)
class Record:
    """A message as it is sent."""

    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


def record(message: Message, event: wire.Event) -> Record:
    """Spoil a valid event, which nobody else has, like that."""
    headers = [*event.headers, *message.headers]
    if message.instead:
        return Record(INSTEAD[message.instead], headers)
    content = json.loads(event.value)
    for spoilt in message.spoilt:
        _spoil(content, spoilt)
    value = written(content).encode("utf-8", "surrogatepass")
    return Record(value if message.broken is None else _break(value, message.broken), headers)


class Pairs(tuple[tuple[str, Any], ...]):
    """An object in which a key may stand twice."""


def _spoil(content: Any, spoilt: Spoilt) -> None:
    """Spoil a place in the content; where another spoiling has left no such place, nothing happens."""
    for step in spoilt.path:
        known = isinstance(content, dict) and step in content
        if not known and not (isinstance(content, list) and isinstance(step, int) and step < len(content)):
            return
        content = content[step]
    if isinstance(content, dict):
        if spoilt.how == "is gone":
            content.pop(spoilt.key, None)
        elif spoilt.how == "is":
            content[spoilt.key] = spoilt.value
        elif spoilt.key in content:
            content[f"{spoilt.key}"] = Pairs(((str(spoilt.key), spoilt.value), (str(spoilt.key), content[spoilt.key])))
    elif isinstance(content, list) and isinstance(spoilt.key, int) and spoilt.key < len(content):
        content[spoilt.key : spoilt.key + 1] = [] if spoilt.how == "is gone" else [spoilt.value]


def written(content: Any) -> str:
    """Return content as JSON, but for what stands in it literally."""
    match content:
        case Literal():
            return content.written
        case dict():
            return "{" + ",".join(_pair(key, value) for key, value in content.items()) + "}"
        case list():
            return "[" + ",".join(map(written, content)) + "]"
        case _:
            return json.dumps(content, ensure_ascii=False)


def _pair(key: str, value: Any) -> str:
    if isinstance(value, Pairs):
        return ",".join(_pair(twice, part) for twice, part in value)
    return f"{json.dumps(key, ensure_ascii=False)}:{written(value)}"


def _break(value: bytes, broken: Broken) -> bytes:
    place = len(value) * broken.place // 10_000
    if broken.how == "cut off":
        return value[:place]
    byte = bytes([broken.byte])
    return value[:place] + byte + value[place + (broken.how == "flipped") :]


def _short(value: Any) -> str:
    shown = str(value) if isinstance(value, Literal) else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}… ({len(shown)} characters)"  # noqa: PLR2004 -- a line's worth
