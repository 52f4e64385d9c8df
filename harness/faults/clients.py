"""Clients who hold what a service has only so much of."""

import asyncio

import httpx

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
            _, writer = await asyncio.open_connection(self._service.host, self._service.published_port)
            self._open.append(writer)

    async def prove(self) -> None:
        """See `Fault`."""
        address = f"http://{self._service.host}:{self._service.published_port}"
        async with httpx.AsyncClient(base_url=address, timeout=ANSWERS_WITHIN, verify=False) as client:  # noqa: S501
            try:
                await client.get("/")
            except httpx.TransportError:
                return
        raise AssertionError(f"{self._service.alias} takes up one more connection than {self._clients}")

    async def heal(self) -> None:
        """See `Fault`."""
        leaving, self._open = self._open, []
        for writer in leaving:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in leaving), return_exceptions=True)
