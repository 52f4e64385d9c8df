"""Who asks for everything that a teacher can ask for, and what comes back."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from actors import promised_answers as promised
from actors.teacher import CREATED, OK, Teacher
from harness.names import Names
from harness.shape import anything, assert_shape

NO_ID = "no-id"
UNAUTHORIZED = 401


@dataclass(frozen=True)
class Things:
    """What requests are about: ids of a class, a student and a batch, or what stands in their place."""

    a_class: str
    a_student: str
    a_batch: str

    @classmethod
    def nobody_knows(cls) -> "Things":
        """Return ids of things that exist nowhere."""
        return cls(*(str(uuid.uuid4()) for _ in range(3)))

    @classmethod
    def without_ids(cls) -> "Things":
        """Return what is no id."""
        return cls(NO_ID, NO_ID, NO_ID)


@dataclass(frozen=True)
class Request:
    """A request that a teacher can make: its path and its body about things, and what is promised for it."""

    method: str
    path: Callable[[Things], str]
    answer: Any
    body: Callable[[Things], Any] = lambda _: None
    status: int = OK


def _class(things: Things) -> str:
    return f"/v1/classes/{things.a_class}"


def _student(things: Things) -> str:
    return f"/v1/classes/students/{things.a_student}"


def _new_student(things: Things) -> dict[str, Any]:
    return {
        "person_name": {"first_name": "Åsa", "last_name": "Öst", "legal_full_name": "Åsa Maria Öst"},
        "email": f"{uuid.uuid4().hex}@school.example",
        "class_ids": [things.a_class],
    }


def _changed_student(things: Things) -> dict[str, Any]:
    return {"person_name": {"first_name": "Åsa", "last_name": "Ek"}, "add_class_ids": [things.a_class]}


REQUESTS = {
    "create a class": Request(
        "POST", lambda _: "/v1/classes/", promised.CLASS_CREATED, lambda _: _changed_class("9C"), CREATED
    ),
    "list the classes": Request("GET", lambda _: "/v1/classes/?limit=20&offset=0", promised.CLASSES),
    "look at a class": Request("GET", _class, promised.CLASS),
    "change a class": Request("PUT", _class, promised.CLASS, lambda _: _changed_class("8C")),
    "read the roster of a class": Request("GET", lambda things: f"{_class(things)}/roster", promised.ROSTER),
    "delete a class": Request("DELETE", _class, promised.DELETED),
    "add a student to a class": Request(
        "POST", lambda _: "/v1/classes/students", promised.STUDENT_CREATED, _new_student, CREATED
    ),
    "look at a student": Request("GET", _student, promised.STUDENT),
    "change a student": Request("PUT", _student, promised.STUDENT, _changed_student),
    "delete a student": Request("DELETE", _student, promised.DELETED),
    "look at the health of the service": Request("GET", lambda _: "/healthz", anything),
    "look at the suggestions for a batch": Request(
        "GET", lambda things: f"/v1/batches/{things.a_batch}/student-associations", promised.ASSOCIATIONS
    ),
}


def _changed_class(name: str) -> dict[str, Any]:
    return {"name": name, "course_codes": ["SV2"]}


class Asker:
    """Asks in the scenario's teacher's name; the answers are judged afterwards."""

    def __init__(self, teacher: Teacher, names: Names) -> None:
        self._teacher, self._names = teacher, names
        self._answers: list[tuple[str, httpx.Response]] = []

    def things_of(self, class_name: str, student: str, batch: str) -> Things:
        """Return the ids of things by their names."""
        kinds = {"class": class_name, "student": student, "batch": batch}
        return Things(*(str(self._names.id(kind, name)) for kind, name in kinds.items()))

    async def asks(self, requests: Sequence[str], things: Things, *, named: bool = True) -> None:
        """Make requests by their names, one after the other, perhaps without saying who asks.

        Raises AssertionError for one that nobody knows.
        """
        for name in requests:
            assert name in REQUESTS, f"nobody asks to {name}; known: {', '.join(REQUESTS)}"
            request = REQUESTS[name]
            answer = await self._teacher.call(request.method, request.path(things), request.body(things), named=named)
            self._answers.append((name, answer))

    def was_answered_as_promised(self) -> None:
        """Raise AssertionError unless every answer has the promised status and exactly the promised fields."""
        for name, answer in self._answers:
            self._assert_status(name, answer, REQUESTS[name].status)
            assert_shape(REQUESTS[name].answer, answer.json(), what=f'the answer to "{name}"')

    def was_refused(self, status: int) -> None:
        """Raise AssertionError unless every request was refused with this status."""
        for name, answer in self._answers:
            self._assert_status(name, answer, status)

    def was_refused_as_nobody(self) -> None:
        """Raise AssertionError unless every request was refused because it names no teacher (§6)."""
        self.was_refused(UNAUTHORIZED)
        for name, answer in self._answers:
            assert_shape(promised.NOBODY_NAMED, answer.json(), what=f'the refusal of "{name}" without a name')

    @staticmethod
    def _assert_status(name: str, answer: httpx.Response, expected: int) -> None:
        if answer.status_code != expected:
            raise AssertionError(
                f'the request to "{name}" ({answer.request.method} {answer.request.url.path}) was answered with '
                f"{answer.status_code}, expected {expected}: {answer.text[:300]}"
            )
