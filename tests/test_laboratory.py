"""The laboratory: the service stands behind proxies; what is not healed is noticed, and replaced with a word."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from actors import wire
from harness.containers.container import KILLED
from harness.errors import InfrastructureError
from harness.eventually import Patience
from harness.faults import CutOff, Disconnected, Fault, Paused, Slowed, StarvedOfCpu, StarvedOfMemory, Stopped
from harness.laboratory import Laboratory
from harness.settings import Settings
from harness.sites import Site, fresh_site
from harness.sql import text
from harness.stack_images import have_images
from harness.standing import Ground
from harness.target import Target
from tests.onlookers import Onlooker

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

Make = Callable[[Laboratory], Fault]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def laboratory(bench: Any) -> AsyncIterator[Laboratory]:
    target = Target.load(Settings().target)
    chosen, _ = have_images(bench.client, target)
    laboratory = Laboratory("Laboratory", chosen, target, wire.WIRING, Ground(bench.labels), Patience())
    await laboratory.ready()
    yield laboratory
    await laboratory.close_clients()


async def test_a_laboratory_that_is_well_is_looked_at_in_no_time_and_kept(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    await laboratory.assert_well()
    before = [part.get_wrapped_container().id for part in laboratory.parts]
    begun = time.monotonic()
    await laboratory.made_well()
    assert time.monotonic() - begun < max(laboratory.started.values()) / 4, "a hundredth on a machine at rest"
    assert [part.get_wrapped_container().id for part in laboratory.parts] == before
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda here: Paused(here.kafka), "kafka is paused"),
        (lambda here: Stopped(here.redis), "redis is exited"),
        (lambda here: Disconnected(here.redis, here.network.name), "redis is not on its network"),
        (lambda here: StarvedOfCpu(here.toxiproxy, 0.5), "toxiproxy has limits of CPU or memory"),
        (lambda here: StarvedOfMemory(here.postgres, 900_000_000), "postgres has limits of CPU or memory"),
        (lambda here: CutOff(here.toxiproxy, "postgres"), "the proxy of postgres is .*enabled=False"),
        (lambda here: Slowed(here.toxiproxy, "kafka", 1), "the proxy of kafka is .*latency_downstream"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_whatever_is_still_broken_is_noticed(laboratory: Laboratory, fault: Make, told: str) -> None:
    async with fault(laboratory):
        with pytest.raises(AssertionError, match=told):
            await laboratory.assert_well()
    await laboratory.assert_well()


async def test_a_dependency_that_does_not_answer_is_noticed(laboratory: Laboratory) -> None:
    stubborn = replace_client(laboratory)
    try:
        with pytest.raises(AssertionError, match="redis does not answer"):
            await laboratory.assert_well()
    finally:
        stubborn()


def replace_client(laboratory: Laboratory) -> Callable[[], None]:
    """Let Redis's port lead nowhere; returns how to take that back."""
    port, laboratory.redis.published_port = laboratory.redis.published_port, 1

    def back() -> None:
        laboratory.redis.published_port = port

    return back


async def test_the_service_goes_through_the_proxies_and_the_suite_does_not(laboratory: Laboratory) -> None:
    await laboratory.postgres.create_database("proxied", template=laboratory.template)
    service = await laboratory.run_service("proxied")
    cut = [await CutOff(laboratory.toxiproxy, part).__aenter__() for part in ("postgres", "kafka", "redis")]
    connection = await laboratory.postgres.connect("proxied")
    try:
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'proxied' AND pid <> pg_backend_pid()"

        async def gone() -> None:
            assert await connection.fetchval(sessions) == 0
            assert (await service.http.get("/healthz")).status_code == 503

        await Patience().eventually(gone, within=10)
        await laboratory.broker.round_trip()
        assert await laboratory.redis_client.ping()
        for fault in cut:
            await fault.heal()
        await service.until_ready(20)
    finally:
        await connection.close()
        await laboratory.end_services()


async def test_replicas_have_names_and_addresses_of_their_own(laboratory: Laboratory) -> None:
    await laboratory.postgres.create_database("replicas", template=laboratory.template)
    first = await laboratory.run_service("replicas")
    second = await laboratory.run_service("replicas", settings={"CLASS_MANAGEMENT_SERVICE_ENVIRONMENT": "second"})
    try:
        assert (first.alias, second.alias) == ("service", "service-2")
        answers = await asyncio.gather(first.http.get("/healthz"), second.http.get("/healthz"))
        assert [answer.json()["environment"] for answer in answers] == ["development", "second"]
        assert len(await laboratory.broker.members(wire.GROUP)) == 2
    finally:
        await laboratory.end_services()


async def test_a_killed_service_leaves_nothing_behind_and_starts_again_without_waiting_for_its_dead_member(
    laboratory: Laboratory,
) -> None:
    await laboratory.postgres.create_database("killed", template=laboratory.template)
    # Who waits for the dead member would wait for its session, and not be ready in time.
    service = await laboratory.run_service(
        "killed", settings={"CLASS_MANAGEMENT_SERVICE_KAFKA_SESSION_TIMEOUT_MS": "300000"}
    )
    try:
        assert all((await laboratory.connections()).values())
        with pytest.raises(AssertionError, match="the service runs already"):
            await service.start_again()
        before, port = service.members, service.published_port
        await service.killed()
        assert await laboratory.broker.members(wire.GROUP) == []

        async def gone() -> None:
            assert await laboratory.connections() == {"postgres": 0, "kafka": 0, "redis": 0}

        await Patience().eventually(gone)
        await service.start_again(within=60)
        assert service.members
        assert not service.members & before
        assert service.published_port == port
    finally:
        await laboratory.end_services()
        # Its member has gone without a word, and would be waited for by the next one, for its whole session.
        await laboratory.broker.evict(wire.GROUP)


@asynccontextmanager
async def scenario(laboratory: Laboratory, *, held: bool = True, service_runs: bool = True) -> AsyncIterator[Site]:
    """Play a scenario with a service, its own or the one that was left."""
    async with laboratory.used_alone(service_runs=service_runs), fresh_site(laboratory) as site:
        site.watch = Onlooker(held)
        if not site.takes_over():
            await site.start_service()
        yield site


async def container(laboratory: Laboratory, **how: bool) -> str:
    async with scenario(laboratory, **how) as site:
        return str(site.service.get_wrapped_container().id)


async def test_a_service_is_left_to_the_next_scenario_with_nothing_in_its_database(laboratory: Laboratory) -> None:
    async with scenario(laboratory) as site:
        first = site.service.get_wrapped_container().id
        await laboratory.redis_client.set("left", "behind")
        await _execute(
            site,
            "INSERT INTO students (id, first_name, last_name, created_by_user_id)"
            " VALUES (gen_random_uuid(), 'a', 'b', 'c')",
        )
    async with scenario(laboratory) as site:
        assert site.service.get_wrapped_container().id == first
        assert await _count(site, "students") == 0
        assert await laboratory.redis_client.dbsize() == 0
        assert await _count(site, "courses") > 0, "what the migrations have put there stays"
        site.may_be_left = False
    assert await container(laboratory) != first
    await laboratory.end_services()


@pytest.mark.parametrize(
    "what", ["it has not held", "it was restricted", "its schema was changed", "it waits", "a late error"]
)
async def test_a_service_that_is_not_as_it_was_is_left_to_nobody(laboratory: Laboratory, what: str) -> None:
    async with scenario(laboratory, held=what != "it has not held") as site:
        first = site.service.get_wrapped_container().id
        if what == "it was restricted":
            await StarvedOfCpu(site.service, 0.5).__aenter__()
        if what == "its schema was changed":
            await _execute(site, "ALTER TABLE students ALTER COLUMN last_name DROP NOT NULL")
        if what == "a late error":
            site.watch = Onlooker(held=True, quiet_afterwards=False)
        if what == "it waits":
            await Paused(site.service).__aenter__()
    assert await container(laboratory) != first
    await laboratory.end_services()


async def test_who_does_not_begin_with_a_service_finds_none(laboratory: Laboratory) -> None:
    first = await container(laboratory)
    assert await container(laboratory, service_runs=False) != first
    async with laboratory.used_alone():
        assert not laboratory.services
        assert not laboratory.left


async def test_what_waits_to_be_acknowledged_is_seen(laboratory: Laboratory) -> None:
    broker = laboratory.broker
    async with scenario(laboratory) as site:
        await Patience().eventually(lambda: _caught_up(laboratory))
        async with Paused(site.service):
            await broker.publish(wire.SUGGESTED, 0, b"{}")
            assert not await broker.has_caught_up(wire.GROUP)
        await Patience().eventually(lambda: _caught_up(laboratory))
    await laboratory.end_services()


async def _caught_up(laboratory: Laboratory) -> None:
    assert await laboratory.broker.has_caught_up(wire.GROUP)


async def _execute(site: Site, statement: str) -> None:
    async with site.engine.begin() as connection:
        await connection.execute(text(statement))


async def _count(site: Site, table: str) -> int:
    async with site.engine.connect() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_a_command_that_fails_tells_all_that_it_printed(laboratory: Laboratory) -> None:
    assert await laboratory.run_command("nowhere", ("sh", "-c", "echo done; echo well >&2")) in {
        "done\nwell\n",
        "well\ndone\n",
    }
    with pytest.raises(InfrastructureError, match=r"ended with exit code 7") as raised:
        await laboratory.run_command("nowhere", ("sh", "-c", "echo what differs; exit 7"))
    assert raised.value.details == "what differs"


async def test_a_command_that_goes_on_is_told_with_what_it_printed_and_is_gone(laboratory: Laboratory) -> None:
    settings = {"SAID": "so far", "HULEEDU_INTERNAL_API_KEY": None}
    command = ("sh", "-c", "echo $SAID $HULEEDU_INTERNAL_API_KEY; exec sleep 60")
    begun = await laboratory.begin_command("nowhere", command, settings)
    with pytest.raises(AssertionError, match=r"still runs after 2 s, and has printed:\nso far\n$"):
        await begun.ended(within=2)
    await begun.remove()  # once more does no harm


async def test_a_command_that_is_killed_has_failed(laboratory: Laboratory) -> None:
    begun = await laboratory.begin_command("nowhere", ("sleep", "60"))
    await begun.kill()
    assert (await begun.ended(within=10)).exit_code == KILLED


async def test_a_service_that_is_begun_is_not_waited_for(laboratory: Laboratory) -> None:
    service = await laboratory.begin_service("nowhere", {"database_password": "wrong"})
    try:
        assert (await service.ended(within=30)).exit_code != 0
        assert laboratory.services == [service]
    finally:
        await laboratory.end_services()


async def test_a_service_that_ends_by_itself_was_not_killed(laboratory: Laboratory) -> None:
    await laboratory.postgres.create_database("ended", template=laboratory.template)
    service = await laboratory.run_service("ended")
    try:
        await service.signal("SIGTERM")
        await service.ended(within=8)
        with pytest.raises((AssertionError, InfrastructureError), match=r"exit code 0|not running"):
            await service.killed()
    finally:
        await laboratory.end_services()


async def test_a_laboratory_that_cannot_be_healed_is_replaced_with_a_line_that_says_so(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    old, network = laboratory.redis, laboratory.network.name
    await Paused(laboratory.kafka).cause()
    await laboratory.redis.engine(lambda container: container.remove(force=True))
    await laboratory.made_well()
    told = [line for line in capsys.readouterr().err.splitlines() if "replaced" in line]
    assert len(told) == 1
    assert "kafka is paused; redis does not answer" in told[0]
    assert "is gone" in told[0] or "No such container" in told[0]
    assert laboratory.redis is not old
    assert laboratory.network.name != network
    names = [n.name for n in laboratory.client.networks.list(filters={"label": next(iter(laboratory.labels))})]
    assert network not in names
    await laboratory.assert_well()
    await laboratory.broker.round_trip()
    assert await laboratory.broker.members(wire.GROUP) == []
