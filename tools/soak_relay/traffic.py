"""Teachers who change things, one after the other through both replicas, and what has to be announced of it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx

CREATED, UPDATED = "huleedu.class.created.v1", "huleedu.class.updated.v1"
STUDENT_CREATED, STUDENT_UPDATED = "huleedu.class.student.created.v1", "huleedu.class.student.updated.v1"
NOTIFIED = "huleedu.notification.teacher.requested.v1"
TOPICS = (CREATED, UPDATED, STUDENT_CREATED, STUDENT_UPDATED, NOTIFIED)
TEACHERS = 16
IDLE_SECONDS = 2.0
RENAMED = 3
"""How often each class and each student is changed; one after the other, so that their order is known."""


class Event(NamedTuple):
    """An announcement: where, about which class or student, and what tells it from others about the same."""

    topic: str
    subject: str
    mark: str


class Change(NamedTuple):
    """A request, and what it has to have announced once it has succeeded, with the id of its answer put in."""

    method: str
    path: str
    body: dict[str, Any]
    announced: tuple[Event, ...]


NEW = "{new}"
"""Stands for the id that the answer gives."""


@dataclass
class Progress:
    """How many changes were made of those that are to be; what they have to have announced; what went wrong."""

    changes: int
    made: int = 0
    begun: int = 0
    expected: list[Event] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def begin(self) -> bool:
        """Take one more change on; False when there are enough."""
        self.begun += 1
        return self.begun <= self.changes


class Teacher:
    """Makes one change after the other, each through another replica than the one before."""

    def __init__(self, name: str, replicas: Sequence[httpx.AsyncClient], progress: Progress) -> None:
        self._name, self._progress = name, progress
        self._replicas = itertools.cycle(replicas)

    async def work(self) -> None:
        """Found classes and change them until there are enough changes."""
        for number in itertools.count():
            async for change in self._of_a_class(f"{self._name}-{number}"):
                if not change:
                    return

    async def _of_a_class(self, name: str) -> AsyncIterator[bool]:
        """Make a class and a student of it, and change both; tells after each step whether to go on."""
        class_id = await self._make(founded(name))
        yield class_id is not None
        student_id = await self._make(joined(name, class_id or ""))
        yield student_id is not None
        for change in changes(name, class_id or "", student_id or ""):
            yield await self._make(change) is not None

    async def _make(self, change: Change) -> str | None:
        """Make a change and return the id that the answer gives; None when it is not to be made, or was refused."""
        if not self._progress.begin():
            return None
        try:
            answer = await next(self._replicas).request(
                change.method, change.path, json=change.body, headers={"X-User-ID": self._name}
            )
        except httpx.TransportError as error:
            self._progress.refused.append(f"{change.method} {change.path}: {error!r}")
            return None
        if not answer.is_success:
            self._progress.refused.append(f"{change.method} {change.path}: {answer.status_code} {answer.text[:200]}")
            return None
        new = str(answer.json()["id"])
        self._progress.expected += [
            event._replace(subject=event.subject.replace(NEW, new)) for event in change.announced
        ]
        self._progress.made += 1
        return new


def founded(name: str) -> Change:
    """A class is created."""
    return Change(
        "POST",
        "/v1/classes/",
        {"name": name, "course_codes": ["ENG5"]},
        (Event(CREATED, NEW, name), Event(NOTIFIED, NEW, "class_created")),
    )


def joined(name: str, class_id: str) -> Change:
    """A student is created in a class."""
    return Change(
        "POST",
        "/v1/classes/students",
        {"person_name": {"first_name": name, "last_name": "Student"}, "class_ids": [class_id]},
        (Event(STUDENT_CREATED, NEW, name), Event(NOTIFIED, class_id, "student_added_to_class")),
    )


def changes(name: str, class_id: str, student_id: str) -> Iterator[Change]:
    """Class and student are renamed in turn."""
    for number in range(1, RENAMED + 1):
        new = f"{name}.{number}"
        yield Change("PUT", f"/v1/classes/{class_id}", {"name": new}, (Event(UPDATED, class_id, new),))
        yield Change(
            "PUT",
            f"/v1/classes/students/{student_id}",
            {"person_name": {"first_name": new, "last_name": "Student"}},
            (Event(STUDENT_UPDATED, student_id, new),),
        )


async def make_changes(urls: Sequence[str], progress: Progress) -> None:
    """Have all teachers work until there are enough changes; a teacher whose change is refused works on no more."""
    # A connection that has idled is given up before any server would close it under a request.
    limits = httpx.Limits(keepalive_expiry=IDLE_SECONDS)
    clients = [
        httpx.AsyncClient(base_url=url, timeout=10, limits=limits, verify=False)  # noqa: S501 -- plain HTTP
        for url in urls
    ]
    try:
        await asyncio.gather(*(Teacher(f"teacher-{n}", clients, progress).work() for n in range(TEACHERS)))
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))
