"""Who asks Redis for what, told by Redis itself (MONITOR)."""

import asyncio
from collections import Counter
from contextlib import suppress

from redis.asyncio import Redis
from redis.asyncio.client import Monitor


class RedisWatch:
    """Counts the commands that name a key, by the connection that they come from, until it ends."""

    def __init__(self, client: Redis) -> None:
        """Watch over `client`, which waits for answers as long as it takes, and is closed in the end."""
        self._client = client
        self._seen: list[tuple[str, str]] = []
        self._watching: asyncio.Task[None] | None = None

    async def begins(self) -> None:
        """Begin to watch; what Redis is asked once this has returned is seen."""
        monitor = Monitor(self._client.connection_pool)
        await monitor.__aenter__()  # type: ignore[no-untyped-call]
        self._watching = asyncio.create_task(self._watch(monitor))

    async def _watch(self, monitor: Monitor) -> None:
        try:
            while True:
                seen = await monitor.next_command()
                if seen["client_type"] != "lua":  # what a script does is told once more, line by line
                    self._seen.append((f"{seen['client_address']}:{seen['client_port']}", seen["command"]))
        finally:
            await monitor.__aexit__()  # type: ignore[no-untyped-call]

    def asked(self, key: str) -> Counter[str]:
        """Return how many commands have named a key so far, by connection; raises what has ended the watch, if so."""
        assert self._watching is not None, "nobody watches"
        if self._watching.done():
            self._watching.result()
        return Counter(connection for connection, command in self._seen if key in command)

    async def ends(self) -> None:
        """Stop watching."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await self._client.aclose()
