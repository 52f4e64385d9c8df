"""What the use cases need from outside, and the ways in which it can let them down."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from class_management.domain.courses import CourseCode
from class_management.domain.events import Event, ValidationMethod


class UnavailableError(Exception):
    """What is needed is out of order for now; the same request may succeed later."""


class TooLargeError(Exception):
    """A message is larger than the broker takes; trying again cannot help."""


class RefusedError(Exception):
    """The database refuses what it was given; trying again cannot help.

    `constraint` names the violated constraint, where there is one. Never carries the refused values.
    """

    def __init__(self, reason: str, constraint: str | None = None):
        super().__init__(reason)
        self.constraint = constraint


class Transaction(Protocol):
    """The transaction that all repositories of one scope share; what is not committed is undone at its end."""

    async def commit(self) -> None:
        """Make everything durable; raises UnavailableError when the outcome is not known."""

    async def rollback(self) -> None:
        """Undo everything since the last commit."""


class Publisher(Protocol):
    """The way out to Kafka."""

    async def publish(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        """Write a record and wait until the broker has it for good; raises UnavailableError or TooLargeError."""


class PersonName(NamedTuple):
    """How a person is called."""

    first_name: str
    last_name: str
    legal_full_name: str | None = None


class Outbox(Protocol):
    """What is to be announced; it goes out once the transaction is committed, and never if it is not (E1)."""

    async def add(self, *events: Event) -> None:
        """Keep events to be announced, those about one thing in the order in which they happened."""


class NewAssociation(NamedTuple):
    """An essay's author as suggested, to be stored pending validation."""

    essay_id: UUID
    student_id: UUID
    batch_id: UUID
    class_id: UUID
    confidence_score: float
    match_reasons: list[str]


@dataclass(slots=True)
class Inserted:
    """What an insert did, by position in its list; a position in neither had an association already."""

    stored: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)


class AssociationView(NamedTuple):
    """An association as shown to a teacher."""

    essay_id: UUID
    student_id: UUID
    confidence_score: float | None
    match_reasons: list[str]
    created_at: datetime


class Associations(Protocol):
    """The associations of essays and students."""

    async def rosters(self, class_ids: Collection[UUID]) -> Mapping[UUID, Collection[UUID]]:
        """The students of each of the classes that exists."""

    async def insert(self, rows: Sequence[NewAssociation]) -> Inserted:
        """Store all rows at once, where their essay has no association; raises RefusedError if any is refused.

        Of an essay's rows the first counts. The order of the essays is the same for everybody (D6).
        """

    async def insert_each(self, rows: Sequence[NewAssociation]) -> Inserted:
        """Store row by row, in the same order, so that a refused one is set aside alone."""

    async def batches_of(self, essay_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
        """The batch through which each of the essays was associated, for those that were."""

    async def of_batch(self, batch_id: UUID, teacher: str) -> list[AssociationView]:
        """The associations of a batch in the teacher's classes, oldest first."""


class Validation(NamedTuple):
    """An association while it is decided about; nobody else can decide meanwhile."""

    essay_id: UUID
    student_id: UUID
    class_id: UUID
    course_code: CourseCode
    teacher: str
    confidence_score: float | None
    status: str


class Decision(NamedTuple):
    """What is decided about an association: its student, and whether that is confirmed or rejected."""

    essay_id: UUID
    student_id: UUID
    status: str


class Validated(NamedTuple):
    """How, by whom and when something was decided; the time has a zone."""

    method: ValidationMethod
    by: str
    at: datetime


class Validations(Protocol):
    """The associations of essays and students, on their way from suggested to confirmed or rejected."""

    async def of_batch(self, batch_id: UUID, teacher: str) -> list[Validation]:
        """The associations of a batch in the teacher's classes, held until the transaction ends."""

    async def overdue_batches(self, hours: float, limit: int) -> list[UUID]:
        """Batches with associations that have been pending for so long, at most `limit`."""

    async def overdue(self, batch_id: UUID, hours: float) -> list[Validation]:
        """The associations of a batch that have been pending for so long, held until the transaction ends."""

    async def decide(self, decisions: Sequence[Decision], validated: Validated) -> None:
        """Write decisions down."""

    async def classmates(self, batch_id: UUID, student_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        """Class and student, for those of the students who are in a class of the batch.

        The batch's classes and these students are not deleted until the transaction ends.
        """

    async def unknown_student(self, class_id: UUID, teacher: str) -> UUID:
        """The student of a class who stands for nobody known; made at first need, once a class (T1)."""


class EssayAuthor(NamedTuple):
    """Who wrote an essay, by name."""

    essay_id: UUID
    student_id: UUID
    name: PersonName


class Directory(Protocol):
    """What other services of the platform are told: of every teacher's batches; what was rejected is nobody's."""

    async def authors_of_batch(self, batch_id: UUID) -> list[EssayAuthor]:
        """Who wrote the essays of a batch."""

    async def author_of(self, essay_id: UUID) -> EssayAuthor | None:
        """Who wrote an essay."""

    async def classes_of(self, batch_ids: Collection[UUID]) -> Mapping[UUID, tuple[UUID, str]]:
        """Id and name of the class of each of the batches that have one."""


class ClassView(NamedTuple):
    """A class as shown to its teacher."""

    id: UUID
    name: str
    course_code: CourseCode


class ClassListing(NamedTuple):
    """A class as shown in the teacher's list."""

    id: UUID
    name: str
    course_code: CourseCode
    student_count: int
    created_at: datetime


class RosterEntry(NamedTuple):
    """A student as shown on a roster."""

    id: UUID
    first_name: str
    last_name: str
    legal_full_name: str | None
    email: str | None


class Classes(Protocol):
    """The classes; a `teacher` sees own ones only (H4)."""

    async def add(self, class_id: UUID, teacher: str, name: str, course_code: CourseCode) -> None:
        """Add a class."""

    async def get(self, class_id: UUID, teacher: str) -> ClassView | None:
        """The class, if it is the teacher's."""

    async def of_teacher(self, teacher: str, limit: int, offset: int) -> list[ClassListing]:
        """A page of the teacher's classes, newest first."""

    async def update(self, class_id: UUID, teacher: str, name: str | None, course_code: CourseCode | None) -> bool:
        """Change what is given; False if the class is not the teacher's."""

    async def delete(self, class_id: UUID, teacher: str) -> bool:
        """Remove the class and its associations; False if it is not the teacher's."""

    async def roster(self, class_id: UUID, teacher: str | None) -> list[RosterEntry] | None:
        """The students of a class by name; None if it does not exist or is not the given teacher's."""

    async def hold(self, class_ids: Collection[UUID], teacher: str) -> Mapping[UUID, str]:
        """The names of those of the classes that are the teacher's; they stay until the transaction ends."""


class StudentView(NamedTuple):
    """A student as shown to its teacher."""

    id: UUID
    first_name: str
    last_name: str
    email: str | None
    class_ids: list[UUID]


class Students(Protocol):
    """The students; a `teacher` sees own ones only (H4)."""

    async def add(self, student_id: UUID, teacher: str, name: PersonName, email: str | None) -> None:
        """Add a student; raises EmailTakenError."""

    async def get(self, student_id: UUID, teacher: str) -> StudentView | None:
        """The student with its classes, oldest membership first."""

    async def hold(self, student_id: UUID, teacher: str) -> bool:
        """Keep others from changing the student until the transaction ends; False if it is not the teacher's."""

    async def rename(self, student_id: UUID, teacher: str, name: PersonName) -> bool:
        """Change the name; False if the student is not the teacher's."""

    async def set_email(self, student_id: UUID, teacher: str, email: str | None) -> bool:
        """Change or remove the address; raises EmailTakenError; False if the student is not the teacher's."""

    async def join(self, student_id: UUID, class_ids: Collection[UUID]) -> None:
        """Put the student into classes; once, however often (D9)."""

    async def leave(self, student_id: UUID, class_ids: Collection[UUID]) -> None:
        """Take the student out of classes."""

    async def delete(self, student_id: UUID, teacher: str) -> bool:
        """Remove the student and its associations; False if it is not the teacher's."""
