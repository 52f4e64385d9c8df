"""The laboratory: a stack to break things in, with the service behind proxies."""

import asyncio
import ipaddress
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import docker.errors

from harness.attach import attach, what_stands
from harness.console import say
from harness.containers.container import PART, RunContainer
from harness.containers.kafka import PROXIED_PORT, KafkaContainer
from harness.containers.postgres import PGDATA
from harness.containers.service import ServiceContainer
from harness.containers.toxiproxy import Proxy, ToxiproxyContainer
from harness.errors import InfrastructureError
from harness.faults.limits import PLENTY
from harness.stack import Stack

LOOK_WITHIN = 5.0
"""Seconds in which each part has to answer, or else the laboratory is not well."""
IN_MEMORY = {"type": "tmpfs", "device": "tmpfs"}
"""What the engine's driver of volumes is told about PostgreSQL's data. A database for each scenario is 300 files, and
on ext4 each takes the longer to make the more have been deleted within the last minutes."""
HELD_AT = "/var/lib/held"
"""Where the proxies have that volume, too: what is in memory is gone as soon as no container that runs has it."""
OPEN = frozenset({"01", "08"})
"""The kernel's numbers for a connection that is established, or that the other side alone has closed."""


class Laboratory(Stack):
    """A stack for scenarios that break, restart or configure something, one after the other.

    The service reaches PostgreSQL, Kafka and Redis through proxies alone; the suite reaches them directly, and so can
    look while the service is cut off.
    """

    def make_parts(self) -> None:
        """Make the objects for network, volume and containers, Kafka with a listener that advertises its proxy."""
        super().make_parts()
        common = (self.network, self.labels, self.patience)
        through = f"{ToxiproxyContainer.alias}:{PROXIED_PORT}"
        self.kafka = KafkaContainer(self.images.kafka, *common, proxy=through)
        self.toxiproxy = ToxiproxyContainer(self.images.toxiproxy, *common)
        volume = self.network.name  # one of each for a laboratory
        self.postgres.with_volume_mapping(volume, PGDATA, "rw")
        self.toxiproxy.with_volume_mapping(volume, HELD_AT, "ro")

    @property
    def parts(self) -> tuple[RunContainer, ...]:
        """The containers of the dependencies, and the proxies."""
        return (*super().parts, self.toxiproxy)

    @property
    def _proxies(self) -> list[Proxy]:
        ports = {self.postgres: self.postgres.inner_port, self.kafka: PROXIED_PORT, self.redis: self.redis.inner_port}
        return [Proxy(part.alias, port, f"{part.alias}:{port}") for part, port in ports.items()]

    def service_addresses(self, database: str) -> dict[str, str]:
        """Return what the placeholders stand for in the environment of the service: the proxies."""
        host = self.toxiproxy.alias
        return {
            **self.addresses(database),
            "database_host": host,
            "kafka_bootstrap_servers": f"{host}:{PROXIED_PORT}",
            "redis_url": f"redis://{host}:{self.redis.inner_port}",
        }

    async def up(self) -> None:
        """Start it, or attach to the one that stands, where one may stand; raises `InfrastructureError`."""
        if self.standing is None:
            await super().up()
            return
        async with self.standing.used_alone():
            if not await attach(self, await what_stands(self)):
                await self.standing.remove(self.client)
                await super().up()

    def create_what_is_shared(self) -> None:
        """Create the volume for PostgreSQL's data, too; it goes with all else that has the labels."""
        super().create_what_is_shared()
        self.client.volumes.create(self.network.name, driver="local", driver_opts=IN_MEMORY, labels=self.labels)

    async def start_more(self) -> None:
        """Start the proxies."""
        await self.toxiproxy.up()
        await self.toxiproxy.create(self._proxies)

    @asynccontextmanager
    async def used_alone(self, *, service_runs: bool = False) -> AsyncIterator[None]:
        """Use it for one scenario: no other run does so meanwhile, it is well, and nothing of others is left in it.

        Where the `service_runs` as soon as the scenario begins, one that was left stays, if it is as good as new.
        """
        async with self.standing.used_alone() if self.standing else nullcontext():
            await self.made_well()
            if not await self._hands_on(service_runs=service_runs):
                await self.end_services()
                await self.clear()
            yield

    async def _hands_on(self, *, service_runs: bool) -> bool:
        """Tell whether a service was left that is as good as new; what it has written by now is not the next one's."""
        if (left := self.left) is None:
            return False
        is_as_new = service_runs and await self._made_as_new(self.services[0], left.database)
        if not is_as_new:
            await self.end_services()  # its last words are read before they go
        return await left.look() and is_as_new

    async def _made_as_new(self, service: ServiceContainer, database: str) -> bool:
        """Empty the database and the Redis of a service that is well and has nothing to do; returns whether it is."""
        bears = (*self.kafka.bear, *self.redis.bear, *service.bear)
        trouble: tuple[type[Exception], ...] = (AssertionError, TimeoutError, *bears)
        try:
            async with asyncio.timeout(self.patience.seconds(LOOK_WITHIN)):
                if await self._look_at(service) or not await self.broker.has_caught_up(self.wiring.group):
                    return False
                await self.redis_client.flushall()
                if not await self.postgres.emptied(database, self.template):
                    return False
                await service.assert_healthy()
        except trouble:
            return False
        return True

    async def made_well(self) -> None:
        """See that nothing is broken any more, or else put a new laboratory into the place of this one, and say so.

        Raises `InfrastructureError` when no new one can be started.
        """
        if not (trouble := await self._trouble()):
            return
        await self.disconnect()
        if self.standing is not None:
            self.make_parts()
            if await attach(self, await what_stands(self)) and not (trouble := await self._trouble()):
                return  # another run has replaced it meanwhile
            await self.disconnect()
        say(f"The laboratory is replaced by a new one: {trouble}")
        if self.standing is not None:
            await self.standing.remove(self.client)
        else:
            await self._remove()
        self.services.clear()
        self.left = None  # what it has made of a broken laboratory is nobody's business
        self.make_parts()
        await super().up()

    async def _trouble(self) -> str:
        try:
            await self.assert_well()
        except AssertionError as trouble:
            return str(trouble)
        return ""

    async def assert_well(self) -> None:
        """Raise AssertionError, naming all that is wrong, unless each part is as it was started, and answers."""
        looks = [*(self._look_at(part) for part in self.parts), self._look_at_proxies()]
        found = await asyncio.gather(*looks)
        if troubles := [trouble for part in found for trouble in part]:
            raise AssertionError("; ".join(troubles))

    async def _look_at(self, part: RunContainer) -> list[str]:
        troublesome: tuple[type[Exception], ...] = (AssertionError, InfrastructureError, TimeoutError, *part.bear)
        try:
            async with asyncio.timeout(self.patience.seconds(LOOK_WITHIN)):
                if troubles := _what_is_wrong(await part.inspect(), self.network.name):
                    return [f"{part.alias} {trouble}" for trouble in troubles]
                await part.answers()
        except troublesome as trouble:
            return [f"{part.alias} does not answer ({trouble!r})"]
        return []

    async def _look_at_proxies(self) -> list[str]:
        troublesome: tuple[type[Exception], ...] = (AssertionError, *self.toxiproxy.bear)
        try:
            seen = await self.toxiproxy.proxies()
        except troublesome as trouble:
            return [f"the proxies cannot be told ({trouble!r})"]
        wanted = {proxy.name: proxy for proxy in self._proxies}
        return [f"the proxy of {name} is {seen.get(name)}" for name in wanted if seen.get(name) != wanted[name]]

    async def connections(self) -> dict[str, int]:
        """Return how many connections come in through the proxies, for each dependency by name."""
        networks = (await self.toxiproxy.inspect())["NetworkSettings"]["Networks"]
        address = ipaddress.ip_address(networks[self.network.name]["IPAddress"])
        parts = super().parts
        return dict(
            zip([p.alias for p in parts], await asyncio.gather(*(_count(p, address) for p in parts)), strict=True)
        )

    async def _remove(self) -> None:
        """Remove its containers, whatever state they are in, and its network."""
        await asyncio.gather(*(asyncio.to_thread(part.remove) for part in (*self.services, *self.parts)))
        self.services.clear()
        try:
            await asyncio.to_thread(lambda: self.client.networks.get(self.network.name).remove())
        except docker.errors.APIError as error:
            raise InfrastructureError(f"The laboratory's network could not be removed: {error.explanation}") from error

    async def disconnect(self) -> None:
        """Close the connections to what runs, the proxies too."""
        await super().disconnect()
        await self.toxiproxy.close()


def _what_is_wrong(seen: dict[str, Any], network: str) -> list[str]:
    """Return how a container differs from a healthy one, by what the engine tells about it."""
    state, limits, networks = seen["State"], seen["HostConfig"], seen["NetworkSettings"]["Networks"]
    alias = seen["Config"]["Labels"][PART]
    troubles = []
    if state["Status"] != "running":
        troubles.append(f"is {state['Status']}")
    if alias not in ((networks.get(network) or {}).get("Aliases") or []):
        troubles.append("is not on its network under its name")
    if limits["NanoCpus"] > 0 or limits["CpuQuota"] > 0 or 0 < limits["Memory"] < PLENTY:
        troubles.append("has limits of CPU or memory")
    return troubles


async def _count(part: RunContainer, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    """Return how many connections a container has from `address`, by what its kernel tells."""
    show = ["cat", "/proc/net/tcp", "/proc/net/tcp6"]
    answer = await part.engine(lambda container: container.exec_run(show))
    # The kernel writes addresses as hexadecimal words of the machine; an IPv4 one is the last word of an IPv6 one.
    word = f"{int.from_bytes(address.packed, sys.byteorder):08X}"
    rows = [line.split() for line in answer.output.decode().splitlines()]
    return sum(row[2].partition(":")[0].endswith(word) and row[3] in OPEN for row in rows if ":" in row[2])
