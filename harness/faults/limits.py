"""Containers that get too little."""

from abc import abstractmethod
from typing import Any

from harness.containers.container import RunContainer
from harness.faults.fault import Fault

PERIOD = 100_000
"""Microseconds in which the share of CPU is counted."""
NO_LIMIT = -1
PLENTY = 1 << 50
"""Bytes of memory that are as good as no limit: the engine does not take a limit back altogether."""

ENOUGH_TO_LIVE = 256 * 1024 * 1024
"""Bytes of memory with which a service lives, as long as nobody else wants them."""
DIES_WITHIN = 20.0


class _Starved(Fault):
    """A container with a limit that it did not have; `limits` are those of `docker update`, `freed` takes them back."""

    lingers = True  # It may have missed anything meanwhile.

    def __init__(self, container: RunContainer, limits: dict[str, int], freed: dict[str, int]) -> None:
        self._container, self._limits, self._freed = container, limits, freed

    async def cause(self) -> None:
        """See `Fault`."""
        await self._container.engine(lambda container: container.update(**self._limits))

    async def heal(self) -> None:
        """See `Fault`."""
        await self._container.engine(lambda container: container.update(**self._freed))

    async def prove(self) -> None:
        """See `Fault`."""
        limits = (await self._container.inspect())["HostConfig"]
        if not self._holds(limits):
            raise AssertionError(f"{self._container.alias} has not got the limit")

    @abstractmethod
    def _holds(self, limits: dict[str, Any]) -> bool:
        """Tell whether the engine's `limits` of the container are those that it was to get."""


class StarvedOfCpu(_Starved):
    """A container that gets a share of one CPU, such as 0.1."""

    def __init__(self, container: RunContainer, share: float) -> None:
        self._quota = int(share * PERIOD)
        super().__init__(container, {"cpu_period": PERIOD, "cpu_quota": self._quota}, {"cpu_quota": NO_LIMIT})

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} gets {self._quota / PERIOD:g} of a CPU"

    def _holds(self, limits: dict[str, Any]) -> bool:
        return bool(limits["CpuQuota"] == self._quota)


class StarvedOfMemory(_Starved):
    """A container that gets so many bytes of memory, and no swap."""

    def __init__(self, container: RunContainer, size: int) -> None:
        self._size = size
        no_limit = {"mem_limit": PLENTY, "memswap_limit": PLENTY}
        super().__init__(container, {"mem_limit": size, "memswap_limit": size}, no_limit)

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} gets {self._size / 1e6:g} MB of memory"

    def _holds(self, limits: dict[str, Any]) -> bool:
        return bool(limits["Memory"] == self._size)


class StarvedToDeath(StarvedOfMemory):
    """A container whose main process the kernel has killed, for there was no memory left for it and another.

    The other one is a program in the same container that wants more than there is; mended, there is enough again.
    """

    def __init__(self, container: RunContainer, size: int = ENOUGH_TO_LIVE) -> None:
        super().__init__(container, size)

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} was killed for want of memory"

    async def cause(self) -> None:
        """See `Fault`."""
        await super().cause()
        glutton = f"echo 1000 > /proc/1/oom_score_adj; head -c {2 * self._size} /dev/zero | tail -c {2 * self._size}"
        await self._container.engine(
            lambda container: container.exec_run(["sh", "-c", f"{glutton} > /dev/null"], user="root", detach=True)
        )
        await self._container.patience.eventually(self.prove, within=DIES_WITHIN)

    async def prove(self) -> None:
        """See `Fault`."""
        state = (await self._container.inspect())["State"]
        if state["Running"] or not state["OOMKilled"]:
            raise AssertionError(f"{self._container.alias} was not killed for want of memory: it is {state['Status']}")
