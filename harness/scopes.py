"""The two scopes of the suite, and what lives in each."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import dataclass

from dishka import AsyncContainer, BaseScope, Provider, from_context, new_scope, provide

from harness.containers.redis import RedisContainer
from harness.errors import DidNotComeUpError, ServiceEndedError
from harness.eventually import Patience
from harness.faults import Faults
from harness.journal import Journal, Redaction
from harness.laboratories import NAMES, TAG, Laboratories, Rooms
from harness.laboratory import Laboratory
from harness.names import Names
from harness.settings import Settings
from harness.sites import SharedSite, Site, shared_site
from harness.stack import SECRETS, Stack
from harness.stack_images import StackImages
from harness.standing import Ground
from harness.target import Target, Wiring

ALONE, TIMED = "alone", "timed"


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
    service_runs: bool = False
    """Whether it begins with a service that runs, whichever it is."""

    @property
    def place(self) -> str:
        """Where it stands, as `file:line`."""
        return f"{self.file}:{self.line}"

    @property
    def needs_laboratory(self) -> bool:
        """Tell whether it breaks, restarts or configures anything, and so works in a laboratory."""
        return TAG in self.tags

    @property
    def wants_to_be_alone(self) -> bool:
        """Tell whether it measures the whole service, and so bears no scenario of another run beside it."""
        return bool({ALONE, TIMED} & self.tags)

    @property
    def is_timed(self) -> bool:
        """Tell whether fractions of a second decide, so that nothing else may be played meanwhile."""
        return TIMED in self.tags


class HarnessProvider(Provider):
    """What the harness gives to actors and steps."""

    settings = from_context(Settings, scope=SuiteScope.RUN)
    target = from_context(Target, scope=SuiteScope.RUN)
    wiring = from_context(Wiring, scope=SuiteScope.RUN)
    images = from_context(StackImages, scope=SuiteScope.RUN)
    ground = from_context(Ground, scope=SuiteScope.RUN)
    rooms = from_context(Rooms, scope=SuiteScope.RUN)
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
        self, images: StackImages, target: Target, wiring: Wiring, ground: Ground, patience: Patience
    ) -> AsyncIterator[SharedSite]:
        """The shared stack with the one running service."""
        stack = Stack("Shared", images, target, wiring, ground, patience)
        try:
            async with shared_site(stack) as site:
                yield site
        finally:
            await stack.close_clients()

    @provide(scope=SuiteScope.RUN)
    async def laboratories(
        self,
        images: StackImages,
        target: Target,
        wiring: Wiring,
        ground: Ground,
        patience: Patience,
        *,
        rooms: Rooms,
    ) -> AsyncIterator[Laboratories]:
        """The laboratories, not started yet."""
        common = (images, target, wiring, ground, patience)
        laboratories = Laboratories([Laboratory(name, *common) for name in NAMES[: rooms.number]])
        yield laboratories
        await laboratories.close()

    @provide(scope=SuiteScope.SCENARIO)
    async def site(self, info: ScenarioInfo, container: AsyncContainer) -> AsyncIterator[Site]:
        """The shared site, or one in a laboratory: with an empty database, and nothing left in Kafka to be done."""
        if not info.needs_laboratory:
            shared = await container.get(SharedSite)
            await shared.stack.assert_running()
            try:
                await shared.service.assert_running()
            except DidNotComeUpError as ended:
                raise ServiceEndedError(f"A scenario before this one has ended the service: {ended}") from ended
            standing = shared.stack.standing
            async with standing.lent_to_scenario(alone=info.wants_to_be_alone) if standing else nullcontext():
                yield shared
            return
        laboratories = await container.get(Laboratories)
        async with laboratories.site(service_runs=info.service_runs) as site:
            yield site

    @provide(scope=SuiteScope.SCENARIO)
    async def faults(self, site: Site, journal: Journal, patience: Patience) -> AsyncIterator[Faults]:
        """The owner of all that the scenario breaks; it is mended before anything else is cleared away."""
        faults = Faults(journal, patience, may_break=isinstance(site.stack, Laboratory))
        yield faults
        # A service that has missed Redis may do without it for a while (I6), which is not what the next one expects.
        missed_redis = any(RedisContainer.alias in happened.what for happened in faults.happened)
        await faults.close()
        site.may_be_left &= not (missed_redis or faults.lingers)
