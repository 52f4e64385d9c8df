"""The service under test in its container."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import httpx
from docker.types import Ulimit

from harness.broker import Broker
from harness.containers.container import KILLED, RunContainer
from harness.containers.log_stream import LogStream
from harness.exchanges import Exchange, RecordingClient
from harness.target import Target

OK = 200
NOT_BY_THE_ENGINE = {"test": ["NONE"]}
"""The engine does not run the image's health check by itself: its processes would be counted among the service's."""
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=1.0)
"""As httpx has them, save that an idle connection is not used again after 5 s: that is when many servers close it."""


@dataclass(frozen=True)
class Ended:
    """How the process of a container ended: its exit code, and when (Unix seconds)."""

    exit_code: int
    at: float


class ServiceContainer(RunContainer):
    """One process of the service; ready when it says it is healthy and has joined its group, which is working.

    `number` tells processes on one network apart; the first is known there as `service`.
    """

    alias = "service"
    bear: ClassVar[tuple[type[Exception], ...]] = (OSError, httpx.TransportError)

    def __init__(
        self,
        target: Target,
        environment: Mapping[str, str],
        group: str,
        broker: Broker,
        *args: Any,
        number: int = 1,
        **kwargs: Any,
    ) -> None:
        self.inner_port = target.port
        if number > 1:
            self.alias = f"service-{number}"
        super().__init__(*args, **kwargs, read_only=target.read_only, healthcheck=NOT_BY_THE_ENGINE)
        self.with_tmpfs_mount("/tmp", "size=64m")  # noqa: S108 -- in the container
        self.with_envs(**environment)
        if target.command:
            self.with_command(list(target.command))
        self._health, self._group, self._broker = target.health, group, broker
        self._others: frozenset[str] = frozenset()
        self.members: frozenset[str] = frozenset()
        """Its member ids in the consumer group, as of when it was ready."""
        self._http: RecordingClient | None = None
        self._log: LogStream | None = None
        self._log_since: float | None = time.time()  # of a process that runs already, only what comes is ours

    def _start(self) -> None:
        self._log_since = None
        super()._start()

    def may_have_open(self, files: int) -> None:
        """Have it started with so many descriptors, of files and connections together, that it may have open."""
        self._options["ulimits"] = [Ulimit(name="nofile", soft=files, hard=files)]

    @property
    def http(self) -> httpx.AsyncClient:
        """A client of the service's HTTP API."""
        if self._http is None:
            # Without `verify` it would read the machine's certificates, for nothing.
            address = f"http://{self.host}:{self.published_port}"
            self._http = RecordingClient(base_url=address, timeout=10, verify=False, limits=LIMITS)
        return self._http

    @property
    def exchanges(self) -> list[Exchange]:
        """What was asked through `http` and answered, oldest first."""
        return list(self._http.exchanges) if self._http is not None else []

    async def up(self, within: float = 60) -> None:
        """Start it as any container; who was a member of its group before is not taken for it."""
        self._others = frozenset(await self.patience.eventually(lambda: self._broker.members(self._group)))
        await super().up(within)

    async def begin(self) -> None:
        """Start it, and wait for nothing; nobody else may be a member of its group."""
        await asyncio.to_thread(self._start)

    async def start_again(self, within: float = 60) -> None:
        """Start the process once more after it has ended; as `up` otherwise. Raises AssertionError while it runs."""
        await self.begin_again()
        await self.until_ready(within)

    async def begin_again(self) -> None:
        """Start the process once more, and do not wait until it is ready: what it needs may be away."""
        if (await self.inspect())["State"]["Running"]:
            raise AssertionError("the service runs already")
        self._others = frozenset(await self._broker.members(self._group))
        await self.engine(lambda container: container.start())

    async def probe(self) -> None:
        """Ask for its health, and the broker for its membership."""
        answer = await self.http.get(self._health)
        if answer.status_code != OK:
            raise AssertionError(f"{self._health} answers {answer.status_code}: {answer.text[:500]}")
        self.members = await self._broker.working_members(self._group) - self._others
        if not self.members:
            raise AssertionError(f"it is no working member of the consumer group {self._group} yet")

    async def assert_healthy(self) -> None:
        """Raise AssertionError unless it says that all is well, and not only that it works."""
        answer = await self.http.get(self._health)
        try:
            told = answer.json()
        except ValueError:
            told = None
        is_healthy = answer.status_code == OK and isinstance(told, dict) and told.get("status") == "healthy"
        assert is_healthy, f"{self._health} answers {answer.status_code}: {answer.text[:500]}"

    async def killed(self, within: float = 5) -> None:
        """Kill the process, wait until it is gone, and take its dead member out of the group, which else waits for it.

        Raises AssertionError when it ended in another way.
        """
        await self.engine(lambda container: container.kill(signal="SIGKILL"))
        ended = await self.ended(within)
        if ended.exit_code != KILLED:
            raise AssertionError(f"it was not killed: it has ended with exit code {ended.exit_code}\n{self.log_tail()}")
        await self._broker.evict(self._group, self.members)

    async def missed(self, within: float) -> None:
        """Wait until the group has given its members up, whatever the process is doing; `within` is in seconds.

        Once it is a member again, under whatever id, it counts as ready. Raises NeverHappenedError.
        """

        async def look() -> None:
            members = await self._broker.working_members(self._group)
            assert members and not members & self.members, f"the group still has it: its members are {sorted(members)}"
            self._others = members

        await self.patience.eventually(look, within=within)

    async def signal(self, name: str) -> None:
        """Send a signal such as SIGTERM to the process."""
        await asyncio.to_thread(self.get_wrapped_container().kill, signal=name)

    async def health_check(self) -> tuple[int, str]:
        """Run the image's own health check in the container, as the engine does: its exit code, and what it printed.

        Raises AssertionError where the image has none.
        """
        image = await self.engine(lambda container: container.image)
        kind, *words = (image.attrs["Config"].get("Healthcheck") or {}).get("Test") or ["NONE"]
        assert kind != "NONE", f"the image {self.image} has no health check of its own"
        command = ["/bin/sh", "-c", *words] if kind == "CMD-SHELL" else words
        answer = await self.engine(lambda container: container.exec_run(command))
        return int(answer.exit_code), answer.output.decode(errors="replace").strip()

    async def ended(self, within: float) -> Ended:
        """Wait until the process has ended; `within` is in seconds. Raises AssertionError when it goes on."""

        async def look() -> Ended:
            container = self.get_wrapped_container()
            await asyncio.to_thread(container.reload)
            state = container.attrs["State"]
            if state["Running"]:
                raise AssertionError("the process is still running")
            return Ended(int(state["ExitCode"]), _moment(state["FinishedAt"]))

        return await self.patience.eventually(look, within=within)

    async def close(self) -> None:
        """Close the suite's own connections to the service."""
        await self._close_http()
        if self._log is not None:
            self._log.close()

    async def _close_http(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def end(self) -> None:
        """Remove the container, whatever the process is doing: that it ends in good order, scenarios show."""
        await self._close_http()
        if self.log is not None:
            await asyncio.to_thread(self.log.catch_up)  # its last words are read before they go
        await asyncio.to_thread(self.remove)
        await self.close()

    @property
    def log(self) -> LogStream | None:
        """What the process writes, followed from the first look on; None where it was never started."""
        if self._log is None and self._container is not None:
            self._log = LogStream(self._container, self._log_since)
        return self._log

    async def log_lines(self, since: float) -> list[str]:
        """Return what the process wrote since the moment `since` (Unix seconds), which lies in this scenario."""
        if self.log is None:
            return []
        await asyncio.to_thread(self.log.catch_up)
        return self.log.lines(since)


def _moment(engine_time: str) -> float:
    """Return an engine's time as Unix seconds."""
    return datetime.fromisoformat(engine_time).timestamp()
