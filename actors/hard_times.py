"""Hard times for the service: everything flaps, names are forgotten, it is killed again and again, gets too little."""

import random

from actors import wire
from actors.monitoring import Monitoring
from actors.nlp_service import NlpService
from actors.operator import Operator, a_defect_of_the_service
from actors.outages import laboratory, outage
from actors.storage import Storage
from harness.faults import Crowded, NamelessProxies, StarvedOfCpu, StarvedToDeath
from harness.journal import Journal
from harness.sites import Site

SEED = 61
"""Of the order in which things flap: the same in each run."""
FLAPS = ("cannot be reached", "hears nothing", "is not heard")
FEW_DESCRIPTORS = 64
BREATH = 0.2
"""Seconds that each outage lasts."""
STORED_WITHIN = 15.0
"""Seconds in which what came in during hard times is stored once they are over, whatever was given up meanwhile."""


class HardTimes:
    """Has a batch come in with each blow, and finds all of them stored (R1-R4)."""

    def __init__(
        self,
        site: Site,
        operator: Operator,
        monitoring: Monitoring,
        nlp: NlpService,
        *,
        storage: Storage,
        journal: Journal,
    ) -> None:
        self._site, self._operator, self._monitoring, self._nlp = site, operator, monitoring, nlp
        self._storage, self._journal = storage, journal
        self._batches: list[str] = []

    async def everything_flaps(self, rounds: int) -> None:
        """Take one part after the other away for a moment, all of them in each round, in another order each time."""
        await self._begin()
        order = random.Random(SEED)  # noqa: S311 -- an order, no secret
        for _ in range(rounds):
            for part in order.sample(["PostgreSQL", "Kafka", "Redis"], k=3):
                await self._is_away_for_a_moment(part, order.choice(FLAPS))

    async def flaps(self, part: str, times: int) -> None:
        """Take one part away for a moment, again and again, in each way equally often, in an order of chance."""
        await self._begin()
        ways = [FLAPS[number % len(FLAPS)] for number in range(times)]
        random.Random(SEED).shuffle(ways)  # noqa: S311 -- an order, no secret
        for how in ways:
            await self._is_away_for_a_moment(part, how)

    async def no_name_is_known(self) -> None:
        """Have no name resolve for a while, in which all connections are cut: whoever connects anew has to ask."""
        here = laboratory(self._site, "no name is known")
        await self._begin()
        await self._operator.begins(NamelessProxies(here.toxiproxy, here.network.name))
        await self._comes_in()
        await self._monitoring.asks_until_noticed()
        await self._operator.mends()

    async def is_killed_again_and_again(self, times: int) -> None:
        """Kill the service, again as soon as it answers, or before it does, and start it for good in the end."""
        await self._begin()
        for number in range(times):
            await self._operator.kills_service()
            await self._comes_in()
            await self._operator.begins_service_again()
            if number % 2:
                await self._operator.is_answered()
        await self._operator.kills_service()
        await self._site.stack.broker.evict(wire.GROUP)  # of those that died, some had joined unseen
        await self._operator.starts_service()

    async def runs_with_few_descriptors(self) -> None:
        """Start the service with as many descriptors as it needs, and few more."""
        stack = self._site.stack
        service = stack.service_on(self._site.database, stack.ground.run_labels)
        service.may_have_open(FEW_DESCRIPTORS)
        with a_defect_of_the_service():
            self._site.running = await stack.start(service)

    async def runs_out_of_descriptors(self) -> None:
        """Have clients take all descriptors that are left, and leave once the service has had to notice."""
        await self._begin()
        await self._operator.begins(Crowded(self._site.service, FEW_DESCRIPTORS))
        await self._comes_in()
        await self._operator.mends()

    async def has_little_cpu(self, share: float) -> None:
        """Give the service a share of a CPU, until the scenario ends."""
        await self._operator.begins(StarvedOfCpu(self._site.service, share))

    async def postgres_has_little_cpu(self, share: float) -> None:
        """Give PostgreSQL a share of a CPU, until the scenario ends."""
        await self._operator.begins(StarvedOfCpu(self._site.stack.postgres, share))

    async def dies_for_want_of_memory(self) -> None:
        """Have the kernel kill the service since there is no memory left, and start it when there is."""
        await self._begin()
        await self._operator.begins(StarvedToDeath(self._site.service))
        await self._comes_in()
        await self._operator.mends()
        await self._site.stack.broker.evict(wire.GROUP)  # else the group waits for the dead member
        await self._operator.starts_service()

    async def _begin(self) -> None:
        """Have a batch come in, and see it stored, while all is well."""
        await self._comes_in()
        await self.have_lost_nothing()

    async def _is_away_for_a_moment(self, part: str, how: str) -> None:
        self._journal.write("operator", f"{part} {how} for a moment", seed=SEED)
        await self._operator.begins(outage(self._site, part, how))
        await self._comes_in()
        await self._monitoring.asks_for(BREATH)
        await self._operator.mends()

    async def _comes_in(self) -> None:
        batch = f"batch {len(self._batches) + 1}"
        self._batches.append(batch)
        await self._nlp.suggests(batch, self._nlp.own_essay(batch))

    async def have_lost_nothing(self) -> None:
        """Wait until exactly what came in is stored, batch by batch, and none of it was put aside."""
        for batch in self._batches:
            await self._storage.holds_exactly(batch, self._nlp.own_essay(batch), within=STORED_WITHIN)
            await self._storage.has_not_put_aside(batch)
