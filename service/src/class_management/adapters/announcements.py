"""What the service publishes, on the wire (contract §7): one message for each event of the domain."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct

from class_management import SERVICE_NAME
from class_management.domain import events
from class_management.domain.courses import CourseCode
from class_management.tracing import TRACEPARENT

CLASS_CREATED = "huleedu.class.created.v1"
CLASS_UPDATED = "huleedu.class.updated.v1"
STUDENT_CREATED = "huleedu.class.student.created.v1"
STUDENT_UPDATED = "huleedu.class.student.updated.v1"
ASSOCIATIONS_CONFIRMED = "huleedu.class.student.associations.confirmed.v1"
TEACHER_NOTIFICATION = "huleedu.notification.teacher.requested.v1"


class ClassData(Struct):
    """A class was created or changed."""

    event: str
    class_id: UUID
    class_designation: str
    course_codes: list[CourseCode]
    user_id: str
    correlation_id: UUID
    timestamp: datetime


class StudentCreatedData(Struct):
    """A student was created."""

    event: str
    student_id: UUID
    first_name: str
    last_name: str
    student_email: str | None
    class_ids: list[UUID]
    created_by_user_id: str
    correlation_id: UUID
    timestamp: datetime


class StudentUpdatedData(Struct):
    """A student was changed."""

    event: str
    student_id: UUID
    first_name: str
    last_name: str
    student_email: str | None
    add_class_ids: list[UUID]
    remove_class_ids: list[UUID]
    updated_by_user_id: str
    correlation_id: UUID
    timestamp: datetime


class ConfirmedData(Struct):
    """Who wrote an essay."""

    essay_id: UUID
    student_id: UUID
    confidence_score: float
    validation_method: str
    validated_by: str
    validated_at: datetime


class ValidationSummary(Struct):
    """How many associations were decided about, and how."""

    total_associations: int
    confirmed: int
    rejected: int


class AssociationsConfirmedData(Struct):
    """Associations of a batch were confirmed."""

    batch_id: UUID
    class_id: UUID
    course_code: CourseCode
    associations: list[ConfirmedData]
    timeout_triggered: bool
    validation_summary: ValidationSummary


class NotificationData(Struct):
    """A teacher is to be told something."""

    teacher_id: str
    notification_type: str
    category: str
    priority: str
    payload: dict[str, str]
    action_required: bool
    correlation_id: UUID
    batch_id: UUID | None
    class_id: UUID
    timestamp: datetime


class Envelope(Struct):
    """What wraps every event on the platform (contract §3)."""

    event_id: UUID
    event_type: str
    event_timestamp: datetime
    source_service: str
    schema_version: int
    correlation_id: UUID
    data_schema_uri: str | None
    data: Any
    metadata: dict[str, Any] | None


class Announcement(NamedTuple):
    """A message to be published; of one `key` in the order in which they were made."""

    aggregate_type: str
    aggregate_id: UUID
    topic: str
    envelope: Envelope

    @property
    def key(self) -> str:
        """What has to stay in order: the changes of one class, one student, one batch."""
        return str(self.aggregate_id)


class _Told(NamedTuple):
    """What every message tells beside its event."""

    correlation_id: UUID
    at: datetime


def announcement(
    event: events.Event, event_id: UUID, correlation_id: UUID, traceparent: str | None = None
) -> Announcement:
    """Make the message for an event; `traceparent` is the span that caused it."""
    told = _Told(correlation_id, datetime.now(UTC))
    kind, aggregate_id, topic, data = _WRITERS[type(event)](event, told)
    envelope = Envelope(
        event_id=event_id,
        event_type=topic,
        event_timestamp=told.at,
        source_service=SERVICE_NAME,
        schema_version=1,
        correlation_id=correlation_id,
        data_schema_uri=None,
        data=data,
        metadata={TRACEPARENT: traceparent} if traceparent else None,
    )
    return Announcement(kind, aggregate_id, topic, envelope)


_Written = tuple[str, UUID, str, Struct]


def _class_created(event: events.ClassCreated, told: _Told) -> _Written:
    return "class", event.class_id, CLASS_CREATED, _class("class.created", event, told)


def _class_updated(event: events.ClassUpdated, told: _Told) -> _Written:
    return "class", event.class_id, CLASS_UPDATED, _class("class.updated", event, told)


def _class(name: str, event: events.ClassCreated, told: _Told) -> ClassData:
    return ClassData(
        event=name,
        class_id=event.class_id,
        class_designation=event.name,
        course_codes=[event.course_code],
        user_id=event.teacher,
        correlation_id=told.correlation_id,
        timestamp=told.at,
    )


def _student_created(event: events.StudentCreated, told: _Told) -> _Written:
    data = StudentCreatedData(
        event="student.created",
        student_id=event.student_id,
        first_name=event.first_name,
        last_name=event.last_name,
        student_email=event.email,
        class_ids=list(event.class_ids),
        created_by_user_id=event.teacher,
        correlation_id=told.correlation_id,
        timestamp=told.at,
    )
    return "student", event.student_id, STUDENT_CREATED, data


def _student_updated(event: events.StudentUpdated, told: _Told) -> _Written:
    data = StudentUpdatedData(
        event="student.updated",
        student_id=event.student_id,
        first_name=event.first_name,
        last_name=event.last_name,
        student_email=event.email,
        add_class_ids=list(event.add_class_ids),
        remove_class_ids=list(event.remove_class_ids),
        updated_by_user_id=event.teacher,
        correlation_id=told.correlation_id,
        timestamp=told.at,
    )
    return "student", event.student_id, STUDENT_UPDATED, data


def _associations_confirmed(event: events.AssociationsConfirmed, _: _Told) -> _Written:
    confirmed = len(event.associations)
    data = AssociationsConfirmedData(
        batch_id=event.batch_id,
        class_id=event.class_id,
        course_code=event.course_code,
        associations=[
            ConfirmedData(
                essay_id=association.essay_id,
                student_id=association.student_id,
                confidence_score=association.confidence_score,
                validation_method=event.method.value,
                validated_by=event.validated_by,
                validated_at=event.validated_at,
            )
            for association in event.associations
        ],
        timeout_triggered=event.method is events.ValidationMethod.TIMEOUT,
        validation_summary=ValidationSummary(confirmed + event.rejected, confirmed, event.rejected),
    )
    return "batch", event.batch_id, ASSOCIATIONS_CONFIRMED, data


def _teacher_notified(event: events.TeacherNotified, told: _Told) -> _Written:
    about_student = event.student_id is not None
    payload = {"class_id": str(event.class_id), "class_designation": event.class_name}
    if about_student:
        payload |= {"student_id": str(event.student_id), "student_name": event.student_name}
    data = NotificationData(
        teacher_id=event.teacher,
        notification_type="student_added_to_class" if about_student else "class_created",
        category="class_management",
        priority="low" if about_student else "standard",
        payload=payload,
        action_required=False,
        correlation_id=told.correlation_id,
        batch_id=None,
        class_id=event.class_id,
        timestamp=told.at,
    )
    return "class", event.class_id, TEACHER_NOTIFICATION, data


_WRITERS: dict[type, Callable[[Any, _Told], _Written]] = {
    events.ClassCreated: _class_created,
    events.ClassUpdated: _class_updated,
    events.StudentCreated: _student_created,
    events.StudentUpdated: _student_updated,
    events.AssociationsConfirmed: _associations_confirmed,
    events.TeacherNotified: _teacher_notified,
}
