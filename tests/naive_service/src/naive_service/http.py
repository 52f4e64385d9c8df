"""Classes, students, rosters and what was suggested, over HTTP: PostgreSQL makes the answer of each route."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import asyncpg

from naive_service.consumer import Consumer

HEALTHY = {
    "service": "naive_service",
    "status": "healthy",
    "message": "all is well",
    "version": "0.1.0",
    "checks": {"service_responsive": True, "dependencies_available": True},
    "dependencies": {"database": {"status": "healthy"}},
    "environment": "development",
}
BAD_REQUEST = (ValueError, TypeError, AttributeError, asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)
ID, IDS = "(?P<id>[^/]+)", ("class_ids", "add_class_ids", "remove_class_ids")

ASKED = "WITH asked AS (SELECT $1::uuid AS id, $2::text AS teacher, $3::jsonb AS body)"
MY_CLASS = "classes c ON c.id = asked.id AND c.created_by_user_id = teacher"
MY_STUDENT = "students s ON s.id = asked.id AND s.created_by_user_id = teacher"
COURSE = "SELECT k.id FROM courses k WHERE k.course_code = (body #>> '{course_codes,0}')::course_code_enum"
CLASS = f"""
    {ASKED} SELECT json_build_object('id', c.id, 'name', c.name, 'course_code', k.course_code)
    FROM asked JOIN {MY_CLASS} JOIN courses k ON k.id = c.course_id
"""
STUDENT = f"""
    {ASKED} SELECT json_build_object('id', s.id, 'first_name', first_name, 'last_name', last_name, 'email', email,
        'class_ids', ARRAY(SELECT class_id FROM class_student_association WHERE student_id = s.id ORDER BY class_id))
    FROM asked JOIN {MY_STUDENT}
"""
GONE = f"""
    {ASKED}, gone AS (
        DELETE FROM {{0}} mine USING asked WHERE mine.id = asked.id AND created_by_user_id = teacher
        RETURNING 'deleted' AS message)
    SELECT to_json(gone) FROM gone
"""
ROUTES = {  # the statements of a route are one transaction; what the last one returns is the answer
    ("POST", "/v1/classes/?"): [
        f"""
        {ASKED}, made AS (
            INSERT INTO classes (name, created_by_user_id, course_id) SELECT body ->> 'name', teacher, ({COURSE})
            FROM asked RETURNING id, name)
        SELECT to_json(made) FROM made"""
    ],
    ("GET", "/v1/classes/?"): [
        f"""
        {ASKED}, page AS (
            SELECT coalesce((body ->> 'limit')::int, 20) AS "limit", coalesce((body ->> 'offset')::int, 0) AS "offset"
            FROM asked),
        shown AS (
            SELECT c.id, c.name, k.course_code, c.created_at,
                (SELECT count(*) FROM class_student_association a WHERE a.class_id = c.id) AS student_count
            FROM asked JOIN classes c ON c.created_by_user_id = teacher JOIN courses k ON k.id = c.course_id
            ORDER BY c.created_at DESC LIMIT (SELECT "limit" FROM page) OFFSET (SELECT "offset" FROM page))
        SELECT json_build_object(
            'classes', (SELECT coalesce(json_agg(shown ORDER BY created_at DESC), '[]') FROM shown),
            'pagination', json_build_object(
                'limit', "limit", 'offset', "offset", 'returned', (SELECT count(*) FROM shown)))
        FROM page"""
    ],
    ("POST", "/v1/classes/students/?"): [
        f"""
        {ASKED}, made AS (
            INSERT INTO students (first_name, last_name, legal_full_name, email, created_by_user_id)
            SELECT name ->> 'first_name', name ->> 'last_name', name ->> 'legal_full_name', body ->> 'email', teacher
            FROM (SELECT *, body -> 'person_name' AS name FROM asked) named RETURNING *),
        joined AS (
            INSERT INTO class_student_association SELECT c.id, made.id FROM made, asked
            JOIN classes c ON c.created_by_user_id = teacher AND body -> 'class_ids' ? c.id::text)
        SELECT json_build_object('id', id, 'full_name', first_name || ' ' || last_name) FROM made"""
    ],
    ("GET", f"/v1/classes/students/{ID}"): [STUDENT],
    ("PUT", f"/v1/classes/students/{ID}"): [
        f"""{ASKED}, named AS (SELECT *, nullif(body -> 'person_name', 'null') AS name FROM asked)
        UPDATE students s SET first_name = coalesce(name ->> 'first_name', first_name),
            last_name = coalesce(name ->> 'last_name', last_name), updated_at = DEFAULT,
            legal_full_name = CASE WHEN name IS NULL THEN legal_full_name ELSE name ->> 'legal_full_name' END,
            email = CASE WHEN body ? 'email' THEN body ->> 'email' ELSE email END
        FROM named WHERE s.id = named.id AND created_by_user_id = teacher""",
        f"""{ASKED} INSERT INTO class_student_association SELECT c.id, s.id FROM asked JOIN {MY_STUDENT}
        JOIN classes c ON c.created_by_user_id = teacher AND body -> 'add_class_ids' ? c.id::text
        ON CONFLICT DO NOTHING""",
        f"""{ASKED} DELETE FROM class_student_association USING asked JOIN {MY_STUDENT}
        WHERE student_id = s.id AND body -> 'remove_class_ids' ? class_id::text""",
        STUDENT,
    ],
    ("DELETE", f"/v1/classes/students/{ID}"): [GONE.format("students")],
    ("GET", f"/v1/classes/{ID}"): [CLASS],
    ("PUT", f"/v1/classes/{ID}"): [
        f"""{ASKED} UPDATE classes c SET name = coalesce(body ->> 'name', name), updated_at = DEFAULT,
            course_id = coalesce(({COURSE}), course_id)
        FROM asked WHERE c.id = asked.id AND created_by_user_id = teacher""",
        CLASS,
    ],
    ("DELETE", f"/v1/classes/{ID}"): [GONE.format("classes")],
    ("GET", f"/v1/classes/{ID}/roster"): [
        f"""
        {ASKED}, shown AS (
            SELECT s.id AS student_id, first_name, last_name, legal_full_name AS full_legal_name, email
            FROM asked JOIN class_student_association ON class_id = asked.id JOIN students s ON s.id = student_id)
        SELECT json_build_object(
            'students', (SELECT coalesce(json_agg(shown ORDER BY last_name), '[]') FROM shown))
        FROM asked JOIN classes c ON c.id = asked.id AND teacher IN ('', c.created_by_user_id)"""
    ],
    ("GET", f"/v1/batches/{ID}/student-associations"): [
        f"""
        {ASKED}, shown AS (
            SELECT essay_id, student_id AS suggested_student_id, confidence_score, match_reasons, e.created_at
            FROM asked JOIN essay_student_associations e ON e.batch_id = asked.id
            JOIN classes c ON c.id = e.class_id AND c.created_by_user_id = teacher)
        SELECT json_build_object('associations', coalesce(json_agg(shown ORDER BY created_at), '[]')) FROM shown"""
    ],
}


class Refused(Exception):  # noqa: N818 -- what it is
    """A request that is answered with a status and a code."""


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
            status, text = await self._answer(scope, headers.get("x-user-id", ""), body)
        except Refused as refusal:
            status, text = refusal.args[0], _refusal(refusal.args[1], headers, scope["path"])
        except BAD_REQUEST as trouble:
            status, text = 400, _refusal("BAD_REQUEST", headers, scope["path"], f"{type(trouble).__name__}: {trouble}")
        kind = b"text/plain; version=0.0.4" if text.startswith("#") else b"application/json"
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": text.encode()})

    async def _answer(self, scope: Any, teacher: str, body: bytes) -> tuple[int, str]:
        if scope["path"] == "/healthz":
            return 200, json.dumps(HEALTHY)
        if scope["path"] == "/metrics":
            return 200, f"# TYPE naive_events_total counter\nnaive_events_total {self._consumer.events}\n"
        for (method, pattern), statements in ROUTES.items():
            if scope["method"] == method and (match := re.fullmatch(pattern, scope["path"])):
                if not teacher and "roster" not in pattern:
                    return 401, '{"error": "User authentication required"}'
                asked = json.loads(body or "{}") | dict(parse_qsl(scope["query_string"].decode()))
                asked |= {name: [str(UUID(id_)) for id_ in asked.get(name) or []] for name in IDS}
                if len(asked.get("course_codes") or [1]) != 1:
                    raise Refused(400, "MULTIPLE_COURSE_ERROR")
                id_ = UUID(match["id"]) if "id" in match.groupdict() else None
                return 201 if method == "POST" else 200, await self._run(statements, id_, teacher, json.dumps(asked))
        raise Refused(404, "NOT_FOUND")

    async def _run(self, statements: list[str], *values: Any) -> str:
        async with self._pool.acquire() as connection, connection.transaction():
            answer = [await connection.fetchval(statement, *values) for statement in statements][-1]
            if answer is None:
                raise Refused(404, "NOT_FOUND")
        return str(answer)


def _refusal(code: str, headers: dict[str, str], operation: str, why: str = "") -> str:
    try:
        correlation_id = UUID(headers["x-correlation-id"])
    except (KeyError, ValueError):
        correlation_id = uuid4()
    error = {"error_code": code, "message": why or code, "correlation_id": str(correlation_id), "details": {}}
    error |= {"timestamp": datetime.now(UTC).isoformat(), "service": "naive_service", "operation": operation}
    return json.dumps({"error": error})
