"""What is written to Redis, and what is made of its answers."""

import json
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from class_management.adapters.redis_claims import RedisClaims
from class_management.application.idempotency import Claim, ClaimState

CLAIM = Claim("key", "0:7", "digest", "E-1", "C-1", "nlp_service", 1000.5)


def redis_answering(*answers: Any) -> MagicMock:
    """A client that gives the answers."""
    return MagicMock(eval=AsyncMock(side_effect=answers))


async def test_the_value_is_the_contract_s_in_both_phases() -> None:
    redis = redis_answering([None], None)
    claims = RedisClaims(redis)
    assert await claims.take([CLAIM]) == [ClaimState.TAKEN]
    await claims.complete([CLAIM])
    taken, done = (call.args for call in redis.eval.call_args_list)
    _, keys, key, processing, seconds, _ = taken
    assert (keys, key, seconds) == (1, "key", 300)
    told = json.loads(processing)
    assert told["status"] == "processing"
    assert told["place"] == "0:7"
    assert told["processed_by"] == "class-management-service"
    assert (told["event_id"], told["correlation_id"], told["source_service"]) == ("E-1", "C-1", "nlp_service")
    assert told["started_at"] == 1000.5
    assert told["holder"]
    _, keys, key, completed, seconds = done
    assert (keys, key, seconds) == (1, "key", 86_400)
    completed = json.loads(completed)
    assert completed.pop("completed_at") > told["started_at"]
    assert completed == told | {"status": "completed"}


async def test_all_claims_are_asked_for_at_once_each_with_its_own_value() -> None:
    redis = redis_answering([None, json.dumps({"status": "processing"})])
    other = CLAIM._replace(key="other", place="0:8")
    assert await RedisClaims(redis).take([CLAIM, other]) == [ClaimState.TAKEN, ClaimState.HELD]
    _, count, *keys, first, second, _, _ = redis.eval.call_args.args
    assert (count, keys) == (2, ["key", "other"])
    assert [json.loads(value)["place"] for value in (first, second)] == ["0:7", "0:8"]


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
    redis = redis_answering([json.dumps(held)])
    assert await RedisClaims(redis).take([CLAIM]) == [state]


async def test_a_redis_out_of_reach_is_not_asked_for_another_claim_at_once() -> None:
    redis = redis_answering(RedisConnectionError(), [None])
    claims = RedisClaims(redis)
    assert await claims.take([CLAIM]) == [ClaimState.UNKNOWN]
    assert await claims.take([CLAIM]) == [ClaimState.UNKNOWN]
    assert redis.eval.await_count == 1


async def test_a_redis_out_of_reach_is_told_of_what_is_ours_and_as_soon_as_it_hears_counts_as_back() -> None:
    redis = redis_answering([None], RedisConnectionError(), RedisConnectionError(), None, [None])
    claims = RedisClaims(redis)
    assert await claims.take([CLAIM]) == [ClaimState.TAKEN]
    await claims.renew([CLAIM])
    await claims.renew([CLAIM])
    await claims.complete([CLAIM])
    assert json.loads(redis.eval.call_args.args[3])["status"] == "completed"
    assert await claims.take([CLAIM]) == [ClaimState.TAKEN]
