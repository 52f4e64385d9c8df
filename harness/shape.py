"""Comparison of JSON: exactly these fields, or at least these, each of its kind; what is not so is named.

A shape is a dict of fields, a list with the shape of its items, a kind (a function that tells whether a value is of
it), or the value itself.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Kind = Callable[[Any], bool]
QUARTER_OF_AN_HOUR = timedelta(minutes=15)


def assert_shape(shape: Any, value: Any, *, what: str, closed: bool = True) -> None:
    """Raise AssertionError unless `value` has the shape; names every place where it has not.

    Unless it is `closed`, objects may have more fields than the shape.
    """
    problems = list(_problems(shape, value, "", closed))
    if problems:
        raise AssertionError("\n".join([f"{what} is not as promised:", *(f"  {problem}" for problem in problems)]))


def text(value: Any) -> bool:
    """Any text."""
    return isinstance(value, str)


def number(value: Any) -> bool:
    """A number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def identity(value: Any) -> bool:
    """A UUID."""
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


def moment(value: Any) -> bool:
    """A time in ISO 8601."""
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def recent(value: Any) -> bool:
    """A time of the last quarter of an hour."""
    if not moment(value):
        return False
    at = datetime.fromisoformat(value)
    return abs(datetime.now(UTC) - (at if at.tzinfo else at.replace(tzinfo=UTC))) < QUARTER_OF_AN_HOUR


def anything(_: Any) -> bool:
    """Whatever."""
    return True


def or_null(kind: Kind) -> Kind:
    """Return the kind that is also null."""

    def null_or_so(value: Any) -> bool:
        return value is None or kind(value)

    null_or_so.__doc__ = f"{(kind.__doc__ or kind.__name__).rstrip('.')}, or null."
    return null_or_so


def _problems(shape: Any, value: Any, place: str, closed: bool) -> Iterator[str]:
    match shape:
        case dict() if isinstance(value, dict):
            yield from (f"missing:  {place}{field}" for field in shape.keys() - value.keys())
            if closed:
                yield from (f"too much: {place}{field}" for field in value.keys() - shape.keys())
            for field in shape.keys() & value.keys():
                yield from _problems(shape[field], value[field], f"{place}{field}.", closed)
        case [of_items] if isinstance(value, list):
            for position, item in enumerate(value):
                yield from _problems(of_items, item, f"{place}{position}.", closed)
        case dict() | list():
            yield _differs(place, value, "an object" if isinstance(shape, dict) else "a list")
        case _ if callable(shape):
            if not shape(value):
                yield _differs(place, value, (shape.__doc__ or shape.__name__).rstrip("."))
        case _ if shape != value:
            yield _differs(place, value, repr(shape))


def _differs(place: str, value: Any, expected: str) -> str:
    return f"{place.rstrip('.') or 'all of it'} is {value!r:.200}, expected {expected[0].lower()}{expected[1:]}"
