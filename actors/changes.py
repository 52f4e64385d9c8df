"""What a teacher changes so that the platform hears of it: many changes at once, and some that are refused."""

import asyncio
import itertools
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from actors.teacher import CREATED, OK, Teacher
from harness.compare import Row
from harness.containers.service import ServiceContainer
from harness.names import Names
from harness.sites import Site

Attempt = tuple[str, str, Any]
"""A request: its method, its path, its body."""


class Changes:
    """Changes in the name of the scenario's teacher."""

    def __init__(self, site: Site, teacher: Teacher, names: Names) -> None:
        self._site, self._teacher, self._names = site, teacher, names

    async def creates_student(self, row: Row, classes: Sequence[str]) -> None:
        """Create a student in some classes, perhaps without an e-mail address."""
        answer = await self._teacher.call("POST", "/v1/classes/students", self._student(row, classes))
        self._learn_student(row["student"], answer)

    def _student(self, row: Row, classes: Sequence[str]) -> dict[str, Any]:
        first, _, last = row["student"].partition(" ")
        address = {"email": row["e-mail"]} if row.get("e-mail") else {}
        class_ids = [str(self._names.id("class", name)) for name in classes]
        return {"person_name": {"first_name": first, "last_name": last}, "class_ids": class_ids, **address}

    def _learn_student(self, name: str, answer: httpx.Response) -> None:
        assert answer.status_code == CREATED, f"{name} was not created: {answer.status_code} {answer.text[:300]}"
        self._names.learn("student", name, uuid.UUID(answer.json()["id"]))

    async def creates_one_student(self, row: Row, class_name: str, requests: int) -> None:
        """Create the same student, with an address that one may have, in many requests at once; one has to succeed."""
        body = self._student(row, [class_name])
        made = (self._teacher.call("POST", "/v1/classes/students", body) for _ in range(requests))
        created = [answer for answer in await asyncio.gather(*made) if answer.status_code == CREATED]
        assert len(created) == 1, f"{len(created)} of {requests} requests have created a student with this address"
        self._learn_student(row["student"], created[0])

    async def renames_class(self, name: str, names: Sequence[str]) -> None:
        """Give a class other names, one after the other."""
        for new in names:
            await self._teacher.renames_class(name, new)

    async def renames_class_at_once(self, name: str, requests: int) -> None:
        """Give a class as many other names, all at once."""
        await asyncio.gather(*(self._teacher.renames_class(name, f"{name} {place}") for place in range(requests)))

    async def renames_student(self, student: str, new_name: str) -> None:
        """Give a student another name."""
        first, _, last = new_name.partition(" ")
        path = f"/v1/classes/students/{self._names.id('student', student)}"
        answer = await self._teacher.call("PUT", path, {"person_name": {"first_name": first, "last_name": last}})
        assert answer.status_code == OK, f"{student} was not renamed: {answer.status_code} {answer.text[:300]}"

    async def creates_class_through_the_last(self, name: str) -> None:
        """Create a class through the last replica."""
        self._learn_class(name, await self._asks_for_class(name, through=self._site.stack.services[-1]))

    async def creates_classes_through_all(self, classes: int) -> None:
        """Create classes, through all replicas in turn and all at once."""
        names = [f"Class {number}" for number in range(classes)]
        replicas = itertools.cycle(self._site.stack.services)
        answers = await asyncio.gather(*(self._asks_for_class(name, through=next(replicas)) for name in names))
        for name, answer in zip(names, answers, strict=True):
            self._learn_class(name, answer)

    async def _asks_for_class(self, name: str, through: ServiceContainer) -> httpx.Response:
        body = {"name": name, "course_codes": ["ENG5"]}
        return await self._teacher.call("POST", "/v1/classes/", body, through=through)

    def _learn_class(self, name: str, answer: httpx.Response) -> None:
        assert answer.status_code == CREATED, f"{name} was not created: {answer.status_code} {answer.text[:300]}"
        self._names.learn("class", name, uuid.UUID(answer.json()["id"]))

    async def tries_in_vain(self, what: str) -> None:
        """Ask for something that has to be refused, in the words of the features."""
        attempts = self._attempts()
        assert what in attempts, f"nobody tries to {what}; known: {', '.join(attempts)}"
        answer = await self._teacher.call(*await attempts[what]())
        assert OK < CREATED < answer.status_code < 500, (  # noqa: PLR2004 -- the server's own errors begin here
            f"to {what} was answered with {answer.status_code}, expected a refusal: {answer.text[:300]}"
        )

    def _attempts(self) -> dict[str, Callable[[], Any]]:
        return {
            "give a student an e-mail address that is taken": self._change_to_taken_address,
            "create a student with an e-mail address that is taken": self._creation_with_taken_address,
            "create a student in a class that nobody knows": self._creation_in_unknown_class,
            "put a student into a class that nobody knows": self._move_to_unknown_class,
            "create a class for two courses": self._class_for_two_courses,
            "rename a class that nobody knows": self._unknown_class,
        }

    async def _change_to_taken_address(self) -> Attempt:
        return "PUT", self._path_of_last_student(), {"email": await self._taken_address()}

    async def _creation_with_taken_address(self) -> Attempt:
        (class_name, *_) = self._names.of_kind("class")
        row = {"student": "Noor Vik", "e-mail": await self._taken_address()}
        return "POST", "/v1/classes/students", self._student(row, [class_name])

    async def _creation_in_unknown_class(self) -> Attempt:
        row = {"student": "Noor Vik", "e-mail": "vik@school.example"}
        body = self._student(row, self._names.of_kind("class"))
        return "POST", "/v1/classes/students", {**body, "class_ids": [*body["class_ids"], str(uuid.uuid4())]}

    async def _move_to_unknown_class(self) -> Attempt:
        body = {"person_name": {"first_name": "Nora", "last_name": "Wik"}, "add_class_ids": [str(uuid.uuid4())]}
        return "PUT", self._path_of_last_student(), body

    async def _class_for_two_courses(self) -> Attempt:
        return "POST", "/v1/classes/", {"name": "9A", "course_codes": ["ENG5", "SV1"]}

    async def _unknown_class(self) -> Attempt:
        return "PUT", f"/v1/classes/{uuid.uuid4()}", {"name": "9A"}

    async def _taken_address(self) -> str:
        (first, *_) = self._names.of_kind("student")
        shown = await self._teacher.call("GET", f"/v1/classes/students/{self._names.id('student', first)}")
        address: str = shown.json()["email"]
        return address

    def _path_of_last_student(self) -> str:
        return f"/v1/classes/students/{self._names.id('student', self._names.of_kind('student')[-1])}"
