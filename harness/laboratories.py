"""The laboratories of a run: where scenarios play that break something, one in each at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from harness.laboratory import Laboratory
from harness.sites import Site, fresh_site

TAG = "laboratory"
THE_SERVICE_RUNS = "the service runs"
"""How a scenario begins to which any service will do, be it the one that the scenario before has left."""
NAMES = ("Laboratory", "Second laboratory", "Third laboratory", "Fourth laboratory")
"""As many are worth their start on two cores, the last one once nothing plays on the shared site any more. Five
scenarios at a time would leave no reserve for what else a machine does: promises that are kept within seconds would be
broken by the suite."""
WORTH_ANOTHER = 10
"""Scenarios in laboratories for which another one saves more time than its start takes."""
STACK_BYTES = 750_000_000
"""Memory that a stack takes, with the services on it; the shared stack is one, too."""


@dataclass(frozen=True)
class Rooms:
    """How many laboratories a run has, and so how many of its scenarios play at the same time, wherever they do."""

    number: int


def rooms_for(scenarios: int, memory: int) -> Rooms:
    """Return how many laboratories are worth their start for so many scenarios, and fit into `memory` (bytes)."""
    return Rooms(max(1, min(len(NAMES), scenarios // WORTH_ANOTHER + 1, memory // STACK_BYTES - 1)))


def in_laboratories(scenarios: Iterable[Any]) -> list[Any]:
    """Return those of behave's `scenarios` that work in a laboratory."""
    return [scenario for scenario in scenarios if TAG in scenario.effective_tags]


def on_the_shared_site(scenarios: Iterable[Any]) -> list[Any]:
    """Return those of behave's `scenarios` that work on the shared site."""
    return [scenario for scenario in scenarios if TAG not in scenario.effective_tags]


class Laboratories:
    """Has a site for each scenario that works in a laboratory, with an empty database: in the one that is free."""

    def __init__(self, laboratories: Sequence[Laboratory]) -> None:
        self._all = laboratories
        self._free = list(laboratories)
        self._freed = asyncio.Condition()
        self._starting = asyncio.Lock()

    @property
    def first(self) -> Laboratory:
        """The one that is begun first."""
        return self._all[0]

    @property
    def have_a_service_left(self) -> bool:
        """Whether the one that is free, of several the one that was used last, has a service that was left there."""
        free = next(iter(self._free), None)
        return free is not None and free.left is not None

    async def up(self, number: int) -> Laboratory:
        """Start one, unless that has begun already, and wait until it is up; raises `InfrastructureError`.

        They start one after the other, so that the first is of use as early as can be.
        """
        async with self._starting:
            await self._all[number].ready()
        return self._all[number]

    @asynccontextmanager
    async def site(self, *, service_runs: bool = False) -> AsyncIterator[Site]:
        """Give a site, once a laboratory is free and up; raises `InfrastructureError`.

        Where the `service_runs` as soon as the scenario begins, it may be the one that the scenario before has left.
        """
        async with self._freed:
            await self._freed.wait_for(lambda: self._free)
            laboratory = self._free.pop(0)
        try:
            await laboratory.ready()
            async with laboratory.used_alone(service_runs=service_runs), fresh_site(laboratory) as site:
                yield site
        finally:
            async with self._freed:
                self._free.insert(0, laboratory)
                self._freed.notify()

    async def rest(self) -> None:
        """Wait until none is being started."""
        await asyncio.gather(*(laboratory.rest() for laboratory in self._all))

    async def close(self) -> None:
        """Close all connections; raises what went wrong first. The laboratories are removed with the run."""
        ends = await asyncio.gather(*(one.close_clients() for one in self._all), return_exceptions=True)
        for trouble in ends:
            if trouble is not None:
                raise trouble
