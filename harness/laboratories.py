"""The laboratories of a run: where a scenario plays, and where meanwhile the last scene goes and the next is set."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from harness.laboratory import Laboratory
from harness.sites import Site, fresh_site

TAG = "laboratory"
WORTH_A_SECOND = 10
"""Scenarios in laboratories from which on a second one saves more time than its start takes."""


@dataclass(frozen=True)
class Call:
    """A scenario's call for a scene; `with_service` tells whether it begins with the service as the target has it."""

    place: str
    with_service: bool


def calls_of(scenarios: Iterable[Any], service_runs: str) -> list[Call]:
    """Return the calls of behave's `scenarios` that work in a laboratory, in their order.

    `service_runs` is the first step of those that begin with the service as the target has it.
    """
    return [
        Call(f"{s.filename}:{s.line}", next((step.name for step in s.all_steps), "") == service_runs)
        for s in scenarios
        if TAG in s.effective_tags
    ]


class Laboratories:
    """Sets a scene for each scenario that works in a laboratory: a site with a database of its own.

    `calls` are those of the run, in their order. Where there is a second one of `stacks`, the last scene is cleared
    away there while the present one plays, and the scene for the next call is set, service included: to start one
    takes longer than all else about a scene.
    """

    def __init__(self, stacks: Sequence[Laboratory], calls: Sequence[Call]) -> None:
        self._stacks = stacks
        self._following = dict(zip([call.place for call in calls], calls[1:], strict=False))
        self._next: _Scene | None = None
        self._last: _Scene | None = None

    @property
    def first(self) -> Laboratory:
        """The one that is begun first."""
        return self._stacks[0]

    @asynccontextmanager
    async def scene(self, place: str, *, alone: bool = False) -> AsyncIterator[Site]:
        """Give the scenario at `place` its site; raises `InfrastructureError`, also if an earlier one does not go.

        While one plays that has to be `alone`, nothing is done for others.
        """
        scene, self._next = self._next, None
        if scene is not None and scene.call.place != place:
            await scene.strike()
            scene = None
        scene = scene or _Scene(self.first, Call(place, with_service=False), after=self._last)
        try:
            site = await scene.until_set()
            call, free = self._following.get(place), [stack for stack in self._stacks if stack is not site.stack]
            if alone:
                await self.rest()
            elif call and free:
                self._next = _Scene(free[0], call, after=self._last)
            yield site
        finally:
            before, self._last = self._last, scene
            scene.begin_to_strike()
            if len(self._stacks) == 1:
                await scene.strike()
            if before is not None and self._next is None:
                await before.strike()

    async def rest(self) -> None:
        """Wait until nothing is going on behind the scenes."""
        for stack in self._stacks:
            await stack.rest()
        for scene in (self._last, self._next):
            if scene is not None:
                await scene.rest()

    async def close(self) -> None:
        """Give up what is being set, clear away what is left, and close all connections; raises what went wrong first.

        The stacks themselves are removed with the run.
        """
        if self._next is not None:
            self._next.give_up()
        scenes = [scene for scene in (self._last, self._next) if scene is not None]
        ends = await asyncio.gather(*(scene.strike() for scene in scenes), return_exceptions=True)
        ends += await asyncio.gather(*(stack.close_clients() for stack in self._stacks), return_exceptions=True)
        for trouble in ends:
            if trouble is not None:
                raise trouble


class _Scene:
    """The scene for one call, which is being set from its making on, once the one before is cleared away."""

    def __init__(self, stack: Laboratory, call: Call, after: "_Scene | None") -> None:
        self.call, self._stack = call, stack
        self._stage = AsyncExitStack()
        self._setting = asyncio.create_task(self._set(after))
        self._striking: asyncio.Task[None] | None = None
        self._is_told = False

    async def _set(self, after: "_Scene | None") -> Site:
        if after is not None:
            await after.strike()
        await self._stack.ready()
        await self._stage.enter_async_context(self._stack.used_alone())
        site = await self._stage.enter_async_context(fresh_site(self._stack))
        if self.call.with_service:
            site.begin_service()
        return site

    async def until_set(self) -> Site:
        """Wait until it is set, its service apart, and return the site; raises `InfrastructureError`."""
        self._is_told = True
        return await asyncio.shield(self._setting)

    def give_up(self) -> None:
        """Go on with nothing that has been begun."""
        self._is_told = True
        if (site := self._site) is not None:
            site.give_up()
        self._setting.cancel()

    @property
    def _site(self) -> Site | None:
        is_set = self._setting.done() and not self._setting.cancelled() and self._setting.exception() is None
        return self._setting.result() if is_set else None

    async def rest(self) -> None:
        """Wait until nothing happens here any more, whatever came of it."""
        await asyncio.wait([self._setting])
        if (site := self._site) is not None:
            await site.rest()
        if self._striking is not None:
            await asyncio.wait([self._striking])

    def begin_to_strike(self) -> None:
        """Begin to clear it away, as soon as it is set."""
        if self._striking is None:
            self._striking = asyncio.create_task(self._strike())

    async def strike(self) -> None:
        """Clear it away, once; raises `InfrastructureError`, again to whoever asks again.

        That it could not even be set is raised, too, unless somebody has waited for it and knows.
        """
        self.begin_to_strike()
        assert self._striking is not None
        await asyncio.shield(self._striking)

    async def _strike(self) -> None:
        await asyncio.wait([self._setting])
        await self._stage.aclose()
        if not self._is_told:
            self._setting.result()
