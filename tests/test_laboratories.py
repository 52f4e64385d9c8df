"""Each scenario in a laboratory has one for itself, in the one that is free."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from harness.errors import InfrastructureError
from harness.laboratories import Laboratories, rooms_for
from harness.sites import Site
from harness.stack import Left
from tests.onlookers import Onlooker


class Place:
    """Stands for a laboratory; writes down what is done with it."""

    def __init__(self, name: str, story: list[str]) -> None:
        self.name, self.story, self.is_up = name, story, asyncio.Event()
        self.trouble: Exception | None = None
        self.postgres = SimpleNamespace(create_database=self._nothing, drop_database=self._nothing, bear=())
        self.template = "template"
        self.left: Left | None = None
        self.services: list[object] = []

    async def _nothing(self, *_: Any, **__: Any) -> None:
        pass

    async def ready(self) -> None:
        await self.is_up.wait()
        if self.trouble is not None:
            raise self.trouble
        self.story.append(f"{self.name} is up")

    @asynccontextmanager
    async def used_alone(self, *, service_runs: bool) -> AsyncIterator[None]:
        self.left = self.left if service_runs else None
        self.story.append(f"{self.name} is clean")
        yield
        self.story.append(f"{self.name} is left")

    def may_leave(self, running: object, _: str) -> bool:
        return running is not None

    def take_over(self) -> str | None:
        left, self.left = self.left, None
        return left and f"the service on {left.database}"

    async def end_services(self) -> None:
        self.story.append(f"{self.name} ends services")

    async def close_clients(self) -> None:
        self.story.append(f"{self.name} is closed")
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def story() -> list[str]:
    return []


@pytest.fixture
async def places(story: list[str]) -> list[Place]:
    return [Place("A", story), Place("B", story)]


@pytest.fixture
async def laboratories(places: list[Place]) -> Laboratories:
    for place in places:
        place.is_up.set()
    return Laboratories(places)


async def play(laboratories: Laboratories, until: asyncio.Event, sites: list[Site]) -> None:
    async with laboratories.site() as site:
        sites.append(site)
        await until.wait()


async def test_each_has_one_for_itself_and_the_third_waits_until_one_is_free(
    laboratories: Laboratories, story: list[str]
) -> None:
    first, others, sites = asyncio.Event(), asyncio.Event(), list[Site]()
    tasks = [asyncio.create_task(play(laboratories, until, sites)) for until in (first, others, others)]
    await asyncio.sleep(0.01)
    assert [site.stack.name for site in sites] == ["A", "B"]
    first.set()
    await tasks[0]
    others.set()
    await asyncio.gather(*tasks)
    assert sites[2].stack.name == "A"
    assert sites[2].database != sites[0].database
    of_first = [line for line in story if line.startswith("A")]
    assert of_first == 2 * ["A is up", "A is clean", "A ends services", "A is left"]


async def test_they_start_one_after_the_other(places: list[Place], story: list[str]) -> None:
    laboratories = Laboratories(places)
    tasks = [asyncio.create_task(laboratories.up(number)) for number in range(2)]
    places[1].is_up.set()
    await asyncio.sleep(0.01)
    assert story == []
    places[0].is_up.set()
    await asyncio.gather(*tasks)
    assert story == ["A is up", "B is up"]


async def test_one_that_does_not_start_is_told_and_not_kept_from_others(
    laboratories: Laboratories, places: list[Place]
) -> None:
    places[0].trouble = InfrastructureError("it has burnt down")
    for _ in range(2):
        with pytest.raises(InfrastructureError, match="burnt down"):
            async with laboratories.site():
                pass


async def test_a_scenario_that_fails_leaves_its_laboratory_to_the_next(laboratories: Laboratories) -> None:
    for _ in range(3):
        with pytest.raises(AssertionError):
            async with laboratories.site():
                raise AssertionError("one row expected")


async def test_all_are_closed_and_the_first_trouble_is_told(
    laboratories: Laboratories, places: list[Place], story: list[str]
) -> None:
    places[0].trouble = InfrastructureError("its network is gone")
    with pytest.raises(InfrastructureError, match="network"):
        await laboratories.close()
    assert story == ["A is closed", "B is closed"]


@pytest.mark.parametrize(("scenarios", "number"), [(0, 1), (1, 1), (9, 1), (10, 2), (20, 3), (30, 4), (200, 4)])
def test_there_are_as_many_as_are_worth_their_start(scenarios: int, number: int) -> None:
    assert rooms_for(scenarios, 10**10).number == number


@pytest.mark.parametrize(("gigabytes", "number"), [(0.5, 1), (2, 1), (2.4, 2), (3, 3), (3.8, 4), (64, 4)])
def test_there_are_no_more_than_there_is_memory_for(gigabytes: float, number: int) -> None:
    assert rooms_for(200, int(gigabytes * 10**9)).number == number


async def a_scenario(laboratories: Laboratories, *, held: bool = True, service_runs: bool = True) -> Site:
    """Play one that finds the service of the one before, or starts its own."""
    async with laboratories.site(service_runs=service_runs) as site:
        site.watch = Onlooker(held)
        if not site.takes_over():
            site.running = f"a new service on {site.database}"  # type: ignore[assignment]
    return site


async def test_one_that_has_held_leaves_its_service_and_database_to_the_next(laboratories: Laboratories) -> None:
    first = await a_scenario(laboratories)
    second = await a_scenario(laboratories, held=False)
    assert second.database == first.database
    assert str(second.running) == f"the service on {first.database}"
    third = await a_scenario(laboratories)
    assert str(third.running) == f"a new service on {third.database}", "what a failed one leaves is not to be relied on"


async def test_it_is_told_whether_the_next_one_finds_a_service(laboratories: Laboratories) -> None:
    assert not laboratories.have_a_service_left
    await a_scenario(laboratories)
    assert laboratories.have_a_service_left
    await a_scenario(laboratories, held=False)
    assert not laboratories.have_a_service_left


async def test_one_that_does_not_begin_with_a_service_finds_none(laboratories: Laboratories) -> None:
    first = await a_scenario(laboratories)
    second = await a_scenario(laboratories, service_runs=False)
    assert second.database != first.database
    assert str(second.running) == f"a new service on {second.database}"


async def test_a_service_that_is_started_is_not_forgotten_where_none_was_left(laboratories: Laboratories) -> None:
    async with laboratories.site(service_runs=True) as site:
        site.running = "its own"  # type: ignore[assignment]
        assert not site.takes_over()
        assert str(site.running) == "its own"
