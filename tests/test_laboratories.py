"""While a scenario plays in a laboratory, the scene for the next one is set in another; nothing of it is in its way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from actors import phrases
from harness.errors import DidNotComeUpError, InfrastructureError
from harness.laboratories import Call, Laboratories, calls_of
from harness.settings import ROOT

CALLS = [Call("a:1", with_service=True), Call("a:2", with_service=True), Call("a:3", with_service=False)]


class Stack:
    """Stands for a laboratory; writes down what is done with it."""

    def __init__(self, name: str, story: list[str]) -> None:
        self.name, self.story, self.may_start = name, story, asyncio.Event()
        self.may_start.set()
        self.trouble: Exception | None = None
        self.postgres = SimpleNamespace(
            create_database=self._creates, drop_database=self._drops, bear=(), connections=None
        )
        self.template = "template"

    async def ready(self) -> None:
        self.story.append(f"{self.name} is up")

    async def rest(self) -> None:
        pass

    @asynccontextmanager
    async def used_alone(self) -> AsyncIterator[None]:
        self.story.append(f"{self.name} is clean")
        yield
        self.story.append(f"{self.name} is left")

    async def run_service(self, database: str, settings: Any = None) -> str:
        await self.may_start.wait()
        if self.trouble is not None:
            raise self.trouble
        self.story.append(f"{self.name} has a service{' with settings' if settings else ''}")
        return f"service of {database}"

    async def end_services(self) -> None:
        self.story.append(f"{self.name} ends services")

    async def close_clients(self) -> None:
        self.story.append(f"{self.name} is closed")

    async def _creates(self, name: str, template: str) -> None:
        pass

    async def _drops(self, name: str) -> None:
        pass


def failing(why: str) -> Callable[[], Awaitable[None]]:
    """Return something to be done to a laboratory that fails."""

    async def fails() -> None:
        raise InfrastructureError(why)

    return fails


@pytest.fixture
def story() -> list[str]:
    return []


def laboratories(story: list[str], number: int = 2) -> tuple[Laboratories, list[Any]]:
    stacks: list[Any] = [Stack(name, story) for name in ("A", "B")[:number]]
    return Laboratories(stacks, CALLS), stacks


async def test_the_next_scene_is_set_in_the_other_laboratory_with_its_service(story: list[str]) -> None:
    several, (one, other) = laboratories(story)
    async with several.scene("a:1") as site:
        assert site.stack is one
        assert await site.start_service() >= 0  # nobody had time to begin with it
        await several.rest()
        assert "B has a service" in story
    async with several.scene("a:2") as site:
        assert site.stack is other
        await several.rest()
        assert "B has a service" in story
        assert site.running is None, "nobody has asked for it"
        story.clear()
        await site.start_service()
        assert site.running is not None
        assert story == []
    async with several.scene("a:3") as site:
        assert site.stack is one
        assert site.running is None
    await several.close()
    assert story[-2:] == ["A is closed", "B is closed"]
    assert story.index("A is left") < story.index("A is closed")


async def test_a_scene_is_cleared_away_while_the_next_plays_and_before_another_one_is_set(story: list[str]) -> None:
    several, _ = laboratories(story)
    async with several.scene("a:1"):
        await several.rest()
        story.clear()
    assert story == []
    async with several.scene("a:2"):
        await several.rest()
        assert story == ["A ends services", "A is left", "A is up", "A is clean"]


async def nobody_plays(several: Laboratories, place: str, because: str) -> None:
    with pytest.raises(InfrastructureError, match=because):
        async with several.scene(place):
            pytest.fail("nobody plays here")


async def test_a_scene_that_cannot_be_cleared_away_is_told_to_whoever_comes_after_it(story: list[str]) -> None:
    several, (one, _) = laboratories(story)

    async with several.scene("a:1"):
        one.end_services = failing("the engine is gone")
    async with several.scene("a:2"):
        await several.rest()
    await nobody_plays(several, "a:3", because="the engine is gone")


async def test_one_laboratory_is_cleared_before_the_next_scene(story: list[str]) -> None:
    several, _ = laboratories(story, number=1)
    for place in ("a:1", "a:2"):
        async with several.scene(place):
            await several.rest()
            assert story == ["A is up", "A is clean"]
        assert story[2:] == ["A ends services", "A is left"]
        story.clear()


async def test_who_has_to_be_alone_has_nobody_behind_the_scenes(story: list[str]) -> None:
    several, _ = laboratories(story)
    async with several.scene("a:1", alone=True):
        await several.rest()
        assert not [line for line in story if line.startswith("B")]


async def test_a_scene_for_another_scenario_is_struck(story: list[str]) -> None:
    several, _ = laboratories(story)
    async with several.scene("a:1"):
        pass
    async with several.scene("b:7") as site:
        assert site.running is None
        assert "B ends services" in story
        assert story.index("A is left") < len(story) - 1
    await several.close()


async def test_a_service_that_does_not_start_is_told_to_who_asks_for_it_and_cleared_away(story: list[str]) -> None:
    several, (_, other) = laboratories(story)
    other.trouble = DidNotComeUpError("it ended with exit code 1")
    async with several.scene("a:1"):
        pass
    async with several.scene("a:2") as site:
        with pytest.raises(DidNotComeUpError, match="exit code 1"):
            await site.start_service()
    await several.rest()
    assert "B ends services" in story


async def test_other_settings_are_another_service(story: list[str]) -> None:
    several, _ = laboratories(story)
    async with several.scene("a:1"):
        pass
    async with several.scene("a:2") as site:
        await site.start_service({"LOG_LEVEL": "DEBUG"})
        assert story[-1] == "B has a service with settings"
        assert story.count("B has a service") == 1, "the one that was begun is still cleared away"


async def test_an_end_gives_up_the_start_of_a_service_and_clears_away_what_there_is_of_it(story: list[str]) -> None:
    several, (_, other) = laboratories(story)
    other.may_start.clear()
    async with several.scene("a:1"):
        while "B is clean" not in story:  # noqa: ASYNC110 -- the loop has to turn, and there is no event for this
            await asyncio.sleep(0)
    await several.close()
    assert "B has a service" not in story
    assert story.index("B ends services") < story.index("B is closed")


async def test_an_end_closes_everything_and_tells_what_went_wrong(story: list[str]) -> None:
    several, (one, _) = laboratories(story)

    async with several.scene("a:1"):
        one.end_services = failing("the engine is gone")
    with pytest.raises(InfrastructureError, match="the engine is gone"):
        await several.close()
    assert story[-2:] == ["A is closed", "B is closed"]


async def test_a_scene_that_could_not_be_set_is_told_where_nobody_has_waited_for_it(story: list[str]) -> None:
    several, (_, other) = laboratories(story)

    other.ready = failing("no Kafka")
    async with several.scene("a:1"):
        await several.rest()
    await nobody_plays(several, "b:7", because="no Kafka")


def test_who_calls_for_what_is_told_from_tags_and_the_first_step() -> None:
    def scenario(line: int, step: str, *tags: str) -> Any:
        return SimpleNamespace(
            filename="f", line=line, all_steps=iter([SimpleNamespace(name=step)]), effective_tags=tags
        )

    wanted = [
        scenario(1, "the service runs", "R1", "laboratory"),
        scenario(2, "the service runs"),
        scenario(3, "Kafka is not up yet", "laboratory"),
    ]
    assert calls_of(wanted, "the service runs") == [Call("f:1", with_service=True), Call("f:3", with_service=False)]


def test_the_step_that_is_looked_for_is_one_of_the_steps() -> None:
    assert f'@given("{phrases.SERVICE_RUNS}"' in (ROOT / "steps" / "lifecycle_steps.py").read_text(encoding="utf-8")
