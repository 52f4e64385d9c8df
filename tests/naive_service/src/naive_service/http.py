"""Classes, students, rosters and what was suggested, over HTTP: PostgreSQL makes the answers (routes.sql)."""

import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import asyncpg

CHECKS = {"service_responsive": True, "dependencies_available": True}
HEALTHY: dict[str, Any] = {"service": "naive_service", "status": "healthy", "message": "all is well", "checks": CHECKS}
HEALTHY |= {"version": "0.1.0", "environment": "development", "dependencies": {"database": {"status": "healthy"}}}
BAD_REQUEST = (ValueError, TypeError, AttributeError, asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)
ASKED = "WITH asked AS (SELECT $1::uuid AS id, $2::text AS teacher, $3::jsonb AS body) "
ROUTES = (files("naive_service") / "routes.sql").read_text().replace("{id}", "([^/]+)").split("--> ")[1:]


class NotFound(Exception):  # noqa: N818 -- what it is
    """There is no such thing, or it is somebody else's."""


class App:
    """The ASGI application."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        try:
            status, text = await self._answer(scope, headers.get("x-user-id", ""), body)
        except (NotFound, *BAD_REQUEST) as trouble:
            status, code = (404, "NOT_FOUND") if isinstance(trouble, NotFound) else (400, "BAD_REQUEST")
            text = _refusal(code, f"{type(trouble).__name__}: {trouble}", headers, scope["path"])
        kind = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": kind})
        await send({"type": "http.response.body", "body": text.encode()})

    async def _answer(self, scope: Any, teacher: str, body: bytes) -> tuple[int, str]:
        if scope["path"] == "/healthz":
            return 200, json.dumps(HEALTHY)
        for method, path, statements in (route.split(maxsplit=2) for route in ROUTES):
            if scope["method"] == method and (match := re.fullmatch(path, scope["path"])):
                if not teacher and "roster" not in path:
                    return 401, '{"error": "User authentication required"}'
                asked = json.loads(body or "{}") | dict(parse_qsl(scope["query_string"].decode()))
                id_ = UUID(match[1]) if match.groups() else None
                return 201 if method == "POST" else 200, await self._run(statements, id_, teacher, json.dumps(asked))
        raise NotFound(scope["path"])

    async def _run(self, statements: str, *values: Any) -> str:
        async with self._pool.acquire() as connection, connection.transaction():
            answer = [await connection.fetchval(ASKED + part, *values) for part in statements.split(";")][-1]
            if answer is None:
                raise NotFound
        return str(answer)


def _refusal(code: str, why: str, headers: dict[str, str], operation: str) -> str:
    try:
        correlation_id = UUID(headers["x-correlation-id"])
    except (KeyError, ValueError):
        correlation_id = uuid4()
    error = {"error_code": code, "message": why, "correlation_id": str(correlation_id), "details": {}}
    error |= {"timestamp": datetime.now(UTC).isoformat(), "service": "naive_service", "operation": operation}
    return json.dumps({"error": error})
