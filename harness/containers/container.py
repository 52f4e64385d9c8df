"""What all containers of a run have in common."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar, TypeVar

import docker.errors
import requests
from docker.models.containers import Container
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient
from testcontainers.core.network import Network

from harness.engine import explained
from harness.errors import DidNotComeUpError, InfrastructureError
from harness.eventually import NeverHappenedError, Patience
from harness.ports import free_port

T = TypeVar("T")

LOG_TAIL = 15
PORT_TRIES = 5
KILLED = 137
THIS_MACHINE = "127.0.0.1"
BETWEEN_PROBES = 0.1
"""Seconds: no process is ready at once, and each time that it is asked takes time from its start."""
STILL_RUNS = 0.25
"""Seconds after which the engine is asked once more whether a container that is not ready has ended."""
PART, MADE_FROM = "acceptance.part", "acceptance.made-from"
PORT_TAKEN = ("port is already allocated", "address already in use")


@cache
def _api_version() -> str:
    """Return the version in which to speak to the engine, asked for once instead of for each container."""
    return str(DockerClient().client.api.api_version)


class RunContainer(DockerContainer):
    """A container on the network of a run, known there as `alias`, with one published port.

    Subclasses say in `probe` what ready means (a protocol round trip) and in `bear` which errors mean "not yet".
    """

    alias: str
    inner_port: int = 0
    bear: ClassVar[tuple[type[Exception], ...]] = (OSError,)

    def __init__(self, image: str, network: Network, labels: dict[str, str], patience: Patience, **kwargs: Any):
        super().__init__(image, docker_client_kw={"version": _api_version()})
        self.with_network(network)
        self.with_network_aliases(self.alias)
        self._labels, self._options = labels, kwargs
        self.patience = patience
        self.published_port = 0

    async def probe(self) -> None:
        """Speak the protocol once; raises an AssertionError, or an error of `bear`, while it is not ready."""
        raise NotImplementedError

    async def answers(self) -> None:
        """Speak the protocol once, as quickly as can be; raises as `probe` does."""
        await self.probe()

    @property
    def host(self) -> str:
        """The host on which the published port is reached; this machine by its number, for its name has several."""
        host = str(self.get_docker_client().host())
        return THIS_MACHINE if host == "localhost" else host

    def choose_port(self, port: int) -> None:
        """Publish the container's port as `port`; subclasses that advertise it say so here."""
        self.published_port = port
        self.with_bind_ports(self.inner_port, port)
        if self.host == THIS_MACHINE:
            # Nobody else's machine is to reach it, and the engine has a process for each address.
            self.ports[str(self.inner_port)] = (THIS_MACHINE, port)  # type: ignore[assignment]  # as docker has it

    async def up(self, within: float = 60) -> None:
        """Start the container and wait until it is ready; `within` is in seconds.

        Raises `InfrastructureError` when it does not start, exits, or is not ready in time.
        """
        await asyncio.to_thread(self._start)
        await self.until_ready(within)

    @cached_property
    def made_from(self) -> str:
        """A digest of image, environment, command and options, ports apart: made from the same, it is the same."""
        parts = (self.image, sorted(self.env.items()), self._command, self.tmpfs, self._options)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def attach(self, found: Mapping[str, Any]) -> str:
        """Take the container that the engine lists as `found` for this one; returns why not, empty if so."""
        if found["State"] != "running":
            return f"its container {self.alias} is {found['State']}"
        if found["Labels"].get(MADE_FROM) != self.made_from:
            return f"its container {self.alias} is made from another image or with other settings"
        ports = {p.get("PrivatePort"): p.get("PublicPort") for p in found["Ports"]}
        if ports.get(self.inner_port) is None:
            return f"its container {self.alias} publishes no port"
        self.choose_port(int(ports[self.inner_port]))
        self._container = self.get_docker_client().client.containers.prepare_model(dict(found))
        return ""

    def _start(self) -> None:
        own = {PART: self.alias, MADE_FROM: self.made_from}
        self.with_kwargs(labels=self._labels | own, **self._options)
        for attempt in range(PORT_TRIES):
            self.choose_port(free_port())
            try:
                self.start()
            except requests.RequestException as error:
                taken = any(text in str(error) for text in PORT_TAKEN)
                if taken and attempt + 1 < PORT_TRIES:
                    self.remove()
                    continue
                raise explained(error, f"Starting the container {self.alias} ({self.image})") from error
            return

    async def until_ready(self, within: float) -> None:
        """Wait until the probe succeeds; see `up`."""
        not_yet: tuple[type[Exception], ...] = (AssertionError, *self.bear)
        next_look = time.monotonic() + STILL_RUNS

        async def look() -> None:
            nonlocal next_look
            try:
                await self.probe()
            except not_yet:
                if time.monotonic() >= next_look:
                    await self.assert_running()
                    next_look = time.monotonic() + STILL_RUNS
                raise

        try:
            await self.patience.eventually(look, within=within, bear=self.bear, pause=BETWEEN_PROBES)
        except NeverHappenedError as error:
            raise DidNotComeUpError(
                f"The container {self.alias} ({self.image}) runs, but is not ready: {error}",
                details=await asyncio.to_thread(self.log_tail),
            ) from error

    async def engine(self, action: Callable[[Container], T]) -> T:
        """Have the engine do something with the container and return its answer; raises `InfrastructureError`."""
        try:
            return await asyncio.to_thread(lambda: action(self.get_wrapped_container()))
        except (docker.errors.APIError, requests.RequestException) as error:
            raise explained(error, f"Working on the container {self.alias}") from error

    async def inspect(self) -> dict[str, Any]:
        """Return what the engine tells about the container now; raises `InfrastructureError`, also when it is gone."""

        def look(container: Container) -> dict[str, Any]:
            container.reload()
            return dict(container.attrs)

        return await self.engine(look)

    async def assert_running(self) -> None:
        """Raise `InfrastructureError` with the last log lines when the container has ended or is gone."""
        await asyncio.to_thread(self._assert_running)

    def _assert_running(self) -> None:
        try:
            container = self.get_wrapped_container()
            container.reload()
        except docker.errors.NotFound:
            raise InfrastructureError(f"The container {self.alias} is gone: somebody removed it.") from None
        if container.status in {"exited", "dead"}:
            code = container.attrs["State"]["ExitCode"]
            why = " (killed: by somebody, or for want of memory)" if code == KILLED else ""
            raise DidNotComeUpError(
                f"The container {self.alias} ({self.image}) has ended with exit code {code}{why}.",
                details=self.log_tail(),
            )

    def log_tail(self, lines: int = LOG_TAIL) -> str:
        """Return the last `lines` lines of the container's log, or why there are none."""
        try:
            raw = self.get_wrapped_container().logs(tail=lines).decode(errors="replace")
        except docker.errors.APIError as error:
            return f"(no log: {error.explanation})"
        return f"Its last log lines:\n{raw.rstrip() or '(it wrote nothing)'}"

    async def log_lines(self, since: float) -> list[str]:
        """Return what the process wrote since the moment `since` (Unix seconds)."""
        raw: bytes = await asyncio.to_thread(self.get_wrapped_container().logs, since=since)
        return raw.decode(errors="replace").splitlines()

    def remove(self) -> None:
        """Remove the container and its anonymous volumes; no error when it is gone already."""
        if self._container is None:
            return
        try:
            self._container.remove(force=True, v=True)
        except docker.errors.NotFound:
            pass
        except docker.errors.APIError as error:
            if error.status_code != 409:  # noqa: PLR2004 -- 409: its removal is in progress already
                raise
        self._container = None
