"""What a container uses at a moment, as the engine counts it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.containers.container import RunContainer
from harness.errors import InfrastructureError


@dataclass(frozen=True)
class Usage:
    """Bytes of memory that belong to the processes themselves, without what the kernel caches of files; threads."""

    memory: int
    threads: int

    @classmethod
    def read(cls, stats: Mapping[str, Any]) -> "Usage":
        """Read the engine's answer, of either generation of cgroups; raises `InfrastructureError` for another."""
        memory = stats.get("memory_stats", {}).get("stats", {})
        own = memory.get("anon", memory.get("total_rss"))
        threads = stats.get("pids_stats", {}).get("current")
        if own is None or threads is None:
            raise InfrastructureError("The engine does not count the memory and the threads of containers.")
        return cls(int(own), int(threads))


async def usage(container: RunContainer) -> Usage:
    """Ask the engine what a running container uses now."""
    wrapped = container.get_wrapped_container()
    return Usage.read(await asyncio.to_thread(wrapped.stats, stream=False, one_shot=True))
