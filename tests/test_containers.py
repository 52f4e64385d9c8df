"""Containers: ready means a round trip; what does not come up says why, at once."""

import socket
import time
from collections.abc import Iterator

import pytest

from harness.broker import Broker
from harness.containers import container as container_module
from harness.containers.kafka import KafkaContainer
from harness.containers.postgres import PostgresContainer
from harness.containers.redis import RedisContainer
from harness.errors import InfrastructureError
from harness.eventually import Patience

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
    await broker.commit_at("g", [first])
    assert await broker.committed("g", "t") == {0: 1, 1: 0}
    assert await broker.members("g") == []
    assert await broker.working_members("g") == frozenset()
    await broker.ping()
    many = await broker.publish_all("t", [(n % 2, b"%d" % n, [("n", b"%d" % n)]) for n in range(4)])
    assert [(position.partition, position.offset) for position in many] == [(0, 1), (1, 2), (0, 2), (1, 3)]
    assert {record.value for record in await broker.read("t", {0: 1, 1: 3})} == {b"0", b"2", b"3"}
    assert any("Kafka Server started" in line for line in await kafka.log_lines(since=begun))
    await broker.close()
    kafka.remove()
