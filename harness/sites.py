"""Where scenarios take place: a stack, a database, and the service that runs there."""

import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from harness.attach import attach, attach_service, end_lasting_service, what_stands
from harness.console import say
from harness.containers.postgres import SITE
from harness.containers.service import ServiceContainer
from harness.stack import Left, Stack

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

S = TypeVar("S", bound="Site")


class Watch(Protocol):
    """Who looks at what the services of a scenario write (`harness.log_watch.LogWatch`)."""

    async def look_last(self) -> bool:
        """Look once more while the scenario is cleaned up behind; returns whether it has held."""

    async def look_after_the_end(self) -> bool:
        """Look once more when it is over; returns whether nothing was wrong."""


@dataclass
class Site:
    """Where a scenario takes place: a stack, a database, and the service that runs there (if one does)."""

    stack: Stack
    database: str
    running: ServiceContainer | None = None
    may_be_left: bool = True
    """Whether its service is one that the next scenario may begin with."""
    watch: Watch | None = None

    @cached_property
    def engine(self) -> "AsyncEngine":
        """The suite's own connections to the database, made at the first look."""
        return self.stack.postgres.connections(self.database)

    async def start_service(self, settings: Mapping[str, str] | None = None) -> float:
        """Start the service and wait until it is ready; returns how many seconds that takes.

        `settings` are put over the environment that the target names. Raises `InfrastructureError`.
        """
        begun = time.monotonic()
        self.running = await self.stack.run_service(self.database, settings=settings)
        return time.monotonic() - begun

    def takes_over(self) -> bool:
        """Take over the service that the scenario before has left running here; returns whether one was left."""
        if service := self.stack.take_over():
            self.running = service
        return service is not None

    async def disconnect(self) -> None:
        """Close the suite's own connections to the database."""
        if "engine" in self.__dict__:
            await self.engine.dispose()

    @property
    def service(self) -> ServiceContainer:
        """The running service; raises AssertionError when none was started."""
        if self.running is None:
            raise AssertionError("no service runs here; begin with `Given the service runs`")
        return self.running


class SharedSite(Site):
    """The site that most scenarios share; never broken, they keep apart by their data."""


@asynccontextmanager
async def fresh_site(stack: Stack) -> AsyncIterator[Site]:
    """Give a site with an empty database, and no service yet or the one that was left on it.

    At the end service and database are left to the next scenario, if this one has held, or else go.
    """
    database = stack.left.database if stack.left else await _new_database(stack)
    async with _at(stack, database, Site) as site:
        left: Left | None = None
        try:
            yield site
        finally:
            try:
                left = await _left(site)
            finally:
                stack.left = left
                if left is None:
                    await _clear_away(site)


async def _left(site: Site) -> Left | None:
    """Return what the next scenario may take over, None where this one has not held, or has changed its service."""
    if not (site.may_be_left and site.watch and site.stack.may_leave(site.running, site.database)):
        return None
    return Left(site.database, site.watch.look_after_the_end) if await site.watch.look_last() else None


async def _clear_away(site: Site) -> None:
    try:
        await site.stack.end_services()
        if site.watch is not None:
            await site.watch.look_last()
    finally:
        try:
            await site.stack.postgres.drop_database(site.database)
        except site.stack.postgres.bear as trouble:
            say(f"The scenario's database could not be dropped: {trouble!r}")  # whoever comes next looks closer


@asynccontextmanager
async def shared_site(stack: Stack) -> AsyncIterator[SharedSite]:
    """Give the shared site with its service running: the one that stands, where one may stand, else a new one."""
    standing = stack.standing
    if standing is None:
        await stack.ready()
        database = await _new_database(stack)
        service = await stack.run_service(database)
        say("The service is ready")
        async with _at(stack, database, SharedSite) as site:
            site.running = service
            yield site
        return
    found: tuple[ServiceContainer, str] | None = None
    stands = False

    async def attached() -> bool:
        nonlocal found, stands
        parts = await what_stands(stack)
        stands = await attach(stack, parts)
        found = await attach_service(stack, parts) if stands else None
        return found is not None

    async def replace() -> None:
        nonlocal found
        if stands:
            await end_lasting_service(stack)
            await stack.clear()
        else:
            await standing.remove(stack.client)
            await stack.ready()
        database = await _new_database(stack)
        found = await stack.run_service(database, lasting=True), database
        say("The service is ready")

    async with standing.used_together(attached, replace):
        assert found is not None
        service, database = found
        async with _at(stack, database, SharedSite) as site:
            site.running = service
            yield site


async def _new_database(stack: Stack) -> str:
    database = f"{SITE}{uuid.uuid4().hex[:12]}"
    await stack.postgres.create_database(database, template=stack.template)
    return database


@asynccontextmanager
async def _at(stack: Stack, database: str, kind: type[S]) -> AsyncIterator[S]:
    site = kind(stack, database)
    try:
        yield site
    finally:
        await site.disconnect()
