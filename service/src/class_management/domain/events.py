"""What the service announces to the platform (contract §7), in the domain's words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from class_management.domain.courses import CourseCode


class ValidationMethod(StrEnum):
    """How an association came to be confirmed; the values are those of column and event."""

    HUMAN = "human"
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class ClassCreated:
    """A teacher has created a class."""

    class_id: UUID
    name: str
    course_code: CourseCode
    teacher: str


@dataclass(frozen=True)
class ClassUpdated(ClassCreated):
    """A teacher has changed a class; this is how it is now."""


@dataclass(frozen=True)
class StudentCreated:
    """A teacher has created a student in some classes."""

    student_id: UUID
    first_name: str
    last_name: str
    email: str | None
    class_ids: tuple[UUID, ...]
    teacher: str


@dataclass(frozen=True)
class StudentUpdated:
    """A teacher has changed a student; this is how it is now, and the classes it was asked to join and to leave."""

    student_id: UUID
    first_name: str
    last_name: str
    email: str | None
    add_class_ids: tuple[UUID, ...]
    remove_class_ids: tuple[UUID, ...]
    teacher: str


@dataclass(frozen=True)
class ConfirmedAssociation:
    """Who wrote an essay, from now on for certain."""

    essay_id: UUID
    student_id: UUID
    confidence_score: float


@dataclass(frozen=True)
class AssociationsConfirmed:
    """A teacher, or the end of the time to answer, has decided about essays of a batch."""

    batch_id: UUID
    class_id: UUID
    course_code: CourseCode
    associations: tuple[ConfirmedAssociation, ...]
    rejected: int
    method: ValidationMethod
    validated_by: str
    validated_at: datetime


@dataclass(frozen=True)
class TeacherNotified:
    """Something that a teacher is to be told: a class was created, a student came into a class (if `student_id`)."""

    teacher: str
    class_id: UUID
    class_name: str
    student_id: UUID | None = None
    student_name: str = ""


Event = ClassCreated | ClassUpdated | StudentCreated | StudentUpdated | AssociationsConfirmed | TeacherNotified
