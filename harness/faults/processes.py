"""Containers that stand still or are down."""

from harness.containers.container import KILLED, RunContainer
from harness.errors import InfrastructureError
from harness.eventually import NeverHappenedError
from harness.faults.fault import Fault

READY_WITHIN = 30.0
"""Seconds in which a container that was mended has to be ready."""
UNABLE, FREEZE_WITHIN = "unable to freeze", 10.0
"""What the engine says when a process of the container was being born just then, and the seconds of asking again."""
STOP_WITHIN = 25
"""Seconds that a container has to stop in an orderly way: Kafka takes some, and more on a busy machine."""
KILLED_WITHIN = 30
"""Seconds in which a process that was killed is gone."""


class Paused(Fault):
    """A container whose processes stand still: connecting to it still works, and nothing answers."""

    def __init__(self, container: RunContainer) -> None:
        self._container = container

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} is paused"

    async def cause(self) -> None:
        """See `Fault`."""
        try:
            await self._container.patience.eventually(self._pause, within=FREEZE_WITHIN)
        except NeverHappenedError as error:
            raise InfrastructureError(str(error)) from error

    async def _pause(self) -> None:
        try:
            await self._container.engine(lambda container: container.pause())
        except InfrastructureError as error:
            if UNABLE not in str(error):
                raise
            raise AssertionError(str(error)) from error

    async def prove(self) -> None:
        """See `Fault`."""
        if not await self._is_paused():
            raise AssertionError(f"{self._container.alias} goes on")

    async def heal(self) -> None:
        """See `Fault`."""
        if await self._is_paused():
            await self._container.engine(lambda container: container.unpause())
        await self._container.until_ready(READY_WITHIN)

    async def _is_paused(self) -> bool:
        return bool((await self._container.inspect())["State"]["Paused"])


class Killed(Fault):
    """A container that was killed in the middle of whatever it did; mended, it runs again with the data that it had."""

    verb = "killed"

    def __init__(self, container: RunContainer) -> None:
        self._container = container
        self._started_at = ""

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} is {self.verb}"

    async def cause(self) -> None:
        """See `Fault`."""
        self._started_at = (await self._container.inspect())["State"]["StartedAt"]
        await self._end()

    async def _end(self) -> None:
        await self._container.engine(lambda container: container.kill())
        await self._container.engine(lambda container: container.wait(timeout=KILLED_WITHIN))

    async def prove(self) -> None:
        """See `Fault`."""
        state = (await self._container.inspect())["State"]
        if state["Running"] or state["ExitCode"] != KILLED:
            raise AssertionError(f"{self._container.alias} was not killed: it is {_told(state)}")

    async def heal(self) -> None:
        """See `Fault`."""
        if not (await self._container.inspect())["State"]["Running"]:
            await self._container.engine(lambda container: container.start())
            if (await self._container.inspect())["State"]["StartedAt"] == self._started_at:
                raise AssertionError(f"{self._container.alias} was not started again")
        await self._container.until_ready(READY_WITHIN)


class Stopped(Killed):
    """A container that was stopped in an orderly way; mended, it runs again."""

    verb = "stopped"

    async def _end(self) -> None:
        await self._container.engine(lambda container: container.stop(timeout=STOP_WITHIN))

    async def prove(self) -> None:
        """See `Fault`."""
        state = (await self._container.inspect())["State"]
        if state["Running"] or state["ExitCode"] == KILLED:
            raise AssertionError(f"{self._container.alias} was not stopped in an orderly way: it is {_told(state)}")


def _told(state: dict[str, object]) -> str:
    return f"{state['Status']} with exit code {state['ExitCode']}"
