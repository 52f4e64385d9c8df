"""Somebody who writes to the database behind the service's back."""

import uuid
from typing import Any

from sqlalchemy.exc import IntegrityError

from actors.nlp_service import NlpService
from actors.operator import Operator
from harness.names import Names


class Intruder:
    """Tries one forbidden insert and tells whether the database refused it (D3)."""

    def __init__(self, operator: Operator, nlp: NlpService, names: Names) -> None:
        self._operator, self._nlp, self._names = operator, nlp, names
        self._what = ""
        self._refusal: IntegrityError | None = None

    def _columns(self, what: str) -> dict[str, Any]:
        fine = {
            "essay_id": uuid.uuid4(),
            "batch_id": self._names.id("batch", self._nlp.last_batch),
            "student_id": self._names.id("student", self._nlp.students[0]),
            "class_id": self._names.id("class", self._nlp.class_name),
        }
        taken = self._names.id("essay", f"Essay of {self._nlp.students[0]}")
        wrong: dict[str, dict[str, Any]] = {
            "a second association for an essay": {"essay_id": taken},
            "an association to a student nobody knows": {"student_id": uuid.uuid4()},
            "an association in a class nobody knows": {"class_id": uuid.uuid4()},
            "an association without a student": {"student_id": None},
        }
        return {**fine, **wrong[what]}

    async def inserts(self, what: str) -> None:
        """Try the insert; whether it was refused is told by `was_refused`."""
        self._what = what
        try:
            await self._operator.tries_to_insert_association(**self._columns(what))
        except IntegrityError as refusal:
            self._refusal = refusal

    def was_refused(self) -> None:
        """Raise AssertionError if the database took the row."""
        if self._refusal is None:
            raise AssertionError(f"the database took {self._what}")
