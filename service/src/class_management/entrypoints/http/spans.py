"""Each request is a span, in the trace that its `traceparent` header names."""

from dishka import AsyncContainer
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from class_management import logs
from class_management.entrypoints.http.correlation import QUIET
from class_management.tracing import TRACEPARENT, Kind, Tracing

SERVER_ERROR = 500
NAMELESS = "HTTP"
"""A request of a route that does not exist: a name for each path that somebody tries would be too many."""


def with_spans(app: ASGIApp, container: AsyncContainer) -> ASGIApp:
    """Wrap an application; what monitoring asks all the time is left out."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] in QUIET:
            await app(scope, receive, send)
            return
        tracing = await container.get(Tracing)
        parent = dict(scope["headers"]).get(TRACEPARENT.encode(), b"").decode("latin-1")
        with tracing.span(NAMELESS, Kind.REQUEST, parent) as span:

            async def send_noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.note({"http.response.status_code": message["status"]})
                    if message["status"] >= SERVER_ERROR:
                        span.fail(str(message["status"]))
                await send(message)

            try:
                await app(scope, receive, send_noting)
            finally:
                span.note({"http.request.method": scope["method"], "correlation_id": logs.current_correlation_id()})
                if route := scope.get("path_template"):
                    span.rename(f"{scope['method']} {route}")
                    span.note({"http.route": route})

    return wrapped
