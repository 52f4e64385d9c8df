"""What is announced: what is no promise is let through, what is one is named."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from actors import promised_events as promised
from actors import wire
from actors.announcements import assert_order, without_repeats
from actors.essay_lifecycle import Announcement
from harness.shape import assert_shape

ID = "6f2c8f1e-0d2b-4f0e-9f44-0a3c1b8a2a11"
NOW = datetime.now(UTC).isoformat()
NOTIFICATION = {
    "teacher_id": "somebody",
    "notification_type": "class_created",
    "category": "class_management",
    "priority": "standard",
    "payload": {"anything": [1]},
    "action_required": False,
    "correlation_id": ID,
    "batch_id": None,
    "class_id": ID,
    "timestamp": NOW,
}
ENVELOPE = {
    "event_id": ID,
    "event_type": wire.NOTIFICATION,
    "event_timestamp": NOW,
    "source_service": "class_management_service",
    "schema_version": 1,
    "correlation_id": ID,
    "data_schema_uri": None,
    "metadata": None,
    "data": NOTIFICATION,
}


def check(told) -> None:
    assert_shape(promised.envelope(wire.NOTIFICATION, told), told, what="it", closed=False)


def test_what_is_as_promised_passes_and_may_tell_more() -> None:
    check(ENVELOPE | {"more": 1, "data": NOTIFICATION | {"more": 1}})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"priority": "low"}, "data.priority is 'low', expected 'standard'"),
        ({"notification_type": "something"}, "data.notification_type is 'something'"),
        ({"timestamp": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, "expected a time of just now"),
        ({"teacher_id": " "}, "expected a text with something in it"),
    ],
)
def test_data_that_is_not_as_promised_is_named(change, told) -> None:
    with pytest.raises(AssertionError) as raised:
        check(ENVELOPE | {"data": NOTIFICATION | change})
    assert told in str(raised.value)


def test_an_envelope_has_all_its_fields() -> None:
    with pytest.raises(AssertionError, match="missing:  metadata"):
        check({name: value for name, value in ENVELOPE.items() if name != "metadata"})


def test_a_time_is_of_just_now_and_in_utc() -> None:
    now = datetime.now(UTC)
    assert promised.just_now(now.isoformat())
    assert promised.just_now(now.replace(tzinfo=None).isoformat())
    assert not promised.just_now_with_zone(now.replace(tzinfo=None).isoformat())
    assert not promised.just_now(now.astimezone(timezone(timedelta(hours=2))).isoformat())
    assert not promised.just_now((now - timedelta(hours=1)).isoformat())
    assert not promised.just_now(7)


def row(kind: str, name: str, called: str) -> dict[str, str]:
    return {"announcement": kind, "class": name, "called": called}


def test_only_the_order_about_one_thing_counts() -> None:
    rows = [row("changed", "8B", "1"), row("changed", "8B", "2"), row("changed", "9A", "1")]
    assert_order(rows, [rows[2], rows[0], rows[1]])
    with pytest.raises(AssertionError, match="changed 8B is announced in the order 8B 2; 8B 1, expected 8B 1; 8B 2"):
        assert_order(rows, [rows[1], rows[0], rows[2]])


def test_a_repeat_is_recognised_by_its_id() -> None:
    first, other = (
        Announcement("topic", place, "", {"event_id": event_id}, {}) for place, event_id in enumerate(["a", "b"])
    )
    again = first._replace(offset=2, envelope={"event_id": "A"})
    assert without_repeats([first, other, again]) == [first, other]
