"""uvicorn inside our own loop; signals stay ours."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from litestar.types import ASGIApp

DRAIN_SECONDS = 2.0
"""How long requests in hand may take after a stop."""
GIVE_UP_SECONDS = 2.5
"""How long giving up those that take longer may take: a connection to a database that hangs takes 2 s. They answer that
they could not be served."""
IDLE_SECONDS = 75
"""How long a connection may idle: longer than gateways (60 s as a rule) and clients (5 s) keep theirs. Who closes first
must be who asks, for a request on its way to a connection that is being closed is lost."""

logger = logging.getLogger(__name__)


class HttpServer:
    """Serves an application on a socket that is open already."""

    def __init__(self, app: ASGIApp, listening: socket.socket):
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
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

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for the requests in hand, then give them up, and close what a client keeps open (L4).

        uvicorn's own limit of this time calls each of them an error.
        """
        waiting = asyncio.create_task(super().shutdown(sockets))
        done, _ = await asyncio.wait([waiting], timeout=DRAIN_SECONDS)
        if not done:
            for connection in list(self.server_state.connections):  # one may have been made since uvicorn has told them
                connection.shutdown()
            if tasks := list(self.server_state.tasks):
                logger.warning("requests in hand were given up", extra={"requests": len(tasks)})
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks, timeout=GIVE_UP_SECONDS)
            for connection in list(self.server_state.connections):
                connection.transport.close()
        await waiting
