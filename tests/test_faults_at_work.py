"""Each fault takes effect in real containers, and is gone without a trace after it was healed."""

import asyncio
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from harness.containers.container import KILLED, RunContainer
from harness.containers.kafka import KafkaContainer
from harness.containers.postgres import TROUBLE, PostgresContainer
from harness.containers.redis import RedisContainer
from harness.containers.toxiproxy import Proxy, ToxiproxyContainer
from harness.eventually import Patience
from harness.evidence import proxies
from harness.evidence.scene import Scene
from harness.faults import (
    Blocked,
    CutOff,
    Disconnected,
    Killed,
    Nameless,
    NamelessProxies,
    Paused,
    ReadOnly,
    SessionsEnded,
    Sliced,
    Slowed,
    StarvedOfCpu,
    StarvedOfMemory,
    StarvedToDeath,
    Stopped,
)
from harness.faults.limits import PLENTY
from harness.journal import Journal, Redaction
from harness.names import Names

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]


class Neighbour(RedisContainer):
    """Another container of the network, which asks Redis through the proxy."""

    alias = "neighbour"

    async def asks(self, command: str = "ping", host: str = "toxiproxy", within: float = 1) -> str:
        """Return Redis's answer, empty if there is none."""
        ask = f"timeout {within} redis-cli -h {host} {command}"
        answer = await self.engine(lambda container: container.exec_run(["sh", "-c", ask]))
        return str(answer.output.decode().strip()) if answer.exit_code == 0 else ""


class Bench:
    """Redis, directly and behind a proxy, and a neighbour."""

    def __init__(self, bench: Any) -> None:
        common = (bench.network, bench.labels, Patience())
        self.redis = RedisContainer(bench.images.redis(), *common)
        self.neighbour = Neighbour(bench.images.redis(), *common)
        self.toxiproxy = ToxiproxyContainer(bench.images.toxiproxy(), *common)
        self.network = bench.network.name
        self.all: tuple[RunContainer, ...] = (self.redis, self.neighbour, self.toxiproxy)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(bench: Any) -> AsyncIterator[Bench]:
    here = Bench(bench)
    await asyncio.gather(*(container.up() for container in here.all))
    await here.toxiproxy.create([Proxy("redis", 6379, "redis:6379")])
    yield here
    await here.toxiproxy.close()
    for container in here.all:
        container.remove()


async def answers(redis: RedisContainer, within: float = 0.3) -> bool:
    try:
        async with asyncio.timeout(within):
            await redis.probe()
    except redis.bear + (TimeoutError,):  # noqa: RUF005 -- a tuple of types
        return False
    return True


async def test_a_paused_container_stands_still_until_it_is_healed(here: Bench) -> None:
    async with Paused(here.redis) as fault:
        assert fault.what == "redis is paused"
        assert not await answers(here.redis)
    assert await answers(here.redis)
    await fault.heal()


async def test_a_fault_that_cannot_be_proved_is_an_error(here: Bench) -> None:
    with pytest.raises(AssertionError, match="redis goes on"):
        await Paused(here.redis).prove()
    with pytest.raises(AssertionError, match="was not killed: it is running"):
        await Killed(here.redis).prove()
    with pytest.raises(AssertionError, match=r"was not stopped .* running"):
        await Stopped(here.redis).prove()
    with pytest.raises(AssertionError, match="still takes connections"):
        await CutOff(here.toxiproxy, "redis").prove()
    with pytest.raises(AssertionError, match="has no toxic latency_downstream"):
        await Slowed(here.toxiproxy, "redis", 100).prove()
    with pytest.raises(AssertionError, match="still on the network"):
        await Disconnected(here.redis, here.network).prove()
    with pytest.raises(AssertionError, match="still has its name"):
        await Nameless(here.redis, here.network).prove()
    for starved in (StarvedOfCpu(here.redis, 0.1), StarvedOfMemory(here.redis, 50_000_000)):
        with pytest.raises(AssertionError, match="has not got the limit"):
            await starved.prove()


@pytest.mark.parametrize("kind", [Killed, Stopped])
async def test_a_container_that_was_down_comes_back_where_it_was(here: Bench, kind: type[Killed]) -> None:
    port = here.redis.published_port
    async with kind(here.redis):
        assert not await answers(here.redis)
    assert here.redis.published_port == port
    assert await answers(here.redis)
    assert await here.neighbour.asks() == "PONG"


async def test_a_stop_that_ends_in_a_kill_was_none(here: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Stopped(here.redis)
    monkeypatch.setattr(Stopped, "_end", Killed._end)
    with pytest.raises(AssertionError, match="not stopped in an orderly way: it is exited with exit code 137"):
        await fault.__aenter__()
    assert await answers(here.redis)


async def test_who_is_cut_off_is_so_for_those_behind_the_proxy_only(here: Bench) -> None:
    assert await here.neighbour.asks() == "PONG"
    async with CutOff(here.toxiproxy, "redis"):
        assert await here.neighbour.asks() == ""
        assert await answers(here.redis)
    assert await here.neighbour.asks() == "PONG"


async def test_a_proxy_soon_gives_up_a_server_that_has_just_gone_and_a_failure_tells_of_it(here: Bench) -> None:
    networks = (await here.redis.inspect())["NetworkSettings"]["Networks"]
    address = f"{networks[here.network]['IPAddress']}:6379"  # a name would go with the server
    await here.toxiproxy.create([Proxy("redis by its number", 7000, address)])
    assert await here.neighbour.asks("-p 7000 ping") == "PONG"

    stack: Any = SimpleNamespace(parts=here.all)
    redaction = Redaction(frozenset(), frozenset())
    scene = Scene(SimpleNamespace(stack=stack), Journal(redaction), Names(), redaction)  # type: ignore[arg-type]

    async def look() -> None:
        finding = await proxies.collector(scene).collect()
        assert "".join(finding.telling).startswith(
            "the proxy of redis by its number: Unable to open connection to upstream (dial tcp "
        )

    async with Killed(here.redis):
        assert await here.neighbour.asks("-p 7000 ping") == ""
        await here.toxiproxy.patience.eventually(look, within=5)


async def test_who_asks_through_a_proxy_is_counted_also_in_vain(here: Bench) -> None:
    since = time.time()
    async with Stopped(here.redis):
        before = await here.toxiproxy.clients_of("redis", since)
        assert await here.neighbour.asks() == ""
        after = await here.toxiproxy.clients_of("redis", since)
    assert before == 0
    assert after > 0
    assert await here.toxiproxy.clients_of("nobody", since) == 0


async def test_slow_answers_take_longer_by_what_was_asked_for(here: Bench) -> None:
    async with Slowed(here.toxiproxy, "redis", 500):
        begun = time.monotonic()
        assert await here.neighbour.asks(within=5) == "PONG"
        assert time.monotonic() - begun >= 0.5
        assert await here.neighbour.asks(within=0.3) == ""
    assert await here.neighbour.asks(within=0.3) == "PONG"


@pytest.mark.parametrize(("direction", "effect"), [("upstream", ""), ("downstream", "1")])
async def test_what_is_blocked_has_no_effect_or_no_answer(here: Bench, direction: Any, effect: str) -> None:
    await here.neighbour.asks("del counted")
    async with Blocked(here.toxiproxy, "redis", direction):
        assert await here.neighbour.asks("incr counted", within=0.3) == ""
        assert await here.neighbour.asks("get counted", host="redis") == effect
    assert await here.neighbour.asks("get counted") == effect
    assert (await here.toxiproxy.proxies())["redis"].toxics == ()


async def test_who_is_off_the_network_is_there_again_under_its_name_and_port(here: Bench) -> None:
    async with Disconnected(here.redis, here.network):
        assert await here.neighbour.asks(host="redis") == ""
    assert await here.neighbour.asks(host="redis") == "PONG"
    assert await answers(here.redis)


async def test_who_has_lost_its_name_is_there_and_cannot_be_found(here: Bench) -> None:
    async with Nameless(here.redis, here.network) as fault:
        assert fault.what == "redis has no name on the network"
        assert await here.neighbour.asks(host="redis") == ""
        assert await answers(here.redis)
    await fault.heal()
    assert await here.neighbour.asks(host="redis") == "PONG"
    async with NamelessProxies(here.toxiproxy, here.network):
        assert await here.neighbour.asks() == ""
    assert await here.neighbour.asks() == "PONG"


async def test_answers_in_slices_are_whole_in_the_end_and_take_longer(here: Bench) -> None:
    async with Sliced(here.toxiproxy, "redis", 1, 100_000):
        begun = time.monotonic()
        assert await here.neighbour.asks(within=5) == "PONG"
        assert time.monotonic() - begun >= 0.3
    assert (await here.toxiproxy.proxies())["redis"].toxics == ()


async def test_the_main_process_is_killed_for_want_of_memory_and_starts_again(here: Bench) -> None:
    with pytest.raises(AssertionError, match="neighbour was not killed for want of memory: it is running"):
        await StarvedToDeath(here.neighbour).prove()
    async with StarvedToDeath(here.neighbour):
        assert (await here.neighbour.inspect())["State"]["ExitCode"] == KILLED
    await here.neighbour.engine(lambda container: container.start())
    await here.neighbour.until_ready(10)


async def test_limits_are_set_and_taken_back(here: Bench) -> None:
    one = "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/memory/memory.limit_in_bytes"
    two = "cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/memory.max"  # version two of control groups

    async def seen() -> list[str]:
        answer = await here.redis.engine(lambda container: container.exec_run(["sh", "-c", f"{one} || {two}"]))
        return [str(word) for word in answer.output.decode().split()]

    cpu, *_, memory = await seen()
    async with StarvedOfCpu(here.redis, 0.2), StarvedOfMemory(here.redis, 64 * 1024 * 1024):
        limited = await seen()
        assert limited[0] == "20000"
        assert limited[-1] == str(64 * 1024 * 1024)
    freed = await seen()
    assert freed[0] == cpu
    assert freed[-1] == memory or int(freed[-1]) >= PLENTY


async def test_postgres_keeps_its_data_and_its_port_over_a_kill(bench: Any) -> None:
    postgres = PostgresContainer(bench.images.postgres(), bench.network, bench.labels, Patience())
    await postgres.up()
    port = postgres.published_port
    connection = await postgres.connect()
    await connection.execute("CREATE TABLE kept AS SELECT 1 AS it")
    async with Killed(postgres):
        with pytest.raises(OSError):
            await postgres.connect()
    connection = await postgres.connect()
    assert await connection.fetchval("SELECT it FROM kept") == 1
    await connection.close()
    assert postgres.published_port == port
    postgres.remove()


async def test_postgres_takes_no_changes_from_any_session_and_ends_those_of_others(bench: Any) -> None:
    postgres = PostgresContainer(bench.images.postgres(), bench.network, bench.labels, Patience())
    await postgres.up()
    connection = await postgres.connect()
    async with ReadOnly(postgres):
        for session in (connection, await postgres.connect()):
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                await session.execute("CREATE TABLE it ()")
    await connection.execute("CREATE TABLE it ()")
    with pytest.raises(AssertionError, match="postgres takes changes"):
        await ReadOnly(postgres).prove()
    with pytest.raises(AssertionError, match="there was no session of nothing to be ended"):
        async with SessionsEnded(postgres, "nothing"):
            pass
    async with SessionsEnded(postgres, "postgres"):
        with pytest.raises(TROUBLE):
            await connection.fetchval("SELECT 1")
    postgres.remove()


async def test_kafka_keeps_its_records_and_its_port_over_a_kill_and_is_back_in_seconds(bench: Any) -> None:
    kafka = KafkaContainer(bench.images.kafka(), bench.network, bench.labels, Patience(), proxy="toxiproxy:29092")
    begun = time.monotonic()
    await kafka.up()
    first_start = time.monotonic() - begun
    broker = kafka.broker
    assert broker is not None
    await broker.create_topics({"kept": 1})
    await broker.publish("kept", 0, b"record")
    await broker.commit_ends("group", ["kept"])
    fault = Killed(kafka)
    await fault.__aenter__()
    begun = time.monotonic()
    await fault.heal()
    # With Kafka's defaults its own session, of 9 s, would have to lapse before it starts.
    assert time.monotonic() - begun < first_start + 4.5
    assert kafka.broker is broker
    assert [record.value for record in await broker.read("kept", {})] == [b"record"]
    assert await broker.committed("group", "kept") == {0: 1}
    await kafka.close()
    kafka.remove()


async def test_toxiproxy_says_what_it_refuses(here: Bench) -> None:
    with pytest.raises(AssertionError, match=r"POST /proxies/nobody with 404: .*not found"):
        await here.toxiproxy.set_enabled("nobody", enabled=False)
    await here.toxiproxy.add_toxic("redis", "slow", "latency", "downstream", {"latency": 1})
    await here.toxiproxy.set_enabled("redis", enabled=False)
    assert (await here.toxiproxy.proxies())["redis"] == Proxy("redis", 6379, "redis:6379", False, ("slow",))
    await here.toxiproxy.reset()
    assert (await here.toxiproxy.proxies())["redis"] == Proxy("redis", 6379, "redis:6379")
