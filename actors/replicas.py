"""Several processes of the service in one group, of which one goes and comes back, or joins."""

import asyncio
import time
from collections.abc import Callable

from actors import wire
from actors.operator import Operator, a_defect_of_the_service
from harness.containers.service import ServiceContainer
from harness.eventually import Patience
from harness.faults import Disconnected, Fault, Faults, Happened, Paused, Stopped
from harness.sites import Site
from harness.tasks import call_off

GONE: dict[str, Callable[[ServiceContainer, str], Fault] | None] = {
    "is killed": None,
    "is told to stop": lambda replica, _: Stopped(replica),
    "stands still until it is missed": lambda replica, _: Paused(replica),
    "is cut off until it is missed": Disconnected,
}
"""How a replica goes, in the words of the features; each gives the fault for a replica on a network."""
JOINS_WITHIN = 15.0
"""Seconds after which one that joins is still kept waiting because others finish first what they have in hand."""
MISSED_WITHIN = 10.0
"""Seconds in which Kafka has to have given up a replica that is not heard of any more; more than its session."""


class Replicas:
    """The replicas at the site of the scenario; the first is the one that teachers ask, the last one goes."""

    def __init__(self, site: Site, operator: Operator, faults: Faults, patience: Patience) -> None:
        self._site, self._operator, self._faults, self._patience = site, operator, faults, patience
        self._fault: Fault | None = None
        self._killed: Happened | None = None
        self._joining: asyncio.Task[None] | None = None

    async def ends(self) -> None:
        """Wait no longer for one that joins."""
        await call_off(self._joining)

    async def two_run(self, missed_after: float | None = None) -> None:
        """Start two, which share the partitions; Kafka misses one that it has not heard of for so many seconds."""
        settings = wire.session_settings(missed_after) if missed_after else None
        await self._operator.starts_service(settings)
        await self._operator.starts_replica(settings)
        await self.share_the_work()

    async def one_joins(self) -> bool:
        """Start one more, and return whether it has its share soon; others may finish first what they have in hand."""
        self._joining = asyncio.create_task(self._starts_one_more())
        done, _ = await asyncio.wait([self._joining], timeout=self._patience.seconds(JOINS_WITHIN))
        if done:
            await self._joining
        return bool(done)

    async def _starts_one_more(self) -> None:
        await self._operator.starts_replica()
        await self.share_the_work()

    async def all_have_their_share(self) -> None:
        """Wait until the one that joins has its share, too; raises AssertionError if it never gets it."""
        assert self._joining is not None, "nobody joins"
        await self._joining

    async def share_the_work(self) -> None:
        """Wait until each partition belongs to one replica, and each replica has some (P13)."""
        replicas = len(self._site.stack.services)

        async def look() -> None:
            given = await self._assignments()
            everything = sorted(partition for partitions in given.values() for partition in partitions)
            if len(given) != replicas or not all(given.values()) or everything != list(range(wire.PARTITIONS)):
                shown = {member: sorted(partitions) for member, partitions in given.items()}
                raise AssertionError(f"{replicas} replicas have to share {wire.PARTITIONS} partitions: {shown}")

        await self._patience.eventually(look)

    async def partition_of_the_last(self) -> int:
        """Return a partition that belongs to the last replica."""
        given = await self._assignments()
        return min(partition for member in self._last.members for partition in given[member])

    async def partition_of_another(self, partition: int) -> int:
        """Return a partition that belongs to another replica than this one."""
        given = await self._assignments()
        return min(min(partitions) for partitions in given.values() if partition not in partitions)

    async def the_last_goes(self, how: str) -> None:
        """Have the last replica go, in words of the features."""
        if kind := GONE[how]:
            self._fault = await self._faults.begin(kind(self._last, self._site.stack.network.name))
        else:
            began = time.time()
            await self._last.killed()
            self._killed = self._faults.note(
                f"{self._last.alias} is killed", began, "its process was seen to have ended"
            )

    async def the_last_is_missed(self) -> None:
        """Wait until Kafka has given the last replica up."""
        if self._fault is not None:
            await self._last.missed(within=MISSED_WITHIN)

    async def the_last_comes_back(self) -> None:
        """Have the last replica work again, and wait until it has joined the group."""
        with a_defect_of_the_service():
            if self._fault is None:
                await self._last.start_again()
                assert self._killed is not None
                self._killed.healed = time.time()
            else:
                await self._faults.heal(self._fault)

    @property
    def _last(self) -> ServiceContainer:
        return self._site.stack.services[-1]

    async def _assignments(self) -> dict[str, frozenset[int]]:
        return await self._site.stack.broker.assignments(wire.GROUP, wire.SUGGESTED)
