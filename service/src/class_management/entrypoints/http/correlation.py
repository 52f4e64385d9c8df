"""Each request has a correlation id, and leaves one line in the log: its route, and the ids in its path (H11, M1)."""

import asyncio
import logging
import time
from http import HTTPStatus
from uuid import uuid4

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from class_management import logs
from class_management.entrypoints.http.errors import unavailable_body
from class_management.entrypoints.ids import parse_uuid

HEADER = b"x-correlation-id"
NO_ROUTE = "(no route)"
QUIET = {"/healthz", "/livez", "/metrics"}

logger = logging.getLogger(__name__)


def with_correlation(app: ASGIApp) -> ASGIApp:
    """Wrap an application: the request's id, if it is a UUID, else a new one, is in log lines and in the answer."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(HEADER, b"").decode("latin-1")
        correlation_id = given if parse_uuid(given) else str(uuid4())
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, correlation_id.encode())]
            await send(message)

        begun = time.monotonic()
        with logs.about(correlation_id=correlation_id):
            try:
                await app(scope, receive, send_with_id)
            except asyncio.CancelledError:  # the service is told to stop, and this has taken too long (L4)
                if not status:
                    await _say_unavailable(send_with_id)
            level = logging.DEBUG if scope["path"] in QUIET else logging.INFO
            about = {
                "method": scope["method"],
                "path": scope.get("path_template") or NO_ROUTE,
                "status": status,
                "milliseconds": round((time.monotonic() - begun) * 1000, 1),
                **_ids(scope),
            }
            logger.log(level, "request answered", extra=about)

    return wrapped


async def _say_unavailable(send: Send) -> None:
    body = unavailable_body()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": HTTPStatus.SERVICE_UNAVAILABLE, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _ids(scope: Scope) -> dict[str, str]:
    """The ids in the path; what is none may be a name, or anything else that somebody has put there (S1)."""
    found = {name: str(value) for name, value in (scope.get("path_params") or {}).items()}
    return {name: value for name, value in found.items() if parse_uuid(value)}
