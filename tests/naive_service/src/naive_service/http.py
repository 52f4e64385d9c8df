"""Classes, students, rosters and what was suggested, over HTTP: PostgreSQL makes the answers (routes.sql)."""

import json
import re
from collections import defaultdict
from datetime import UTC, datetime
from importlib.resources import files
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
IDS = ("class_ids", "add_class_ids", "remove_class_ids")
ASKED = "WITH asked AS (SELECT $1::uuid AS id, $2::text AS teacher, $3::jsonb AS body) "


def _routes() -> dict[tuple[str, str], list[str]]:
    routes = defaultdict(list)
    for part in (files("naive_service") / "routes.sql").read_text().split("--> ")[1:]:
        route, statements = part.split("\n", 1)
        *methods, path = route.replace("{id}", "(?P<id>[^/]+)").split()
        for method in methods:
            routes[method, path] += [ASKED + statement for statement in statements.split(";") if statement.strip()]
    return routes


ROUTES = _routes()


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
