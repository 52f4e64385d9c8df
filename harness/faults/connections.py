"""Connections that are cut, slow or held up."""

from collections.abc import Mapping
from typing import Any

from harness.containers.container import RunContainer
from harness.containers.toxiproxy import Direction, ToxiproxyContainer
from harness.faults.fault import Fault

READY_WITHIN = 30.0


class CutOff(Fault):
    """What lies behind a proxy cannot be reached through it: connections are closed, and new ones refused."""

    def __init__(self, toxiproxy: ToxiproxyContainer, proxy: str) -> None:
        self._toxiproxy, self._proxy = toxiproxy, proxy

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._proxy} is cut off"

    async def cause(self) -> None:
        """See `Fault`."""
        await self._toxiproxy.set_enabled(self._proxy, enabled=False)

    async def prove(self) -> None:
        """See `Fault`."""
        if (await self._toxiproxy.proxies())[self._proxy].enabled:
            raise AssertionError(f"the proxy of {self._proxy} still takes connections")

    async def heal(self) -> None:
        """See `Fault`."""
        await self._toxiproxy.set_enabled(self._proxy, enabled=True)


class _Spoilt(Fault):
    """Connections through a proxy with a toxic on them, in one direction; `kind` and `attributes` are Toxiproxy's."""

    def __init__(
        self,
        toxiproxy: ToxiproxyContainer,
        proxy: str,
        direction: Direction,
        kind: str,
        attributes: Mapping[str, int],
    ) -> None:
        self._toxiproxy, self._proxy, self._direction = toxiproxy, proxy, direction
        self._kind, self._attributes = kind, attributes
        self._toxic = f"{kind}_{direction}"

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._direction} to {self._proxy}: {self._kind} {dict(self._attributes) or ''}".rstrip()

    async def cause(self) -> None:
        """See `Fault`."""
        await self._toxiproxy.add_toxic(self._proxy, self._toxic, self._kind, self._direction, self._attributes)

    async def prove(self) -> None:
        """See `Fault`."""
        if not await self._is_there():
            raise AssertionError(f"the proxy of {self._proxy} has no toxic {self._toxic}")

    async def heal(self) -> None:
        """See `Fault`."""
        if await self._is_there():
            await self._toxiproxy.remove_toxic(self._proxy, self._toxic)

    async def _is_there(self) -> bool:
        return self._toxic in (await self._toxiproxy.proxies())[self._proxy].toxics


class Slowed(_Spoilt):
    """Every answer through a proxy comes later, by milliseconds, give or take a `jitter`."""

    lingers = True  # Mended, the same connections go on, with what is still on its way.

    def __init__(self, toxiproxy: ToxiproxyContainer, proxy: str, milliseconds: int, jitter: int = 0) -> None:
        attributes = {"latency": milliseconds, "jitter": jitter}
        super().__init__(toxiproxy, proxy, "downstream", "latency", attributes)


class Sliced(_Spoilt):
    """Every answer through a proxy comes in slices of a few bytes, each a little later than the one before."""

    lingers = True  # As above.

    def __init__(self, toxiproxy: ToxiproxyContainer, proxy: str, size: int, microseconds: int) -> None:
        attributes = {"average_size": size, "size_variation": size // 2, "delay": microseconds}
        super().__init__(toxiproxy, proxy, "downstream", "slicer", attributes)


class Blocked(_Spoilt):
    """What goes through a proxy in one direction arrives nowhere, while the connections stay open.

    `upstream`: requests have no effect; `downstream`: they have it, and the answer is lost. Mending closes the
    connections: what was lost does not come late.
    """

    def __init__(self, toxiproxy: ToxiproxyContainer, proxy: str, direction: Direction) -> None:
        super().__init__(toxiproxy, proxy, direction, "timeout", {"timeout": 0})


class _OnNetwork(Fault):
    """What befalls a container on a network, where it has a name."""

    lingers = True  # Whoever was there may have missed anything, Redis too.

    def __init__(self, container: RunContainer, network: str) -> None:
        self._container, self._network = container, network

    async def _disconnect(self) -> None:
        await self._container.engine(
            lambda container: container.client.networks.get(self._network).disconnect(container)
        )

    async def _connect(self, aliases: list[str]) -> None:
        await self._container.engine(
            lambda container: container.client.networks.get(self._network).connect(container, aliases=aliases)
        )

    async def _endpoint(self) -> dict[str, Any] | None:
        """Return what the engine tells about its place on the network, None where it has none."""
        networks = (await self._container.inspect())["NetworkSettings"]["Networks"]
        return dict(networks[self._network]) if self._network in networks else None


class Disconnected(_OnNetwork):
    """A container that is taken off the network, with its name; mended, it is there again under all its names."""

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} is off the network"

    async def cause(self) -> None:
        """See `Fault`."""
        await self._disconnect()

    async def prove(self) -> None:
        """See `Fault`."""
        if await self._endpoint() is not None:
            raise AssertionError(f"{self._container.alias} is still on the network")

    async def heal(self) -> None:
        """See `Fault`."""
        if await self._endpoint() is None:
            await self._connect([self._container.alias])
        await self._container.until_ready(READY_WITHIN)


class Nameless(_OnNetwork):
    """A container that is on the network without its name: who asks for the name is told that there is none."""

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} has no name on the network"

    async def cause(self) -> None:
        """See `Fault`."""
        await self._disconnect()
        await self._connect([])
        await self._container.until_ready(READY_WITHIN)

    async def prove(self) -> None:
        """See `Fault`."""
        if await self._has_its_name():
            raise AssertionError(f"{self._container.alias} still has its name on the network")

    async def heal(self) -> None:
        """See `Fault`."""
        if not await self._has_its_name():
            if await self._endpoint() is not None:
                await self._disconnect()
            await self._connect([self._container.alias])
        await self._container.until_ready(READY_WITHIN)

    async def _has_its_name(self) -> bool:
        endpoint = await self._endpoint()
        return endpoint is not None and self._container.alias in (endpoint["Aliases"] or [])


class NamelessProxies(Nameless):
    """All proxies at once, without their name, and with all connections cut: whoever comes again has to ask for it."""

    def __init__(self, toxiproxy: ToxiproxyContainer, network: str) -> None:
        super().__init__(toxiproxy, network)
        self._toxiproxy = toxiproxy

    async def cause(self) -> None:
        """See `Fault`."""
        await super().cause()
        for proxy in await self._toxiproxy.proxies():
            await self._toxiproxy.set_enabled(proxy, enabled=False)
            await self._toxiproxy.set_enabled(proxy, enabled=True)
