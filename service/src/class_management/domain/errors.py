"""What can be wrong with a request, said in the domain's words; never names a person."""

from collections.abc import Collection
from uuid import UUID


class DomainError(Exception):
    """A rule of the domain refuses the request.

    `code` is for programs, the message for people, `details` for both.
    """

    code = "DOMAIN_ERROR"

    def __init__(self, message: str, **details: str):
        super().__init__(message)
        self.message = message
        self.details = details


class NotFoundError(DomainError):
    """What the request is about does not exist for this teacher (H4: somebody else's does not either)."""


class ClassNotFoundError(NotFoundError):
    """The class that the request is about is not there."""

    code = "CLASS_NOT_FOUND"

    def __init__(self, class_id: UUID):
        super().__init__("Class not found", class_id=str(class_id))


class StudentNotFoundError(NotFoundError):
    """The student that the request is about is not there."""

    code = "STUDENT_NOT_FOUND"

    def __init__(self, student_id: UUID):
        super().__init__("Student not found", student_id=str(student_id))


class EssayNotFoundError(NotFoundError):
    """Nobody is known to have written the essay."""

    code = "ASSOCIATION_NOT_FOUND"

    def __init__(self, essay_id: UUID):
        super().__init__("Association not found", essay_id=str(essay_id))


class UnknownClassesError(DomainError):
    """The request refers to classes that are not there; `field` is where."""

    code = "UNKNOWN_CLASS"

    def __init__(self, field: str, class_ids: set[UUID]):
        listed = ", ".join(sorted(map(str, class_ids)))
        super().__init__(f"{field}: unknown class {listed}", field=field, class_ids=listed)


class MultipleCoursesError(DomainError):
    """A class belongs to one course."""

    code = "MULTIPLE_COURSE_ERROR"

    def __init__(self, count: int):
        super().__init__(
            f"course_codes: a class belongs to exactly one course, got {count}", field="course_codes", count=str(count)
        )


class EmailTakenError(DomainError):
    """The teacher already has a student with this e-mail address."""

    code = "EMAIL_ALREADY_USED"

    def __init__(self) -> None:
        super().__init__("email: already used by another student", field="email")


class BatchNotFoundError(DomainError):
    """Nothing is suggested for the batch in the teacher's classes; the contract wants 400."""

    code = "BATCH_NOT_FOUND"

    def __init__(self, batch_id: UUID):
        super().__init__("Batch not found", batch_id=str(batch_id))


class WrongAnswersError(DomainError):
    """Answers about a batch that cannot be taken: `problem` says what is wrong with the `field` of which ids."""

    code = "INVALID_ASSOCIATIONS"

    def __init__(self, field: str, problem: str, ids: Collection[UUID]):
        listed = ", ".join(sorted(map(str, ids)))
        super().__init__(f"associations.{field}: {problem}: {listed}", field=f"associations.{field}", ids=listed)
