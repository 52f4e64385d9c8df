"""uvicorn inside our own loop; signals stay ours."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from litestar.types import ASGIApp

DRAIN_SECONDS = 2
"""How long requests in hand may take after a stop."""
IDLE_SECONDS = 75
"""How long a connection may idle: longer than gateways (60 s as a rule) and clients (5 s) keep theirs. Who closes first
must be who asks, for a request on its way to a connection that is being closed is lost."""


class HttpServer:
    """Serves an application on a socket that is open already."""

    def __init__(self, app: ASGIApp, listening: socket.socket):
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=DRAIN_SECONDS,
            timeout_keep_alive=IDLE_SECONDS,
            server_header=False,
        )
        self._server = _Server(config)
        self._listening = listening

    async def run(self) -> None:
        """Serve until `stop`."""
        await self._server.serve(sockets=[self._listening])

    def stop(self) -> None:
        """Take no new requests, finish those in hand, and let `run` return."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
