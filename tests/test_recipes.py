"""The images that this repository builds keep the contracts of the published ones."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import aiokafka
import asyncpg
import docker
import httpx
import pytest
from aiokafka.errors import KafkaError
from docker.models.containers import Container

from harness import leftovers
from harness.engine import ensure_engine
from harness.eventually import Patience
from harness.images import ImageChoice, Images
from harness.ports import free_port

pytestmark = pytest.mark.engine

Start = Callable[..., Container]
DATA = "/var/lib/postgresql/data"
CLUSTER = "5L6g3nShT-eMCtK--X86sw"


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return ensure_engine()


@pytest.fixture(scope="module")
def images(client: docker.DockerClient) -> Images:
    return Images(client, ImageChoice(mode="build"))


@pytest.fixture
def start(client: docker.DockerClient) -> Iterator[Start]:
    """Start containers that are gone after the test."""
    run = leftovers.new_run()

    def start(image: str, command: list[str] | None = None, **more: Any) -> Container:
        return client.containers.run(image, command, detach=True, labels=run.labels, **more)

    yield start
    leftovers.remove_run(client, run.id)
    run.close()


async def query(port: int, sql: str, **who: str) -> Any:
    """Ask PostgreSQL at `port` for one value, once it answers."""

    async def ask() -> Any:
        connection = await asyncpg.connect(host="127.0.0.1", port=port, **who)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return await Patience().eventually(ask, within=20, bear=(OSError, asyncpg.CannotConnectNowError))


@pytest.mark.parametrize("place", [{}, {"tmpfs": {DATA: ""}}, {"volumes": [DATA]}], ids=["layer", "tmpfs", "volume"])
async def test_postgres_has_the_user_password_and_database_of_its_environment(
    images: Images, start: Start, place: dict[str, Any]
) -> None:
    port = free_port()
    who = {"user": "te\"ach'er", "password": "p'w\"d\\ ö", "database": "My Classes"}
    environment = {"POSTGRES_USER": who["user"], "POSTGRES_PASSWORD": who["password"], "POSTGRES_DB": who["database"]}
    command = ["postgres", "-c", "fsync=off", "-c", "max_connections=33"]
    start(images.postgres(), command, environment=environment, ports={5432: port}, **place)
    assert await query(port, "SHOW max_connections", **who) == "33"
    assert await query(port, "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolsuper", **who) == who["user"]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await query(port, "SELECT 1", **{**who, "password": "wrong"})


async def test_postgres_keeps_its_data_over_a_stop_which_is_clean_and_quick(images: Images, start: Start) -> None:
    port, who = free_port(), {"user": "postgres", "password": "secret", "database": "postgres"}
    container = start(images.postgres(), environment={"POSTGRES_PASSWORD": "secret"}, ports={5432: port})
    await query(port, "CREATE TABLE kept (it int)", **who)
    container.stop(timeout=5)
    container.reload()
    assert container.attrs["State"]["ExitCode"] == 0
    container.start()
    assert await query(port, "SELECT count(*) FROM kept", **who) == 0


async def test_postgres_begins_again_when_its_first_start_was_cut_short(images: Images, start: Start) -> None:
    port, who = free_port(), {"user": "me", "password": "secret", "database": "me"}
    half = f"mkdir -p {DATA} && cp -r /var/lib/postgresql/template/. {DATA} && touch {DATA}/initialisation.unfinished"
    start(
        images.postgres(),
        ["-c", f"{half} && exec entrypoint.sh postgres"],
        entrypoint="sh",
        environment={"POSTGRES_USER": "me", "POSTGRES_PASSWORD": "secret"},
        ports={5432: port},
    )
    assert await query(port, "SELECT current_user", **who) == "me"


def test_postgres_refuses_to_start_without_a_password(images: Images, start: Start) -> None:
    container = start(images.postgres())
    assert container.wait(timeout=20)["StatusCode"] == 1
    assert b"set POSTGRES_PASSWORD" in container.logs()


def test_redis_takes_options_and_runs_without_privileges(images: Images, start: Start) -> None:
    container = start(images.redis(), ["redis-server", "--save", "", "--maxmemory", "5mb"])
    ask = "until redis-cli ping; do :; done; redis-cli config get maxmemory; redis-cli config get protected-mode"
    answer = container.exec_run(["timeout", "10", "sh", "-c", f"{ask}; stat -c %U /proc/1"]).output.decode().split()
    assert answer[-5:] == ["maxmemory", "5242880", "protected-mode", "no", "redis"]
    container.stop(timeout=5)
    container.reload()
    assert container.attrs["State"]["ExitCode"] == 0


def kafka_environment(port: int, **more: str) -> dict[str, str]:
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "1",
        # A broker that was killed comes back at once; the heartbeats have to fit the session.
        "KAFKA_BROKER_SESSION_TIMEOUT_MS": "1000",
        "KAFKA_BROKER_HEARTBEAT_INTERVAL_MS": "200",
        **more,
    }


def test_kafkas_variables_become_the_properties_that_apaches_own_wrapper_makes(images: Images, start: Start) -> None:
    names = ["A", "A_B", "A__B", "A___B", "A____B", "A_____B", "X_KAFKA_Y", "HEAP_OPTS", "OPTS", "LOG4J_ROOT_LOGLEVEL"]
    odd = {f"KAFKA_{name}": f'-Dvalue="{number}; =x"' for number, name in enumerate(names)}
    environment = {**kafka_environment(1), **odd, "KAFKA_EMPTY": "", "CLUSTER_ID": CLUSTER}
    wrapper = "java -Xmx256m @/opt/kafka/classpath kafka.docker.KafkaDockerWrapper setup"
    folders = "--default-configs-dir /nowhere --mounted-configs-dir /nowhere --final-configs-dir /tmp/theirs"
    compare = (
        f"set -e; mkdir /tmp/theirs; {wrapper} {folders}; cd /tmp; grep . theirs/server.properties | sort > theirs.txt;"
        "/opt/kafka/bin/properties.sh | sort > ours.txt; wc -l < ours.txt; diff theirs.txt ours.txt"
    )
    container = start(images.kafka(), ["sh", "-c", compare], environment=environment)
    status = container.wait(timeout=60)["StatusCode"]
    said = container.logs().decode()
    assert status == 0, said
    assert said.split()[-1] == str(10 + 7 + 1)


@pytest.mark.parametrize("place", [{}, {"tmpfs": {"/logs": "uid=1000"}}], ids=["layer", "tmpfs"])
async def test_kafka_stores_records_and_keeps_them_over_a_kill(
    images: Images, start: Start, place: dict[str, Any]
) -> None:
    port = free_port()
    cluster = "Some-Other-ClusterId00"
    directory = {"KAFKA_LOG_DIRS": "/logs"} if place else {}
    environment = kafka_environment(
        port,
        CLUSTER_ID=cluster,
        KAFKA_HEAP_OPTS="-Xms128m -Xmx256m",
        KAFKA_BROKER_SESSION_TIMEOUT_MS="1000",
        **directory,
    )
    container = start(images.kafka(), environment=environment, ports={9092: port}, **place)
    await Patience().eventually(lambda: produced(port), within=30, bear=(KafkaError, OSError))
    folder = "/logs" if place else "/tmp/kafka-logs"
    seen = container.exec_run(["sh", "-c", f"cat {folder}/meta.properties; id -un"])
    assert f"cluster.id={cluster}" in seen.output.decode()
    assert seen.output.decode().endswith("appuser\n")
    assert b"-Xmx256m" in container.exec_run(["sh", "-c", "tr '\\0' ' ' < /proc/1/cmdline"]).output
    if place:
        return
    container.kill()
    container.start()
    assert await Patience().eventually(lambda: consumed(port), within=30, bear=(KafkaError, OSError)) == b"record"


async def produced(port: int) -> None:
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=f"127.0.0.1:{port}")
    try:
        await producer.start()
        await producer.send_and_wait("records", b"record")
    finally:
        await producer.stop()


async def consumed(port: int) -> bytes:
    consumer = aiokafka.AIOKafkaConsumer(
        "records", bootstrap_servers=f"127.0.0.1:{port}", auto_offset_reset="earliest", group_id=uuid.uuid4().hex
    )
    try:
        await consumer.start()
        return (await consumer.getone()).value
    finally:
        await consumer.stop()


def test_several_log_directories_are_formatted_by_kafkas_own_tool(images: Images, start: Start) -> None:
    environment = kafka_environment(1, KAFKA_LOG_DIRS="/tmp/one,/tmp/two")
    script = "/opt/kafka/bin/properties.sh > /tmp/p && /opt/kafka/bin/format.sh /tmp/p && cat /tmp/*/meta.properties"
    container = start(
        images.kafka(), ["sh", "-c", f"{script} && /opt/kafka/bin/format.sh /tmp/p"], environment=environment
    )
    assert container.wait(timeout=60)["StatusCode"] == 0, container.logs()
    assert container.logs().count(f"cluster.id={CLUSTER}".encode()) == 2


async def test_toxiproxy_answers_and_runs_without_privileges(images: Images, start: Start) -> None:
    port = free_port()
    container = start(images.toxiproxy(), ports={8474: port})

    async def ask() -> str:
        async with httpx.AsyncClient() as http:
            return str((await http.get(f"http://127.0.0.1:{port}/version")).json()["version"])

    await Patience().eventually(ask, within=20, bear=(httpx.HTTPError,))
    container.reload()
    assert container.attrs["Config"]["User"] == "65534:65534"
    container.stop(timeout=5)
    container.reload()
    assert container.attrs["State"]["ExitCode"] == 0


def test_python_installs_wheels_as_the_published_image_does(images: Images, start: Start) -> None:
    check = "import sys; assert sys.version_info[:2] == (3, 11)"
    container = start(
        images.python(), ["sh", "-c", f"python3 -c '{check}' && python3 -m pip --version && which python"]
    )
    assert container.wait(timeout=20)["StatusCode"] == 0, container.logs()
