"""Shapes are closed: what is missing, too much or of another kind is named with its place."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from harness.shape import assert_shape, identity, moment, number, or_null, recent, text

ID = "6f2c8f1e-0d2b-4f0e-9f44-0a3c1b8a2a11"
SHAPE = {"id": identity, "names": [{"first": text, "age": or_null(number)}], "status": "fine"}
GOOD = {"id": ID, "names": [{"first": "Elsa", "age": None}, {"first": "Omar", "age": 9}], "status": "fine"}


def test_what_has_the_shape_passes() -> None:
    assert_shape(SHAPE, GOOD, what="it")
    assert_shape([text], [], what="it")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"more": 1}, "too much: more"),
        ({"id": "six"}, "id is 'six', expected a UUID"),
        ({"status": "ill"}, "status is 'ill', expected 'fine'"),
        ({"names": {}}, "names is {}, expected a list"),
        ({"names": ["Elsa"]}, "names.0 is 'Elsa', expected an object"),
        ({"names": [{"first": "Elsa", "age": "9"}]}, "names.0.age is '9', expected a number, or null"),
        ({"names": [{"first": "Elsa"}]}, "missing:  names.0.age"),
    ],
)
def test_what_has_not_is_named(change, told) -> None:
    with pytest.raises(AssertionError) as raised:
        assert_shape(SHAPE, GOOD | change, what="it")
    assert told in str(raised.value)


def test_one_that_is_not_closed_takes_more_and_not_less() -> None:
    more = GOOD | {"more": 1, "names": [{"first": "Elsa", "age": None, "last": "Lind"}]}
    assert_shape(SHAPE, more, what="it", closed=False)
    with pytest.raises(AssertionError, match="missing:  status"):
        assert_shape(SHAPE, {name: value for name, value in more.items() if name != "status"}, what="it", closed=False)


def test_kinds_tell_values_apart() -> None:
    assert moment("2026-11-23T12:00:00.5+01:00")
    assert moment("2026-11-23T12:00:00Z")
    assert not moment("yesterday")
    assert not number(True)
    assert not identity(7)


def test_what_was_just_now_is_recent_in_whatever_zone_it_is_told() -> None:
    now = datetime.now(UTC)
    in_kathmandu = now.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert all(map(recent, (now.isoformat(), in_kathmandu.isoformat(), now.replace(tzinfo=None).isoformat())))
    assert not recent(in_kathmandu.replace(tzinfo=UTC).isoformat())
    assert not recent((now - timedelta(hours=1)).isoformat())
    assert not recent("just now")
