"""All that can be asked for over HTTP, by its name: what is sent, and what is promised for it (docs/contract.md §6)."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from actors import promised_answers as promised
from harness.names import Names
from harness.shape import anything
from harness.stack import INTERNAL_API_KEY

OK, CREATED = 200, 201
BAD_REQUEST, UNAUTHORIZED, NOT_FOUND = 400, 401, 404
NO_ID = "no-id"
CREDENTIALS = {"X-Internal-API-Key": INTERNAL_API_KEY, "X-Service-ID": "essay_lifecycle_service"}
"""What another service of the platform shows."""


@dataclass(frozen=True)
class Things:
    """What requests are about: ids of a class, a student, a batch and an essay, or what stands in their place."""

    a_class: str
    a_student: str
    a_batch: str
    an_essay: str

    @classmethod
    def named(cls, names: Names, class_name: str, student: str, batch: str) -> "Things":
        """Return the ids of things by their names; the essay is the one that was suggested to be the student's."""
        kinds = {"class": class_name, "student": student, "batch": batch, "essay": f"Essay of {student}"}
        return cls(*(str(names.id(kind, name)) for kind, name in kinds.items()))

    @classmethod
    def nobody_knows(cls) -> "Things":
        """Return ids of things that exist nowhere."""
        return cls(*(str(uuid.uuid4()) for _ in range(4)))

    @classmethod
    def without_ids(cls) -> "Things":
        """Return what is no id."""
        return cls(NO_ID, NO_ID, NO_ID, NO_ID)


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire; `headers` say who asks, and are nobody's where they are empty."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Kind:
    """A kind of request: what is sent about things, who may ask, and the status and shape that are promised for it."""

    method: str
    path: Callable[[Things], str]
    answer: Any
    body: Callable[[Things], Any] = lambda _: None
    status: int = OK
    query: Callable[[Things], Mapping[str, Any]] = lambda _: {}
    for_services: bool = False
    for_anybody: bool = False

    def about(self, things: Things, user_id: str | None) -> Request:
        """Return the request about `things` as this teacher makes it, or a service; without `user_id` nobody does."""
        headers = {} if user_id is None or self.for_anybody else {"X-User-ID": user_id}
        if self.for_services:
            headers = {} if user_id is None else CREDENTIALS
        return Request(self.method, self.path(things), headers, self.query(things), self.body(things))


def _class(things: Things) -> str:
    return f"/v1/classes/{things.a_class}"


def _student(things: Things) -> str:
    return f"/v1/classes/students/{things.a_student}"


def _associations(things: Things) -> str:
    return f"/v1/batches/{things.a_batch}/student-associations"


def _new_class(name: str) -> dict[str, Any]:
    return {"name": name, "course_codes": ["SV2"]}


def _new_student(things: Things) -> dict[str, Any]:
    return {
        "person_name": {"first_name": "Åsa", "last_name": "Öst", "legal_full_name": "Åsa Maria Öst"},
        "email": f"{uuid.uuid4().hex}@school.example",
        "class_ids": [things.a_class],
    }


def _changed_student(things: Things) -> dict[str, Any]:
    return {
        "person_name": {"first_name": "Åsa", "last_name": "Ek", "legal_full_name": "Åsa Maria Ek"},
        "email": f"{uuid.uuid4().hex}@school.example",
        "add_class_ids": [things.a_class],
        "remove_class_ids": [],
    }


def _confirmation(things: Things) -> dict[str, Any]:
    return {"associations": [{"essay_id": things.an_essay, "student_id": things.a_student, "confirmed": True}]}


KINDS = {
    "create a class": Kind(
        "POST", lambda _: "/v1/classes/", promised.CLASS_CREATED, lambda _: _new_class("9C"), CREATED
    ),
    "list the classes": Kind(
        "GET", lambda _: "/v1/classes/", promised.CLASSES, query=lambda _: {"limit": 20, "offset": 0}
    ),
    "look at a class": Kind("GET", _class, promised.CLASS),
    "change a class": Kind("PUT", _class, promised.CLASS, lambda _: _new_class("8C")),
    "read the roster of a class": Kind("GET", lambda things: f"{_class(things)}/roster", promised.ROSTER),
    "add a student to a class": Kind(
        "POST", lambda _: "/v1/classes/students", promised.STUDENT_CREATED, _new_student, CREATED
    ),
    "look at a student": Kind("GET", _student, promised.STUDENT),
    "change a student": Kind("PUT", _student, promised.STUDENT, _changed_student),
    "look at the suggestions for a batch": Kind("GET", _associations, promised.ASSOCIATIONS),
    "confirm the suggestions for a batch": Kind(
        "POST", lambda things: f"{_associations(things)}/confirm", promised.CONFIRMED, _confirmation
    ),
    "learn the names in a batch": Kind(
        "GET",
        lambda things: f"/internal/v1/batches/{things.a_batch}/student-names",
        [promised.STUDENT_NAME],
        for_services=True,
    ),
    "learn the name behind an essay": Kind(
        "GET",
        lambda things: f"/internal/v1/associations/essay/{things.an_essay}",
        promised.STUDENT_NAME,
        for_services=True,
    ),
    "learn the class of a batch": Kind(
        "GET",
        lambda _: "/internal/v1/batches/class-info",
        anything,
        query=lambda things: {"batch_ids": things.a_batch},
        for_services=True,
    ),
    "delete a student": Kind("DELETE", _student, promised.DELETED),
    "delete a class": Kind("DELETE", _class, promised.DELETED),
    "look at the health of the service": Kind("GET", lambda _: "/healthz", anything, for_anybody=True),
    "look whether the service lives": Kind("GET", lambda _: "/livez", anything, for_anybody=True),
    "look at the figures of the service": Kind("GET", lambda _: "/metrics", anything, for_anybody=True),
}
"""By name, in an order in which each can be answered: what is deleted is asked for before."""


def kind(name: str) -> Kind:
    """Return the kind of request that is called so; raises AssertionError where there is none."""
    assert name in KINDS, f"nobody asks to {name}; known: {', '.join(KINDS)}"
    return KINDS[name]
