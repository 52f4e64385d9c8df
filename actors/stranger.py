"""Another teacher, who asks about what is not hers, and about what never was, and compares the answers."""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import httpx

from actors.belongings import Belongings
from actors.blunders import FIELDS
from actors.client import Client
from actors.requests import Kind, Things, kind
from actors.teacher import Teacher
from harness.names import Names

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.]*(Z|[+-]\d\d:?\d\d)?")


SIGNED = ", signed by its teacher"


class AnotherTeacher(Teacher):
    """A second teacher of the same scenario."""


class Stranger:
    """Asks in the other teacher's name; what both teachers had before is remembered."""

    def __init__(
        self, other: AnotherTeacher, teacher: Teacher, names: Names, client: Client, belongings: Belongings
    ) -> None:
        self._other, self._teacher, self._names = other, teacher, names
        self._client, self._belongings = client, belongings
        self._pairs: list[tuple[str, httpx.Response, httpx.Response]] = []

    async def asks(self, requests: Sequence[str], class_name: str, student: str, batch: str) -> None:
        """Make each request about somebody else's things, and about such as never were."""
        things = Things.named(self._names, class_name, student, batch)
        await self._belongings.are_remembered(self._teacher.user_id)
        for name in requests:
            what, signed, _ = name.partition(SIGNED)
            asked = kind(what)
            if signed:
                asked = replace(asked, body=partial(_signed, asked.body, self._teacher.user_id))
            await self._ask_twice(f"to {name}", asked, things, Things.nobody_knows())

    async def changes(self, student: str, class_name: str, fields: Sequence[str]) -> None:
        """Change an own student with regard to somebody else's class, and to one that never was, field by field."""
        await self._belongings.are_remembered(self._teacher.user_id)
        theirs, nobodys = str(self._names.id("class", class_name)), str(uuid.uuid4())
        own = replace(Things.nobody_knows(), a_student=str(self._names.id("student", student)))
        for field in fields:
            changing = replace(kind("change a student"), body=partial(_of_class, str(FIELDS[field][0])))
            pair = replace(own, a_class=theirs), replace(own, a_class=nobodys)
            await self._ask_twice(f"to change a student by the {field}", changing, *pair)

    async def confirms(self, batch: str, own: str, student: str) -> None:
        """Confirm the essay of an `own` student for somebody else's student, and for one who never was."""
        await self._belongings.are_remembered(self._teacher.user_id, self._other.user_id)
        essay, of_batch = self._names.id("essay", f"Essay of {own}"), self._names.id("batch", batch)
        nobodys = Things(str(uuid.uuid4()), str(uuid.uuid4()), str(of_batch), str(essay))
        theirs = replace(nobodys, a_student=str(self._names.id("student", student)))
        await self._ask_twice(
            "to confirm another student", kind("confirm the suggestions for a batch"), theirs, nobodys
        )

    async def _ask_twice(self, what: str, asked: Kind, theirs: Things, nobodys: Things) -> None:
        answers = [
            await self._client.sends("other teacher", asked.about(things, self._other.user_id))
            for things in (theirs, nobodys)
        ]
        self._pairs.append((what, answers[0], answers[1]))

    def was_answered_alike(self) -> None:
        """Raise AssertionError unless nobody can tell from an answer whether the thing is somebody else's or nobody's.

        Ids and times may differ, with them the correlation id.
        """
        assert self._pairs, "nothing was asked"
        problems = [
            f"the request {what} tells them apart:\n    somebody else's: {_shown(theirs)}\n"
            f"    what never was:  {_shown(nobodys)}"
            for what, theirs, nobodys in self._pairs
            if _gist(theirs) != _gist(nobodys)
        ]
        if problems:
            raise AssertionError(
                "What is somebody else's is not answered as what never was:\n  " + "\n  ".join(problems)
            )


def _signed(body: Callable[[Things], Any], user_id: str, things: Things) -> dict[str, Any]:
    return {**body(things), "user_id": user_id}


def _of_class(field: str, things: Things) -> dict[str, Any]:
    return {field: [things.a_class]}


def _gist(answer: httpx.Response) -> tuple[int, str, str]:
    """Return what an answer says without ids and times."""
    return answer.status_code, answer.headers.get("Content-Type", ""), _TIME.sub("#", _ID.sub("#", answer.text))


def _shown(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.text[:300]}"
