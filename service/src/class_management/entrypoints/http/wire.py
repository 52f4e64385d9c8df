"""What requests and answers look like on the wire (contract §6)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from class_management.domain.courses import CourseCode

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]
LegalName = Annotated[str, msgspec.Meta(min_length=1, max_length=512, pattern=r"^[^\x00]*$")]
Email = Annotated[str, msgspec.Meta(max_length=255, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")]


CourseCodes = Annotated[list[CourseCode], msgspec.Meta(min_length=1)]
"""More than one is the domain's business, which has an error of its own for it."""


class ClassRequest(Struct):
    """A new class; `course_codes` holds exactly one."""

    name: Name
    course_codes: CourseCodes


class ClassChangeRequest(Struct):
    """Changes to a class; what is absent stays."""

    name: Name | UnsetType = UNSET
    course_codes: CourseCodes | UnsetType = UNSET


class ClassCreated(Struct):
    """A class was created."""

    id: UUID
    name: str


class ClassShown(Struct):
    """A class."""

    id: UUID
    name: str
    course_code: CourseCode


class ClassListed(Struct):
    """A class in the list of its teacher."""

    id: UUID
    name: str
    course_code: CourseCode
    student_count: int
    created_at: datetime


class Pagination(Struct):
    """Which part of a list this is."""

    limit: int
    offset: int
    returned: int


class ClassList(Struct):
    """A page of a teacher's classes, newest first."""

    classes: list[ClassListed]
    pagination: Pagination


class RosterStudent(Struct):
    """A student on a roster."""

    student_id: UUID
    first_name: str
    last_name: str
    full_legal_name: str | None
    email: str | None


class Roster(Struct):
    """The students of a class by name."""

    students: list[RosterStudent]


class PersonNameBody(Struct):
    """How a person is called."""

    first_name: Name
    last_name: Name
    legal_full_name: LegalName | None = None


class StudentRequest(Struct):
    """A new student, in any number of own classes."""

    person_name: PersonNameBody
    email: Email | None = None
    class_ids: list[UUID] = []


class StudentChangeRequest(Struct):
    """Changes to a student; what is absent stays, an `email` of null is removed."""

    person_name: PersonNameBody | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    add_class_ids: list[UUID] = []
    remove_class_ids: list[UUID] = []


class StudentCreated(Struct):
    """A student was created."""

    id: UUID
    full_name: str


class StudentShown(Struct):
    """A student."""

    id: UUID
    first_name: str
    last_name: str
    email: str | None
    class_ids: list[UUID]


class Deleted(Struct):
    """Something was deleted."""

    message: str


class AssociationShown(Struct):
    """Who an essay was suggested to be by."""

    essay_id: UUID
    suggested_student_id: UUID
    confidence_score: float | None
    match_reasons: list[str]
    created_at: datetime


class AssociationList(Struct):
    """The associations of a batch; none for an unknown one."""

    associations: list[AssociationShown]


class AssociationAnswer(Struct):
    """What a teacher says about an essay: this student wrote it, or it is nobody's so far."""

    essay_id: UUID
    student_id: UUID
    confirmed: bool


class ConfirmRequest(Struct):
    """A teacher's answers about a batch; who answers is told by the header, not by `user_id`."""

    associations: list[AssociationAnswer]
    user_id: str | None = None


class Confirmed(Struct):
    """How many of the essays asked about are confirmed by now, and how many are rejected."""

    associations_confirmed: int
    associations_rejected: int
    status: str = "confirmed"


class PersonNameShown(Struct):
    """How a person is called."""

    first_name: str
    last_name: str
    legal_full_name: str | None


class EssayAuthorShown(Struct):
    """Who wrote an essay."""

    essay_id: UUID
    student_id: UUID
    student_person_name: PersonNameShown


class ClassInfo(Struct):
    """The class that a batch belongs to."""

    class_id: UUID
    class_name: str


class DependencyHealth(Struct):
    """How one dependency is."""

    status: str
    message: str = ""


class Checks(Struct):
    """The two questions that a monitor asks."""

    service_responsive: bool
    dependencies_available: bool


class Health(Struct):
    """How the service is."""

    service: str
    status: str
    message: str
    version: str
    checks: Checks
    dependencies: dict[str, DependencyHealth]
    environment: str


class ErrorDetail(Struct):
    """What went wrong with a request."""

    error_code: str
    message: str
    correlation_id: str
    timestamp: datetime
    service: str
    operation: str
    details: dict[str, str]


class ErrorBody(Struct):
    """The body of every error but 401."""

    error: ErrorDetail


class UnauthorizedBody(Struct):
    """The body of 401."""

    error: str


class Live(Struct):
    """The process is alive."""

    status: str
