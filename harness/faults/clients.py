"""Clients who hold what a service has only so much of."""

import asyncio

from harness.containers.service import ServiceContainer
from harness.faults.fault import Fault

ANSWERS_WITHIN = 1.0
"""Seconds after which a request that nobody has taken up is taken for refused."""


class Crowded(Fault):
    """A service to which so many connections are open, by clients who say nothing, that it takes up no other one."""

    def __init__(self, service: ServiceContainer, clients: int) -> None:
        self._service, self._clients = service, clients
        self._open: list[asyncio.StreamWriter] = []

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._clients} clients sit on {self._service.alias}"

    async def cause(self) -> None:
        """See `Fault`."""
        for _ in range(self._clients):
            await self._connect()

    async def prove(self) -> None:
        """See `Fault`; a client who is answered stays, and the next one asks.

        Connections to a published port may overtake each other within the engine: one that is opened last can be
        taken up before those that were opened earlier, so an answer alone says nothing yet.
        """
        for _ in range(self._clients):
            if not await self._answers():
                return
        raise AssertionError(f"{self._service.alias} takes up more connections than {2 * self._clients}")

    async def heal(self) -> None:
        """See `Fault`."""
        leaving, self._open = self._open, []
        for writer in leaving:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in leaving), return_exceptions=True)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(self._service.host, self._service.published_port)
        self._open.append(writer)
        return reader, writer

    async def _answers(self) -> bool:
        """Connect, ask, and tell whether there is an answer; one that cannot connect gets none."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                reader, writer = await self._connect()
                writer.write(b"GET / HTTP/1.1\r\nHost: " + self._service.host.encode() + b"\r\n\r\n")
                return bool(await reader.read(1))
        except (TimeoutError, OSError):
            return False
