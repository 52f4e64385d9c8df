"""The two scopes of the suite, and what lives in each."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from dishka import AsyncContainer, BaseScope, Provider, from_context, new_scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from harness.console import say
from harness.containers.service import ServiceContainer
from harness.errors import DidNotComeUpError, ServiceEndedError
from harness.eventually import Patience
from harness.journal import Journal, Redaction
from harness.names import Names
from harness.settings import Settings
from harness.stack import SECRETS, TEMPLATE, Stack, StackImages
from harness.target import Target, Wiring

S = TypeVar("S", bound="Site")


class SuiteScope(BaseScope):
    """RUN lasts as long as behave, SCENARIO as long as a scenario.

    There is no scope for a feature: features share nothing that scenarios do not, and it would hide order dependence.
    """

    RUN = new_scope("RUN")
    SCENARIO = new_scope("SCENARIO")


@dataclass(frozen=True)
class ScenarioInfo:
    """Which scenario runs."""

    name: str
    file: str
    line: int
    tags: frozenset[str]

    @property
    def needs_laboratory(self) -> bool:
        """Tell whether it breaks, restarts or configures anything, and so works in a laboratory."""
        return "laboratory" in self.tags


@dataclass
class Site:
    """Where a scenario takes place: a stack, a database, and the service that runs there (if one does)."""

    stack: Stack
    database: str
    engine: AsyncEngine
    running: ServiceContainer | None = field(default=None)

    @property
    def service(self) -> ServiceContainer:
        """The running service; raises AssertionError when none was started."""
        if self.running is None:
            raise AssertionError("no service runs here; begin with `Given the service runs`")
        return self.running


class SharedSite(Site):
    """The site that most scenarios share; never broken, they keep apart by their data."""


class Laboratory(Stack):
    """A stack of its own for scenarios that break, restart or configure something."""


@asynccontextmanager
async def _site(stack: Stack, kind: type[S]) -> AsyncIterator[S]:
    database = f"cms_{uuid.uuid4().hex[:12]}"
    await stack.postgres.create_database(database, template=TEMPLATE)
    engine = create_async_engine(
        stack.postgres.url(database), connect_args={"server_settings": {"application_name": "acceptance"}}
    )
    try:
        yield kind(stack, database, engine)
    finally:
        await engine.dispose()


class HarnessProvider(Provider):
    """What the harness gives to actors and steps."""

    settings = from_context(Settings, scope=SuiteScope.RUN)
    target = from_context(Target, scope=SuiteScope.RUN)
    wiring = from_context(Wiring, scope=SuiteScope.RUN)
    images = from_context(StackImages, scope=SuiteScope.RUN)
    labels = from_context(dict[str, str], scope=SuiteScope.RUN)
    info = from_context(ScenarioInfo, scope=SuiteScope.SCENARIO)
    personal_fields = from_context(frozenset[str], scope=SuiteScope.RUN)
    names = provide(Names, scope=SuiteScope.SCENARIO)
    journal = provide(Journal, scope=SuiteScope.SCENARIO)

    @provide(scope=SuiteScope.RUN)
    def patience(self, settings: Settings) -> Patience:
        """Waiting times of this run."""
        return Patience(settings.factor)

    @provide(scope=SuiteScope.RUN)
    def redaction(self, personal_fields: frozenset[str]) -> Redaction:
        """What the journals leave out."""
        return Redaction(SECRETS, personal_fields)

    @provide(scope=SuiteScope.RUN)
    async def shared(
        self, images: StackImages, target: Target, wiring: Wiring, labels: dict[str, str], patience: Patience
    ) -> AsyncIterator[SharedSite]:
        """The shared stack with the one running service."""
        stack = Stack("Shared", images, target, wiring, labels, patience)
        try:
            await stack.ready()
            async with _site(stack, SharedSite) as site:
                site.running = await stack.run_service(site.database)
                say("The service is ready")
                yield site
        finally:
            await stack.close_clients()

    @provide(scope=SuiteScope.RUN)
    async def laboratory(
        self, images: StackImages, target: Target, wiring: Wiring, labels: dict[str, str], patience: Patience
    ) -> AsyncIterator[Laboratory]:
        """The laboratory's stack, not started yet, without a service."""
        stack = Laboratory("Laboratory", images, target, wiring, labels, patience)
        yield stack
        await stack.close_clients()

    @provide(scope=SuiteScope.SCENARIO)
    async def site(self, info: ScenarioInfo, container: AsyncContainer) -> AsyncIterator[Site]:
        """The shared site, or a fresh one in the laboratory: an empty database, no keys, nothing left in Kafka."""
        if not info.needs_laboratory:
            shared = await container.get(SharedSite)
            await shared.stack.assert_running()
            try:
                await shared.service.assert_running()
            except DidNotComeUpError as ended:
                raise ServiceEndedError(f"A scenario before this one has ended the service: {ended}") from ended
            yield shared
            return
        stack = await container.get(Laboratory)
        await stack.ready()
        await stack.redis_client.flushall()
        await stack.broker.evict(stack.wiring.group)
        await stack.broker.commit_ends(stack.wiring.group, stack.wiring.topics)
        await stack.assert_running()
        async with _site(stack, Site) as site:
            try:
                yield site
            finally:
                await stack.end_services()
                await stack.postgres.drop_database(site.database)
