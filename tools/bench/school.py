"""Classes, students and events to measure with, and the rows that they become."""

import json
import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from actors import wire

COURSE = "ENG5"
TEACHER = "bench-teacher"
BETTER, WORSE = 0.93, 0.61


@dataclass(frozen=True)
class Classroom:
    """A class and its students."""

    class_id: uuid.UUID
    students: Sequence[uuid.UUID]


@dataclass(frozen=True)
class Row:
    """What is to be stored of one essay."""

    essay_id: uuid.UUID
    student_id: uuid.UUID
    batch_id: uuid.UUID
    class_id: uuid.UUID


@dataclass(frozen=True)
class Batch:
    """A batch of essays: the message as it travels, made beforehand, and the rows that it has to become."""

    batch_id: uuid.UUID
    value: bytes
    headers: Sequence[tuple[str, bytes]]
    rows: Sequence[Row] = field(repr=False)

    @property
    def key(self) -> bytes:
        """The record's key: the batch's id."""
        return str(self.batch_id).encode()


async def found_school(connection: "asyncpg.Connection[Any]", classes: int, students: int) -> list[Classroom]:
    """Store so many `classes` with so many `students` each, and return them."""
    school = [Classroom(uuid.uuid4(), [uuid.uuid4() for _ in range(students)]) for _ in range(classes)]
    course = await connection.fetchval("SELECT id FROM courses WHERE course_code::text = $1", COURSE)
    await connection.executemany(
        "INSERT INTO classes (id, name, created_by_user_id, course_id) VALUES ($1, $2, $3, $4)",
        [(room.class_id, f"Class {number}", TEACHER, course) for number, room in enumerate(school, 1)],
    )
    everyone = [(student, room.class_id) for room in school for student in room.students]
    await connection.executemany(
        "INSERT INTO students (id, first_name, last_name, created_by_user_id) VALUES ($1, $2, $3, $4)",
        [(student, "Student", str(number), TEACHER) for number, (student, _) in enumerate(everyone, 1)],
    )
    await connection.executemany(
        "INSERT INTO class_student_association (student_id, class_id) VALUES ($1, $2)", everyone
    )
    return school


def batches(school: Sequence[Classroom], count: int, essays: Sequence[int]) -> list[Batch]:
    """Make `count` batches, of the classes in turn, with numbers of `essays` in turn."""
    return [batch(school[n % len(school)], essays[n % len(essays)]) for n in range(count)]


def batch(room: Classroom, essays: int) -> Batch:
    """Make a batch of `essays` of a class: two students are suggested for each, the better one comes second."""
    rows = rows_of(room, essays)
    results = [
        wire.match_result(
            str(row.essay_id),
            [
                wire.Suggestion(str(room.students[n % len(room.students)]), "Another Student", WORSE),
                wire.Suggestion(str(row.student_id), "Some Student", BETTER),
            ],
        )
        for n, row in enumerate(rows)
    ]
    event = wire.Event.of(wire.suggested_data(str(rows[0].batch_id), str(room.class_id), results))
    return Batch(rows[0].batch_id, event.value, event.headers, rows)


def rows_of(room: Classroom, essays: int) -> list[Row]:
    """Make the rows of a batch of `essays`, which the students of the class have written in a random order."""
    batch_id = uuid.uuid4()
    students = [room.students[n % len(room.students)] for n in range(essays)]
    random.shuffle(students)
    return [Row(uuid.uuid4(), student, batch_id, room.class_id) for student in students]


def columns(rows: Iterable[Row]) -> tuple[list[Any], ...]:
    """Return `rows` as the arrays that the storing statement takes, in its order."""
    listed = list(rows)
    return (
        [row.essay_id for row in listed],
        [row.student_id for row in listed],
        [row.batch_id for row in listed],
        [row.class_id for row in listed],
        [BETTER] * len(listed),
        [json.dumps(["name_match"])] * len(listed),
    )
