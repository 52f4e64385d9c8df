"""Somebody who writes to the database behind the service's back."""

import uuid
from typing import TYPE_CHECKING, Any

from actors.nlp_service import NlpService
from actors.somebody_else import SomebodyElse
from harness.names import Names

if TYPE_CHECKING:
    from sqlalchemy.exc import IntegrityError

UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION, NOT_NULL_VIOLATION = "23505", "23503", "23502"


class Intruder:
    """Tries one forbidden insert and tells whether the database refused it (D3)."""

    def __init__(self, somebody_else: SomebodyElse, nlp: NlpService, names: Names) -> None:
        self._somebody_else, self._nlp, self._names = somebody_else, nlp, names
        self._what = ""
        self._expected = ""
        self._refusal: IntegrityError | None = None

    def _columns(self, what: str) -> dict[str, Any]:
        fine = {
            "essay_id": uuid.uuid4(),
            "batch_id": self._names.id("batch", self._nlp.last_batch),
            "student_id": self._names.id("student", self._nlp.students[0]),
            "class_id": self._names.id("class", self._nlp.class_name),
        }
        taken = self._names.id("essay", f"Essay of {self._nlp.students[0]}")
        wrong: dict[str, tuple[str, dict[str, Any]]] = {
            "a second association for an essay": (UNIQUE_VIOLATION, {"essay_id": taken}),
            "an association to a student nobody knows": (FOREIGN_KEY_VIOLATION, {"student_id": uuid.uuid4()}),
            "an association in a class nobody knows": (FOREIGN_KEY_VIOLATION, {"class_id": uuid.uuid4()}),
            "an association without a student": (NOT_NULL_VIOLATION, {"student_id": None}),
        }
        self._expected, columns = wrong[what]
        return {**fine, **columns}

    async def inserts(self, what: str) -> None:
        """Try the insert; whether it was refused is told by `was_refused`."""
        from sqlalchemy.exc import IntegrityError  # noqa: PLC0415 -- see harness.sql

        self._what = what
        try:
            await self._somebody_else.tries_to_insert_association(**self._columns(what))
        except IntegrityError as refusal:
            self._refusal = refusal

    def was_refused(self) -> None:
        """Raise AssertionError if the database took the row, or refused it for another reason than the one shown."""
        if self._refusal is None:
            raise AssertionError(f"the database took {self._what}")
        reason = getattr(self._refusal.orig, "sqlstate", None)
        if reason != self._expected:
            raise AssertionError(
                f"the database refused {self._what} for another reason (SQLSTATE {reason}, expected {self._expected}): "
                f"{self._refusal.orig}"
            )
