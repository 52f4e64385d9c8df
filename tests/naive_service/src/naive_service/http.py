"""Classes, students, rosters and what was suggested, over HTTP."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import asyncpg

from naive_service.consumer import Consumer

Answer = tuple[int, Any]
HEALTHY = {
    "service": "naive_service",
    "status": "healthy",
    "message": "all is well",
    "version": "0.1.0",
    "checks": {"service_responsive": True, "dependencies_available": True},
    "dependencies": {"database": {"status": "healthy"}},
    "environment": "development",
}
CLASS = "SELECT c.id, c.name, k.course_code FROM classes c JOIN courses k ON k.id = c.course_id WHERE"
MEMBERS = "SELECT class_id FROM class_student_association WHERE student_id = $1 ORDER BY class_id"
JOIN = """
    INSERT INTO class_student_association (class_id, student_id)
    SELECT id, $1 FROM classes WHERE id = ANY($2) AND created_by_user_id = $3 ON CONFLICT DO NOTHING
"""
BAD_REQUEST = (ValueError, KeyError, TypeError, AttributeError, asyncpg.IntegrityConstraintViolationError)


class Refused(Exception):  # noqa: N818 -- what it is
    """A request that is answered with a status and a code."""


class Asked:
    """A request: its teacher, the id in its path, its query and its body."""

    def __init__(self, pool: asyncpg.Pool, teacher: str, path: dict[str, str], query: bytes, body: bytes) -> None:
        self.pool, self.teacher, self._path, self._body = pool, teacher, path, body
        self.query = dict(parse_qsl(query.decode()))

    @property
    def id(self) -> UUID:
        return UUID(self._path["id"])

    @property
    def body(self) -> Any:
        return json.loads(self._body)

    def course(self) -> str | None:
        codes = self.body.get("course_codes")
        if codes is not None and len(codes) != 1:
            raise Refused(400, "MULTIPLE_COURSE_ERROR")
        return str(codes[0]) if codes else None


async def create_class(asked: Asked) -> Answer:
    statement = """
        INSERT INTO classes (name, created_by_user_id, course_id)
        SELECT $1, $2, id FROM courses WHERE course_code::text = $3 RETURNING id, name
    """
    made = await asked.pool.fetchrow(statement, asked.body["name"], asked.teacher, asked.course())
    return 201, found(made, 400)


async def list_classes(asked: Asked) -> Answer:
    limit, offset = int(asked.query.get("limit", 20)), int(asked.query.get("offset", 0))
    query = """
        SELECT c.id, c.name, k.course_code, c.created_at,
            (SELECT count(*) FROM class_student_association a WHERE a.class_id = c.id) AS student_count
        FROM classes c JOIN courses k ON k.id = c.course_id WHERE c.created_by_user_id = $1
        ORDER BY c.created_at DESC LIMIT $2 OFFSET $3
    """
    rows = [dict(row) for row in await asked.pool.fetch(query, asked.teacher, limit, offset)]
    return 200, {"classes": rows, "pagination": {"limit": limit, "offset": offset, "returned": len(rows)}}


async def show_class(asked: Asked) -> Answer:
    return 200, found(await asked.pool.fetchrow(f"{CLASS} c.id = $1 AND created_by_user_id = $2", *own(asked)))


async def change_class(asked: Asked) -> Answer:
    statement = """
        UPDATE classes SET name = COALESCE($3, name), updated_at = now() AT TIME ZONE 'utc',
            course_id = COALESCE((SELECT id FROM courses WHERE course_code::text = $4), course_id)
        WHERE id = $1 AND created_by_user_id = $2
    """
    await asked.pool.execute(statement, *own(asked), asked.body.get("name"), asked.course())
    return await show_class(asked)


async def delete_class(asked: Asked) -> Answer:
    found(
        await asked.pool.fetchrow("DELETE FROM classes WHERE id=$1 AND created_by_user_id=$2 RETURNING id", *own(asked))
    )
    return 200, {"message": "deleted"}


async def show_roster(asked: Asked) -> Answer:
    found(
        await asked.pool.fetchrow("SELECT id FROM classes WHERE id=$1 AND $2 IN ('', created_by_user_id)", *own(asked))
    )
    query = """
        SELECT id AS student_id, first_name, last_name, legal_full_name AS full_legal_name, email
        FROM students JOIN class_student_association ON student_id = id WHERE class_id = $1 ORDER BY last_name
    """
    return 200, {"students": [dict(row) for row in await asked.pool.fetch(query, asked.id)]}


async def create_student(asked: Asked) -> Answer:
    name, class_ids = asked.body["person_name"], [UUID(i) for i in asked.body.get("class_ids") or []]
    statement = """
        INSERT INTO students (first_name, last_name, legal_full_name, email, created_by_user_id)
        VALUES ($1, $2, $3, $4, $5) RETURNING id, first_name || ' ' || last_name AS full_name
    """
    values = name["first_name"], name["last_name"], name.get("legal_full_name"), asked.body.get("email"), asked.teacher
    async with asked.pool.acquire() as connection, connection.transaction():
        made = await connection.fetchrow(statement, *values)
        await connection.execute(JOIN, made["id"], class_ids, asked.teacher)
    return 201, dict(made)


async def show_student(asked: Asked) -> Answer:
    query = "SELECT id, first_name, last_name, email FROM students WHERE id = $1 AND created_by_user_id = $2"
    student = found(await asked.pool.fetchrow(query, *own(asked)))
    return 200, {**student, "class_ids": [row["class_id"] for row in await asked.pool.fetch(MEMBERS, asked.id)]}


async def change_student(asked: Asked) -> Answer:
    body, name = asked.body, asked.body.get("person_name") or {}
    statement = """
        UPDATE students SET first_name = COALESCE($3, first_name), last_name = COALESCE($4, last_name),
            legal_full_name = CASE WHEN $5 THEN $6 ELSE legal_full_name END,
            email = CASE WHEN $7 THEN $8 ELSE email END, updated_at = now() AT TIME ZONE 'utc'
        WHERE id = $1 AND created_by_user_id = $2 RETURNING id
    """
    names = name.get("first_name"), name.get("last_name"), bool(name), name.get("legal_full_name")
    added, removed = ([UUID(i) for i in body.get(f"{verb}_class_ids") or []] for verb in ("add", "remove"))
    async with asked.pool.acquire() as connection, connection.transaction():
        found(await connection.fetchrow(statement, *own(asked), *names, "email" in body, body.get("email")))
        await connection.execute(JOIN, asked.id, added, asked.teacher)
        leave = "DELETE FROM class_student_association WHERE student_id = $1 AND class_id = ANY($2)"
        await connection.execute(leave, asked.id, removed)
    return await show_student(asked)


async def delete_student(asked: Asked) -> Answer:
    found(
        await asked.pool.fetchrow(
            "DELETE FROM students WHERE id=$1 AND created_by_user_id=$2 RETURNING id", *own(asked)
        )
    )
    return 200, {"message": "deleted"}


async def list_associations(asked: Asked) -> Answer:
    query = """
        SELECT e.essay_id, e.student_id AS suggested_student_id, e.confidence_score, e.match_reasons, e.created_at
        FROM essay_student_associations e JOIN classes c ON c.id = e.class_id
        WHERE e.batch_id = $1 AND c.created_by_user_id = $2 ORDER BY e.created_at
    """
    rows = await asked.pool.fetch(query, *own(asked))
    return 200, {"associations": [{**row, "match_reasons": json.loads(row["match_reasons"])} for row in rows]}


def own(asked: Asked) -> tuple[UUID, str]:
    return asked.id, asked.teacher


def found(row: Any, otherwise: int = 404) -> dict[str, Any]:
    if row is None:
        raise Refused(otherwise, "NOT_FOUND")
    return dict(row)


ROUTES: list[tuple[str, str, Callable[[Asked], Awaitable[Answer]]]] = [
    ("POST", "/v1/classes/?", create_class),
    ("GET", "/v1/classes/?", list_classes),
    ("POST", "/v1/classes/students/?", create_student),
    ("GET", "/v1/classes/students/(?P<id>[^/]+)", show_student),
    ("PUT", "/v1/classes/students/(?P<id>[^/]+)", change_student),
    ("DELETE", "/v1/classes/students/(?P<id>[^/]+)", delete_student),
    ("GET", "/v1/classes/(?P<id>[^/]+)", show_class),
    ("PUT", "/v1/classes/(?P<id>[^/]+)", change_class),
    ("DELETE", "/v1/classes/(?P<id>[^/]+)", delete_class),
    ("GET", "/v1/classes/(?P<id>[^/]+)/roster", show_roster),
    ("GET", "/v1/batches/(?P<id>[^/]+)/student-associations", list_associations),
]


class App:
    """The ASGI application."""

    def __init__(self, pool: asyncpg.Pool, consumer: Consumer) -> None:
        self._pool, self._consumer = pool, consumer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        try:
            status, shown = await self._answer(scope, headers.get("x-user-id", ""), body)
        except Refused as refusal:
            status, shown = refusal.args[0], _refusal(refusal.args[1], headers, scope["path"])
        except BAD_REQUEST as trouble:
            status, shown = 400, _refusal("BAD_REQUEST", headers, scope["path"], f"{type(trouble).__name__}: {trouble}")
        kind = b"text/plain; version=0.0.4" if isinstance(shown, str) else b"application/json"
        text = shown if isinstance(shown, str) else json.dumps(shown, default=_plain, ensure_ascii=False)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": text.encode()})

    async def _answer(self, scope: Any, teacher: str, body: bytes) -> Answer:
        if scope["path"] == "/healthz":
            return 200, HEALTHY
        if scope["path"] == "/metrics":
            return 200, f"# TYPE naive_events_total counter\nnaive_events_total {self._consumer.events}\n"
        for method, pattern, handler in ROUTES:
            if scope["method"] == method and (match := re.fullmatch(pattern, scope["path"])):
                if not teacher and handler is not show_roster:
                    return 401, {"error": "User authentication required"}
                return await handler(Asked(self._pool, teacher, match.groupdict(), scope["query_string"], body))
        raise Refused(404, "NOT_FOUND")


def _refusal(code: str, headers: dict[str, str], operation: str, why: str = "") -> dict[str, Any]:
    try:
        correlation_id = UUID(headers["x-correlation-id"])
    except (KeyError, ValueError):
        correlation_id = uuid4()
    error = {"error_code": code, "message": why or code, "correlation_id": correlation_id, "details": {}}
    return {"error": {**error, "timestamp": datetime.now(UTC), "service": "naive_service", "operation": operation}}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
