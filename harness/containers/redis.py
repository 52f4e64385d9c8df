"""Redis in a container."""

from typing import ClassVar

import redis.exceptions
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from harness.containers.container import RunContainer

LAPSES = "acceptance:answers"


class RedisContainer(RunContainer):
    """Redis without persistence; ready when it answers PING."""

    alias = "redis"
    inner_port = 6379
    bear: ClassVar[tuple[type[Exception], ...]] = (OSError, redis.exceptions.RedisError)

    async def probe(self) -> None:
        """PING."""
        client = self.client()
        try:
            await client.ping()
        finally:
            await client.aclose()

    async def answers(self) -> None:
        """Have it write a key that lapses at once."""
        async with self.client() as client:
            await client.set(LAPSES, "", px=1)

    def client(self, answer_within: float | None = 5, password: str | None = None) -> Redis:
        """Return a client, which waits so many seconds for an answer, or else for ever; the caller closes it."""
        once = Retry(NoBackoff(), 1)  # the default backs off for a second, while whoever waits asks again at once
        return Redis(
            host=self.host,
            port=self.published_port,
            password=password,
            decode_responses=True,
            socket_timeout=answer_within,
            retry=once,
        )
