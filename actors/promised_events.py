"""What the service announces on Kafka, field by field, from docs/contract.md §3 and §7; more may stand beside."""

from datetime import UTC, datetime, timedelta
from typing import Any

from actors import wire
from harness.shape import anything, identity, number, or_null, text

SERVICE = "class_management_service"
SYSTEM = "SYSTEM_TIMEOUT"
"""Who has validated what no teacher has answered in time (T1)."""
TOLERANCE = timedelta(minutes=10)
"""How old a message may be when it is looked at; a time of another zone is wrong by more."""


def just_now(value: Any) -> bool:
    """A time of just now, in UTC."""
    try:
        told = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    return told.utcoffset() == timedelta(0) and abs(datetime.now(UTC) - told) < TOLERANCE


def just_now_with_zone(value: Any) -> bool:
    """A time of just now, in UTC and with its zone."""
    return just_now(value) and datetime.fromisoformat(value).tzinfo is not None


def truth(value: Any) -> bool:
    """True or false."""
    return isinstance(value, bool)


def an_object(value: Any) -> bool:
    """An object."""
    return isinstance(value, dict)


def filled(value: Any) -> bool:
    """A text with something in it."""
    return text(value) and bool(value.strip())


def ids_or_null(value: Any) -> bool:
    """A list of UUIDs, or null."""
    return value is None or (isinstance(value, list) and all(map(identity, value)))


def method(value: Any) -> bool:
    """Human, timeout or auto."""
    return value in ("human", "timeout", "auto")


def envelope(topic: str, told: Any) -> Any:
    """Return the shape of what is announced on a topic; a notification has another one for each type."""
    data = DATA.get(topic) or NOTIFICATIONS.get(_type_of(told), NOTIFICATION)
    return {
        "event_id": identity,
        "event_type": topic,
        "event_timestamp": just_now_with_zone,
        "source_service": SERVICE,
        "schema_version": 1,
        "correlation_id": identity,
        "data_schema_uri": or_null(text),
        "metadata": or_null(an_object),
        "data": data,
    }


def _type_of(told: Any) -> str:
    data = told.get("data") if isinstance(told, dict) else None
    return str(data.get("notification_type")) if isinstance(data, dict) else ""


CLASS = {
    "class_id": identity,
    "class_designation": filled,
    "course_codes": [filled],
    "user_id": filled,
    "correlation_id": identity,
    "timestamp": just_now,
}
STUDENT = {
    "student_id": identity,
    "first_name": filled,
    "last_name": filled,
    "student_email": or_null(text),
    "correlation_id": identity,
    "timestamp": just_now,
}
CONFIRMED = {
    "batch_id": identity,
    "class_id": identity,
    "course_code": filled,
    "associations": [
        {
            "essay_id": identity,
            "student_id": identity,
            "confidence_score": number,
            "validation_method": method,
            "validated_by": filled,
            "validated_at": just_now,
        }
    ],
    "timeout_triggered": truth,
    "validation_summary": {"total_associations": number, "confirmed": number, "rejected": number},
}
DATA = {
    wire.CLASS_CREATED: {"event": "class.created", **CLASS},
    wire.CLASS_UPDATED: {"event": "class.updated", **CLASS},
    wire.STUDENT_CREATED: {
        "event": "student.created",
        "class_ids": [identity],
        "created_by_user_id": filled,
        **STUDENT,
    },
    wire.STUDENT_UPDATED: {
        "event": "student.updated",
        "add_class_ids": ids_or_null,
        "remove_class_ids": ids_or_null,
        "updated_by_user_id": filled,
        **STUDENT,
    },
    wire.CONFIRMED: CONFIRMED,
}
NOTIFICATION = {
    "teacher_id": filled,
    "notification_type": "class_created or student_added_to_class",
    "category": "class_management",
    "payload": anything,
    "action_required": False,
    "correlation_id": identity,
    "batch_id": or_null(text),
    "class_id": identity,
    "timestamp": just_now,
}
NOTIFICATIONS = {
    "class_created": {**NOTIFICATION, "notification_type": "class_created", "priority": "standard"},
    "student_added_to_class": {**NOTIFICATION, "notification_type": "student_added_to_class", "priority": "low"},
}
