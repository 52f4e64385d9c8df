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
from collections.abc import Iterable, Sequence
from uuid import uuid4

import msgspec
from redis.asyncio import Redis
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
"""How long an unreachable Redis is not asked for another claim, so that not every event waits for it."""
BRIEFLY_SECONDS = 0.3
"""How long it may take meanwhile to hear of claims that we have: it may be back, and they are not to lapse."""
PING_SECONDS = 0.3
PROCESSED_BY = "class-management-service"

# Each script does the same for all claims of a group in one call: a call for each costs many times as much, here and in
# Redis. KEYS[i] is the key of a claim and ARGV[i] its value; behind the values stand seconds to live, and so on.

# What is no claim, or a stale one, or one for the same place is taken over; any other is answered with.
TAKE = """
local function take(key, mine)
    local held = redis.call('GET', key)
    if held then
        local readable, claim = pcall(cjson.decode, held)
        if readable and type(claim) == 'table' then
            if claim.status == 'completed' then return held end
            local alive = redis.call('PTTL', key) > tonumber(ARGV[#KEYS + 2])
            if claim.status == 'processing' and claim.place ~= cjson.decode(mine).place and alive then return held end
        end
    end
    redis.call('SET', key, mine, 'EX', ARGV[#KEYS + 1])
    return false
end
local answers = {}
for i, key in ipairs(KEYS) do answers[i] = take(key, ARGV[i]) end
return answers
"""

RENEW = """
for i, key in ipairs(KEYS) do
    local held = redis.call('GET', key)
    if not held or held == ARGV[i] then redis.call('SET', key, ARGV[i], 'EX', ARGV[#KEYS + 1]) end
end
"""

COMPLETE = """
for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[i], 'EX', ARGV[#KEYS + 1]) end
"""

RELEASE = """
for i, key in ipairs(KEYS) do
    if redis.call('GET', key) == ARGV[i] then redis.call('DEL', key) end
end
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
        if self._is_away:
            return [ClaimState.UNKNOWN] * len(claims)
        alive_above = int((PROCESSING_SECONDS - STALE_SECONDS) * 1000)
        answers = await self._run(TAKE, claims, map(self._value, claims), PROCESSING_SECONDS, alive_above)
        if answers is None:
            return [ClaimState.UNKNOWN] * len(claims)
        return [_state(claim, answer) for claim, answer in zip(claims, answers, strict=True)]

    async def renew(self, claims: Sequence[Claim]) -> None:
        """Say that the work on our claims goes on."""
        await self._run(RENEW, claims, map(self._value, claims), PROCESSING_SECONDS)

    async def complete(self, claims: Sequence[Claim]) -> None:
        """Say that the events have had their effect, durably."""
        now = time.time()
        values = (self._value(claim, status="completed", completed_at=now) for claim in claims)
        await self._run(COMPLETE, claims, values, COMPLETED_SECONDS)

    async def release(self, claims: Sequence[Claim]) -> None:
        """Give our claims back, so that the events can be worked on again (I4)."""
        await self._run(RELEASE, claims, map(self._value, claims))

    def _value(self, claim: Claim, status: str = "processing", **more: float) -> bytes:
        return msgspec.json.encode(
            {
                "status": status,
                "started_at": claim.started_at,
                "processed_by": PROCESSED_BY,
                "event_id": claim.event_id,
                "correlation_id": claim.correlation_id,
                "source_service": claim.source_service,
                "holder": self._holder,
                "place": claim.place,
                "payload": claim.payload,
                **more,
            }
        )

    async def _run(
        self, script: str, claims: Sequence[Claim], values: Iterable[bytes], *numbers: int
    ) -> Sequence[object] | None:
        """Run a script on all claims; None if it has no answer or Redis gives none."""
        if not claims:
            return []
        was_away = self._is_away
        keys = [claim.key for claim in claims]
        try:
            async with asyncio.timeout(BRIEFLY_SECONDS if was_away else 1.5 * ANSWER_SECONDS):
                answers: Sequence[object] | None = await self._redis.eval(script, len(keys), *keys, *values, *numbers)
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            if not was_away:
                logger.warning("redis is out of reach, working without it", extra={"error": type(error).__name__})
            return None
        self._away_until = 0.0
        return answers

    @property
    def _is_away(self) -> bool:
        return time.monotonic() < self._away_until


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
