"""Claims in Redis (contract §4).

A claim is alive while it is renewed: its time to live never falls far below the full one, by Redis's own clock.
One that has fallen by STALE_SECONDS belongs to somebody who died, and is taken over at once instead of after the
key's 300 s (I7, I8). So is one for the very same place in the topic: who gets a message delivered again has got its
partition from the former holder.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from class_management.application.idempotency import Claim, ClaimState

PROCESSING_SECONDS = 300
COMPLETED_SECONDS = 86_400
RENEWAL_SECONDS = 0.3
STALE_SECONDS = 1.2
ANSWER_SECONDS = 1.0
"""How long Redis may take to answer before it counts as away."""
AWAY_SECONDS = 2.0
"""How long an unreachable Redis is not asked again, so that not every event waits for it."""
PING_SECONDS = 0.3
PROCESSED_BY = "class-management-service"

# What is no claim, or a stale one, or one for the same place is taken over; any other is answered with.
TAKE = """
local held = redis.call('GET', KEYS[1])
if held then
    local readable, claim = pcall(cjson.decode, held)
    if readable and type(claim) == 'table' then
        if claim.status == 'completed' then return held end
        local alive = redis.call('PTTL', KEYS[1]) > tonumber(ARGV[4])
        if claim.status == 'processing' and claim.place ~= ARGV[3] and alive then return held end
    end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return false
"""

RENEW = """
local held = redis.call('GET', KEYS[1])
if not held or held == ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
"""

RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""

logger = logging.getLogger(__name__)


def connect(url: str) -> Redis:
    """Make the client; it connects at first use. A connection found broken is replaced once, without waiting."""
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        client_name=PROCESSED_BY,
    )


class RedisClaims:
    """The port `Claims`."""

    renewal_seconds = RENEWAL_SECONDS

    def __init__(self, redis: Redis):
        self._redis = redis
        self._holder = str(uuid4())
        self._away_until = 0.0

    async def take(self, claims: Sequence[Claim]) -> list[ClaimState]:
        """Try to claim each event."""
        alive_above = int((PROCESSING_SECONDS - STALE_SECONDS) * 1000)

        def ask(pipeline: Pipeline, claim: Claim) -> None:
            pipeline.eval(TAKE, 1, claim.key, self._value(claim), PROCESSING_SECONDS, claim.place, alive_above)

        answers = await self._ask_of_each(claims, ask)
        if answers is None:
            return [ClaimState.UNKNOWN] * len(claims)
        return [_state(claim, answer) for claim, answer in zip(claims, answers, strict=True)]

    async def renew(self, claims: Sequence[Claim]) -> None:
        """Say that the work on our claims goes on."""

        def ask(pipeline: Pipeline, claim: Claim) -> None:
            pipeline.eval(RENEW, 1, claim.key, self._value(claim), PROCESSING_SECONDS)

        await self._ask_of_each(claims, ask)

    async def complete(self, claims: Sequence[Claim]) -> None:
        """Say that the events have had their effect, durably."""
        now = time.time()

        def ask(pipeline: Pipeline, claim: Claim) -> None:
            pipeline.set(claim.key, self._value(claim, status="completed", completed_at=now), ex=COMPLETED_SECONDS)

        await self._ask_of_each(claims, ask)

    async def release(self, claims: Sequence[Claim]) -> None:
        """Give our claims back, so that the events can be worked on again (I4)."""

        def ask(pipeline: Pipeline, claim: Claim) -> None:
            pipeline.eval(RELEASE, 1, claim.key, self._value(claim))

        await self._ask_of_each(claims, ask)

    def _value(self, claim: Claim, status: str = "processing", **more: float) -> str:
        fields = claim._asdict()
        del fields["key"]
        return json.dumps({"status": status, **fields, "processed_by": PROCESSED_BY, "holder": self._holder, **more})

    async def _ask_of_each(
        self, claims: Sequence[Claim], ask: Callable[[Pipeline, Claim], None]
    ) -> Sequence[object] | None:
        """Ask the same of all claims in one round trip; None if Redis does not answer."""
        if not claims:
            return []
        if time.monotonic() < self._away_until:
            return None
        pipeline = self._redis.pipeline(transaction=False)
        for claim in claims:
            ask(pipeline, claim)
        try:
            async with asyncio.timeout(1.5 * ANSWER_SECONDS):
                return await pipeline.execute()
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            logger.warning("redis is out of reach, working without it", extra={"error": type(error).__name__})
            return None


def _state(claim: Claim, held: object) -> ClaimState:
    if held is None:
        return ClaimState.TAKEN
    record = json.loads(str(held))
    if record["status"] != "completed":
        return ClaimState.HELD
    return ClaimState.COMPLETED if record.get("payload", claim.payload) == claim.payload else ClaimState.CONFLICTING


class RedisProbe:
    """The port `Probe` for Redis."""

    def __init__(self, redis: Redis):
        self._redis = redis

    async def trouble(self) -> str | None:
        """Why Redis does not answer a ping, or None; within PING_SECONDS."""
        try:
            async with asyncio.timeout(PING_SECONDS):
                await self._redis.ping()
        except (RedisError, OSError) as error:
            return type(error).__name__
        return None
