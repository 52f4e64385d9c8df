"""A process of the service's image that is to end by itself: a command, or a start that cannot succeed."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import docker
import docker.errors
import requests
from docker.models.containers import Container

from harness.errors import InfrastructureError

AN_HOUR = 3600.0


class Result(NamedTuple):
    """How a process ended, and what it printed on both streams: some tell failures on the first."""

    exit_code: int
    printed: str


class OneOff:
    """One process in a container of its own, which goes as soon as it has told how it ended."""

    def __init__(self, container: Container) -> None:
        self._container = container

    @classmethod
    async def begin(
        cls,
        client: docker.DockerClient,
        image: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        network_mode: str,
        labels: Mapping[str, str],
    ) -> "OneOff":
        """Start the image's own command, or `command` if there is one; raises `InfrastructureError`."""
        try:
            container = await asyncio.to_thread(
                client.containers.run,
                image,
                list(command) or None,
                environment=dict(environment),
                network_mode=network_mode,
                labels=dict(labels),
                detach=True,
            )
        except docker.errors.APIError as error:
            raise InfrastructureError(f"The command could not be started: {error.explanation}") from error
        return cls(container)

    async def ended(self, within: float = AN_HOUR) -> Result:
        """Wait until it has ended, `within` seconds; raises AssertionError with what it printed if it goes on."""
        try:
            return await asyncio.to_thread(self._ended, within)
        finally:
            await self.remove()

    def _ended(self, within: float) -> Result:
        try:
            exit_code = int(self._container.wait(timeout=within)["StatusCode"])
        except requests.RequestException:
            raise AssertionError(f"it still runs after {within:.0f} s, and has printed:\n{self._printed()}") from None
        return Result(exit_code, self._printed())

    def _printed(self) -> str:
        return str(self._container.logs().decode(errors="replace"))

    async def kill(self) -> None:
        """End it by SIGKILL."""
        await asyncio.to_thread(self._container.kill)

    async def remove(self) -> None:
        """Remove it, whatever it is doing; no error when it is gone already."""
        with suppress(docker.errors.NotFound):
            await asyncio.to_thread(self._container.remove, force=True)
