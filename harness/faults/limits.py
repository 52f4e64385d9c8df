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


class _Starved(Fault):
    """A container with a limit that it did not have; `limits` are those of `docker update`, `freed` takes them back."""

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
