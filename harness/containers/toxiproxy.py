"""Toxiproxy in a container: connections that can be cut, slowed and held up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import httpx

from harness.containers.container import RunContainer

CREATED, NO_CONTENT, OK = 201, 204, 200
GIVES_UP_SOON = {"net.ipv4.tcp_syn_retries": "1"}
"""A server that has just gone answers nothing, and a proxy takes nobody else meanwhile. Without this it waits for
minutes, or knocks again so seldom that the server has been back for seconds by then; with it 3 s."""
Direction = Literal["upstream", "downstream"]
"""`upstream` is what the client sends, `downstream` what it is answered."""


@dataclass(frozen=True)
class Proxy:
    """A proxy: it listens on `port` and passes on to `upstream` (host:port), both as seen on the network."""

    name: str
    port: int
    upstream: str
    enabled: bool = True
    toxics: tuple[str, ...] = ()


class ToxiproxyContainer(RunContainer):
    """The proxies of one network, and the client of Toxiproxy's HTTP API; ready when the API answers.

    All methods that speak to it raise AssertionError when it refuses, and httpx.TransportError when it is away.
    """

    alias = "toxiproxy"
    inner_port = 8474
    bear: ClassVar[tuple[type[Exception], ...]] = (OSError, httpx.TransportError)
    _http: httpx.AsyncClient | None = None

    def __init__(self, *args: Any):
        super().__init__(*args, sysctls=GIVES_UP_SOON)
        self.with_envs(LOG_LEVEL="info")  # else ten lines for each connection, which the engine writes down

    async def probe(self) -> None:
        """Ask for its version."""
        await self._ask("GET", "/version", OK)

    async def create(self, proxies: Iterable[Proxy]) -> None:
        """Create proxies; one of the same name and places stays as it is."""
        body = [
            {"name": p.name, "listen": f"0.0.0.0:{p.port}", "upstream": p.upstream, "enabled": p.enabled}
            for p in proxies
        ]
        await self._ask("POST", "/populate", CREATED, body)

    async def proxies(self) -> dict[str, Proxy]:
        """Return all proxies as they are now, by name."""
        listed = (await self._ask("GET", "/proxies", OK)).json()
        return {name: _proxy(shown) for name, shown in listed.items()}

    async def set_enabled(self, name: str, *, enabled: bool) -> None:
        """Let a proxy take connections again, or close all that it has and take none."""
        await self._ask("POST", f"/proxies/{name}", OK, {"enabled": enabled})

    async def lead(self, name: str, upstream: str) -> None:
        """Have a proxy pass on to `upstream` (host:port) from now on; the connections that it has are closed."""
        await self._ask("POST", f"/proxies/{name}", OK, {"upstream": upstream})

    async def add_toxic(
        self, proxy: str, toxic: str, kind: str, direction: Direction, attributes: Mapping[str, int]
    ) -> None:
        """Spoil all connections of a proxy, old and new; `kind` and `attributes` are Toxiproxy's own."""
        body = {"name": toxic, "type": kind, "stream": direction, "attributes": dict(attributes)}
        await self._ask("POST", f"/proxies/{proxy}/toxics", OK, body)

    async def remove_toxic(self, proxy: str, toxic: str) -> None:
        """Take back a toxic."""
        await self._ask("DELETE", f"/proxies/{proxy}/toxics/{toxic}", NO_CONTENT)

    async def clients_of(self, name: str, since: float) -> int:
        """Return how many connections a proxy has taken since the moment `since` (Unix seconds), also those in vain."""
        taken = f'"name":"{name}"', '"message":"Accepted client"'
        return sum(all(part in line for part in taken) for line in await self.log_lines(since))

    async def reset(self) -> None:
        """Enable all proxies and remove all toxics."""
        await self._ask("POST", "/reset", NO_CONTENT)

    async def close(self) -> None:
        """Close the client."""
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def _ask(self, method: str, path: str, expected: int, body: Any = None) -> httpx.Response:
        if self._http is None:
            address = f"http://{self.host}:{self.published_port}"
            self._http = httpx.AsyncClient(base_url=address, timeout=5, verify=False)  # noqa: S501 -- it is no https
        answer = await self._http.request(method, path, json=body)
        if answer.status_code != expected:
            raise AssertionError(f"Toxiproxy answers {method} {path} with {answer.status_code}: {answer.text[:300]}")
        return answer


def _proxy(shown: Mapping[str, Any]) -> Proxy:
    port = int(str(shown["listen"]).rpartition(":")[2])
    toxics = tuple(toxic["name"] for toxic in shown["toxics"])
    return Proxy(shown["name"], port, shown["upstream"], shown["enabled"], toxics)
