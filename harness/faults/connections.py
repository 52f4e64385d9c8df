"""Connections that are cut, slow or held up."""

from collections.abc import Mapping

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

    def __init__(self, toxiproxy: ToxiproxyContainer, proxy: str, milliseconds: int, jitter: int = 0) -> None:
        attributes = {"latency": milliseconds, "jitter": jitter}
        super().__init__(toxiproxy, proxy, "downstream", "latency", attributes)


class Blocked(_Spoilt):
    """What goes through a proxy in one direction arrives nowhere, while the connections stay open.

    `upstream`: requests have no effect; `downstream`: they have it, and the answer is lost. Mending closes the
    connections: what was lost does not come late.
    """

    def __init__(self, toxiproxy: ToxiproxyContainer, proxy: str, direction: Direction) -> None:
        super().__init__(toxiproxy, proxy, direction, "timeout", {"timeout": 0})


class Disconnected(Fault):
    """A container that is taken off the network, with its name; mended, it is there again under all its names."""

    def __init__(self, container: RunContainer, network: str) -> None:
        self._container, self._network = container, network
        self._aliases = [container.alias]

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} is off the network"

    async def cause(self) -> None:
        """See `Fault`."""
        await self._container.engine(
            lambda container: container.client.networks.get(self._network).disconnect(container)
        )

    async def prove(self) -> None:
        """See `Fault`."""
        if await self._is_connected():
            raise AssertionError(f"{self._container.alias} is still on the network")

    async def heal(self) -> None:
        """See `Fault`."""
        if not await self._is_connected():
            await self._container.engine(
                lambda container: container.client.networks.get(self._network).connect(container, aliases=self._aliases)
            )
        await self._container.until_ready(READY_WITHIN)

    async def _is_connected(self) -> bool:
        return self._network in (await self._container.inspect())["NetworkSettings"]["Networks"]
