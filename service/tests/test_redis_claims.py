"""What is written to Redis, and what is made of its answers."""

import json
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from class_management.adapters.redis_claims import RedisClaims
from class_management.application.idempotency import Claim, ClaimState

CLAIM = Claim("key", "0:7", "digest", "E-1", "C-1", "nlp_service", 1000.5)


def redis_answering(*answers: Any) -> tuple[MagicMock, MagicMock]:
    """A client whose pipeline gives the answers, and the pipeline."""
    pipeline = MagicMock(execute=AsyncMock(side_effect=answers))
    return MagicMock(pipeline=MagicMock(return_value=pipeline)), pipeline


async def test_the_value_is_the_contract_s_in_both_phases() -> None:
    redis, pipeline = redis_answering([None], [True])
    claims = RedisClaims(redis)
    assert await claims.take([CLAIM]) == [ClaimState.TAKEN]
    await claims.complete([CLAIM])
    _, keys, key, processing, seconds, place, _ = pipeline.eval.call_args.args
    assert (keys, key, seconds, place) == (1, "key", 300, "0:7")
    told = json.loads(processing)
    assert told["status"] == "processing"
    assert told["processed_by"] == "class-management-service"
    assert (told["event_id"], told["correlation_id"], told["source_service"]) == ("E-1", "C-1", "nlp_service")
    assert told["started_at"] == 1000.5
    assert told["holder"]
    completed = json.loads(pipeline.set.call_args.args[1])
    assert completed.pop("completed_at") > told["started_at"]
    assert completed == told | {"status": "completed"}
    assert pipeline.set.call_args.kwargs == {"ex": 86_400}


@pytest.mark.parametrize(
    ("held", "state"),
    [
        ({"status": "processing"}, ClaimState.HELD),
        ({"status": "completed", "payload": "digest"}, ClaimState.COMPLETED),
        ({"status": "completed"}, ClaimState.COMPLETED),
        ({"status": "completed", "payload": "other"}, ClaimState.CONFLICTING),
    ],
)
async def test_what_is_made_of_a_key_that_is_there(held: dict[str, str], state: ClaimState) -> None:
    redis, _ = redis_answering([json.dumps(held)])
    assert await RedisClaims(redis).take([CLAIM]) == [state]


async def test_a_redis_out_of_reach_is_not_asked_again_at_once() -> None:
    redis, pipeline = redis_answering(RedisConnectionError(), [None])
    claims = RedisClaims(redis)
    assert await claims.take([CLAIM]) == [ClaimState.UNKNOWN]
    await claims.complete([CLAIM])
    await claims.release([CLAIM])
    assert pipeline.execute.await_count == 1
