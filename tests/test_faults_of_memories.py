"""Each way in which Redis can be of no use takes effect, and is gone without a trace after it was healed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import redis.exceptions

from harness.containers.redis import RedisContainer
from harness.containers.toxiproxy import Proxy, ToxiproxyContainer
from harness.eventually import Patience
from harness.faults import Evicting, Following, HeldWrites, Loading, Locked, OutOfMemory, OutOfStep
from harness.faults.memories import _Refusing

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(bench: Any) -> AsyncIterator[RedisContainer]:
    here = RedisContainer(bench.images.redis(), bench.network, bench.labels, Patience())
    await here.up()
    yield here
    here.remove()


@pytest.mark.parametrize(
    ("kind", "says", "can_be_read"),
    [
        (OutOfMemory, "redis has no memory left", True),
        (Following, "redis takes no changes", True),
        (OutOfStep, "redis has not caught up yet", False),
        (Locked, "redis wants a password", False),
    ],
)
async def test_redis_refuses_to_write_until_it_is_healed(
    here: RedisContainer, kind: type[_Refusing], says: str, can_be_read: bool
) -> None:
    async with here.client() as client:
        await client.set("kept", "it")
    async with kind(here) as fault:
        assert fault.what == says
        async with here.client() as client:
            with pytest.raises(redis.exceptions.RedisError):
                await client.set("new", "it")
            if can_be_read:
                assert await client.get("kept") == "it"
            else:
                with pytest.raises(kind.refusal):
                    await client.get("kept")
        with pytest.raises(redis.exceptions.RedisError):
            await here.answers()
    await fault.heal()
    async with here.client() as client:
        assert await client.get("kept") == "it"
        assert await client.set("new", "it")


async def test_redis_that_gives_up_keys_has_none_and_takes_none(here: RedisContainer) -> None:
    async with here.client() as client:
        await client.set("kept", "it")
        async with Evicting(here):
            assert await client.get("kept") is None
            with pytest.raises(redis.exceptions.OutOfMemoryError):
                await client.set("kept", "it")
        assert await client.set("kept", "it")
        assert (await client.config_get("maxmemory*"))["maxmemory-policy"] == "noeviction"


async def test_who_writes_is_held_up_and_counted_and_who_reads_is_answered(here: RedisContainer) -> None:
    async with here.client() as client, here.client() as reader:
        await client.set("kept", "it")
        async with HeldWrites(here) as held:
            assert await held.waiting() == 0
            writing = asyncio.create_task(client.set("kept", "another"))

            async def look() -> None:
                assert await held.waiting() == 1

            await Patience().eventually(look)
            assert await reader.get("kept") == "it"
        assert await writing
        assert await reader.get("kept") == "another"


async def test_redis_is_loading_for_those_behind_the_proxy(here: RedisContainer, bench: Any) -> None:
    toxiproxy = ToxiproxyContainer(bench.images.toxiproxy(), bench.network, bench.labels, Patience())
    await toxiproxy.up()
    await toxiproxy.create([Proxy("redis", 6379, "redis:6379")])
    ask = ["redis-cli", "-h", "toxiproxy", "set", "it", "1"]
    try:
        with pytest.raises(AssertionError, match="redis is not loading, it answers: Could not connect"):
            await Loading(here, toxiproxy).prove()
        async with Loading(here, toxiproxy):
            answer = await here.engine(lambda container: container.exec_run(ask))
            assert answer.output.startswith(b"LOADING")
            async with here.client() as client:
                assert await client.keys("acceptance:*") == []
        answer = await here.engine(lambda container: container.exec_run(ask))
        assert answer.output.startswith(b"OK")
    finally:
        await toxiproxy.close()
        toxiproxy.remove()


async def test_what_has_not_come_about_is_not_proved(here: RedisContainer) -> None:
    for kind in (OutOfMemory, Evicting, Following, OutOfStep, Locked, HeldWrites):
        with pytest.raises(AssertionError, match="redis writes as ever"):
            await kind(here).prove()
