"""Containers: ready means a round trip; what does not come up says why, at once."""

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest
from redis.exceptions import RedisError

from harness import commit_log
from harness.broker import Broker
from harness.commit_log import Commit
from harness.containers import container as container_module
from harness.containers.kafka import KafkaContainer
from harness.containers.postgres import PostgresContainer
from harness.containers.redis import RedisContainer
from harness.errors import InfrastructureError
from harness.eventually import Patience
from harness.redis_watch import RedisWatch

pytestmark = pytest.mark.engine


def _redis(bench) -> RedisContainer:
    return RedisContainer(bench.images.redis(), bench.network, bench.labels, Patience())


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("0.0.0.0", 0)) as server:
        yield server.getsockname()[1]


async def test_a_container_that_exits_while_it_is_waited_for_fails_at_once_with_its_last_words(bench) -> None:
    postgres = PostgresContainer(bench.images.postgres(), bench.network, bench.labels, Patience())
    postgres.with_command(["postgres", "-c", "no_such_setting=1"])
    begun = time.monotonic()
    with pytest.raises(InfrastructureError, match=r"postgres .* has ended with exit code") as raised:
        await postgres.up(within=60)
    assert time.monotonic() - begun < 20
    assert "no_such_setting" in str(raised.value)
    postgres.remove()


async def test_a_container_that_never_gets_ready_is_told_with_what_was_seen(bench) -> None:
    redis = _redis(bench)
    redis.with_command(["redis-server", "--requirepass", "unknown-to-the-suite"])
    with pytest.raises(InfrastructureError, match=r"redis .* runs, but is not ready: .*[Aa]uth"):
        await redis.up(within=3)
    redis.remove()


async def test_a_container_that_is_removed_while_it_starts_is_told(bench) -> None:
    redis = _redis(bench)
    redis.with_command(["redis-server", "--requirepass", "unknown-to-the-suite"])
    redis.start()
    redis.get_wrapped_container().remove(force=True, v=True)
    with pytest.raises(InfrastructureError, match="is gone: somebody removed it"):
        await redis.until_ready(within=5)


async def test_a_port_that_somebody_else_took_meanwhile_is_given_up_for_another(bench, monkeypatch, taken_port) -> None:
    ports = iter([taken_port])
    free = container_module.free_port
    monkeypatch.setattr(container_module, "free_port", lambda: next(ports, None) or free())
    redis = _redis(bench)
    await redis.up()
    assert redis.published_port != taken_port
    redis.remove()


async def test_removing_what_is_gone_is_no_error(bench) -> None:
    redis = _redis(bench)
    redis.remove()
    await redis.up()
    redis.get_wrapped_container().remove(force=True, v=True)
    redis.remove()


async def test_what_postgres_has_logged_is_all_there(bench) -> None:
    begun = time.time()
    postgres = PostgresContainer(bench.images.postgres(), bench.network, bench.labels, Patience())
    await postgres.up()
    connection = await postgres.connect()
    for number in range(50):
        await connection.execute(f"DO $$ BEGIN RAISE LOG 'number {number};'; END $$")
        assert any(f"number {number};" in line for line in await postgres.all_log_lines(begun))
    await connection.close()
    postgres.remove()


async def test_who_asks_redis_for_what_is_told_by_connection(bench) -> None:
    redis = _redis(bench)
    await redis.up()
    one, other = redis.client(), redis.client()
    await one.set("before", "1")
    watch = RedisWatch(redis.client(answer_within=None))
    await watch.begins()
    for _ in range(2):
        await one.set("key", "1")
    await other.eval("return redis.call('GET', KEYS[1])", 1, "key")
    await other.get("another")

    async def look() -> None:
        assert sorted(watch.asked("key").values()) == [1, 2]  # what the script does by itself is not counted
        assert len(watch.asked("another")) == 1

    await Patience().eventually(look)
    assert not watch.asked("before")
    await watch.ends()
    await asyncio.gather(one.aclose(), other.aclose())
    redis.remove()


async def test_a_watch_that_breaks_off_says_so(bench) -> None:
    redis = _redis(bench)
    await redis.up()
    watch = RedisWatch(redis.client(answer_within=None))
    await watch.begins()
    redis.remove()

    async def look() -> None:
        watch.asked("key")
        raise AssertionError

    with pytest.raises(RedisError):
        await Patience().eventually(look)
    with pytest.raises(RedisError):
        await watch.ends()


async def test_kafka_is_ready_for_records_offsets_and_groups(bench) -> None:
    begun = time.time()
    kafka = KafkaContainer(bench.images.kafka(), bench.network, bench.labels, Patience())
    await kafka.up()
    broker = kafka.broker
    assert isinstance(broker, Broker)
    await broker.create_topics({"t": 2})
    await broker.create_topics({"t": 2})
    first = await broker.publish("t", 1, b"one", headers=[("h", b"1")])
    await broker.publish("t", 1, b"two")
    moment = time.time()
    await broker.publish("t", 0, b"three")
    assert [record.value for record in await broker.read_since("t", moment)] == [b"three"]
    assert len(await broker.read("t", {})) == 3
    assert [record.value for record in await broker.read("t", {0: 1, 1: first.offset + 1})] == [b"two"]
    await broker.commit_ends("g", ["t"])
    assert await broker.committed("g", "t") == {0: 1, 1: 2}
    line = await commit_log.draw_line(broker, first)
    await broker.commit_at("g", [first])
    assert await broker.committed("g", "t") == {0: 1, 1: 0}
    commits = await commit_log.read_commits(broker, begun)
    assert commits[-1] == Commit("g", "t", 1, 0)
    assert {*commit_log.before(commits, line)} == {Commit("g", "t", 0, 1), Commit("g", "t", 1, 2)}
    assert commit_log.taken_back(commits) == [(Commit("g", "t", 1, 2), Commit("g", "t", 1, 0))]
    assert await broker.assignments("g", "t") == {}
    assert await broker.members("g") == []
    assert await broker.working_members("g") == frozenset()
    await broker.ping()
    many = await broker.publish_all("t", [(n % 2, b"%d" % n, [("n", b"%d" % n)]) for n in range(4)])
    assert [(position.partition, position.offset) for position in many] == [(0, 1), (1, 2), (0, 2), (1, 3)]
    assert {record.value for record in await broker.read("t", {0: 1, 1: 3})} == {b"0", b"2", b"3"}
    assert any("Kafka Server started" in line for line in await kafka.log_lines(since=begun))
    await broker.close()
    kafka.remove()
