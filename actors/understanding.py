"""What the contract (§3) says of a message before anybody looks for its class: ours, foreign, never to be processed.

Where the contract does not say it, as of a key that stands twice in an object, the message is OPEN.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from actors import wire
from actors.model import Fate

DEEPEST = 32
"""Levels of nesting that anybody has to bear in a field that is ignored."""
LARGEST_NUMBER = 2**63
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NO_TEXT = re.compile("[\\x00\\ud800-\\udfff]")
"""Characters that JSON can write and PostgreSQL, or UTF-8, cannot."""


class Understood(NamedTuple):
    """What a message is: PROCESSED stands for one of ours with `data` as promised, which is still to be stored."""

    fate: Fate
    data: Mapping[str, Any] = {}


class _NeverError(Exception):
    """It can never be processed."""


class _OpenError(Exception):
    """The contract does not say what becomes of it."""


def understand(value: bytes | None) -> Understood:
    """Return what the contract makes of the value of a message."""
    try:
        content = _read(value)
        odd = _is_odd(content)
        understood = _envelope(content)
    except (_NeverError, RecursionError):
        return Understood(Fate.DEAD_LETTER)
    except _OpenError:
        return Understood(Fate.OPEN)
    if odd:
        return Understood(Fate.OPEN)
    return understood


def _read(value: bytes | None) -> Any:
    try:
        text = (value or b"").decode()
    except UnicodeDecodeError as error:
        raise _NeverError from error
    if text.startswith("\ufeff"):
        raise _OpenError  # a byte order mark may be ignored, or not (RFC 8259, 8.1)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except RecursionError as error:
        raise _OpenError from error  # nested more deeply than anybody has to bear
    except ValueError as error:
        raise (_OpenError if "Exceeds the limit" in str(error) else _NeverError) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _OpenError  # a key that stands twice
    return found


def _no_number(_: str) -> Any:
    raise _NeverError  # NaN and Infinity are no JSON


def _is_odd(value: Any, depth: int = 0) -> bool:
    """Tell whether a value holds what some tools cannot bear though it is JSON, and though nobody may need it."""
    if isinstance(value, dict):
        return depth > DEEPEST or any(_is_odd(k) or _is_odd(v, depth + 1) for k, v in value.items())
    if isinstance(value, list):
        return depth > DEEPEST or any(_is_odd(part, depth + 1) for part in value)
    if isinstance(value, str):
        return _NO_TEXT.search(value) is not None
    return isinstance(value, int | float) and not -LARGEST_NUMBER < value < LARGEST_NUMBER


def _envelope(content: Any) -> Understood:
    fields = _object_with(content, event_type=_text)
    try:
        _object_with(content, source_service=_text, data=_any_object)
        odd = _check(
            fields,
            event_id=_uuid,
            event_timestamp=_time,
            schema_version=_whole_number,
            correlation_id=_uuid,
            data_schema_uri=_text_or_null,
            metadata=_object_or_null,
        )
        is_other_version = fields.get("schema_version", 1) != 1
        if is_other_version:
            raise _NeverError
    except _NeverError:
        if _is_ours(fields):
            raise
        raise _OpenError from None  # foreign, and no envelope of ours either
    if not _is_ours(fields):
        return Understood(Fate.OPEN if odd else Fate.FOREIGN)
    odd |= _data(fields["data"])
    return Understood(Fate.OPEN if odd else Fate.PROCESSED, fields["data"])


def _is_ours(fields: Mapping[str, Any]) -> bool:
    return fields["event_type"] in (wire.SUGGESTED, wire.SUGGESTED_BARE)


def _data(data: Mapping[str, Any]) -> bool:
    _object_with(
        data, batch_id=_text, class_id=_text, course_code=_text, match_results=_list, processing_summary=_any_object
    )
    odd = _check(
        data,
        course_code=_course,
        event_name=_text_or_null,
        entity_id=_text_or_null,
        entity_type=_text_or_null,
        parent_id=_text_or_null,
        timestamp=_perhaps_a_time,
        processing_metadata=_perhaps_an_object,
    )
    for result in data["match_results"]:
        _object_with(result, essay_id=_text, text_storage_id=_text, filename=_text)
        odd |= _check(result, suggestions=_list, no_match_reason=_text_or_null, extraction_metadata=_perhaps_an_object)
        for suggestion in result.get("suggestions", ()):
            _object_with(suggestion, student_id=_text, student_name=_text, confidence_score=_score, match_reasons=_list)
            _never_unless(all(isinstance(reason, str) for reason in suggestion["match_reasons"]))
            odd |= _check(suggestion, student_email=_perhaps_a_text, extraction_metadata=_perhaps_an_object)
    return odd


Check = Callable[[Any], bool]
"""Raises _NeverError for a value that makes the message invalid; tells whether the contract leaves it open."""


def _object_with(value: Any, **required: Check) -> Mapping[str, Any]:
    _never_unless(isinstance(value, dict) and required.keys() <= value.keys())
    _check(value, **required)
    assert isinstance(value, dict)
    return value


def _check(fields: Mapping[str, Any], **checks: Check) -> bool:
    """Check the fields that are there; tells whether something is left open."""
    left_open = [check(fields[name]) for name, check in checks.items() if name in fields]
    return any(left_open)


def _never_unless(holds: bool) -> bool:
    if not holds:
        raise _NeverError
    return False


def _text(value: Any) -> bool:
    return _never_unless(isinstance(value, str))


def _text_or_null(value: Any) -> bool:
    return _never_unless(value is None or isinstance(value, str))


def _list(value: Any) -> bool:
    return _never_unless(isinstance(value, list))


def _any_object(value: Any) -> bool:
    return _never_unless(isinstance(value, dict))


def _object_or_null(value: Any) -> bool:
    return _never_unless(value is None or isinstance(value, dict))


def _score(value: Any) -> bool:
    return _never_unless(isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1)


def _whole_number(value: Any) -> bool:
    if isinstance(value, float) and value.is_integer():
        return True  # 1.0 may be an int, or not
    return _never_unless(isinstance(value, int) and not isinstance(value, bool))


def _uuid(value: Any) -> bool:
    """A UUID; of null and of a text that is none nothing is said."""
    _text_or_null(value)
    return value is None or _UUID.fullmatch(value) is None


def _time(value: Any) -> bool:
    """A time; of null and of a text that is none nothing is said."""
    _text_or_null(value)
    return value is None or _TIME.fullmatch(value) is None


def _perhaps_a_time(value: Any) -> bool:
    return not isinstance(value, str) or _TIME.fullmatch(value) is None


def _course(value: Any) -> bool:
    return value not in ("ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3")


def _perhaps_an_object(value: Any) -> bool:
    return not isinstance(value, dict)


def _perhaps_a_text(value: Any) -> bool:
    return not isinstance(value, str)
