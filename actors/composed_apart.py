"""The service put together anew: with other parts, in all its parts, or twice in one process (L3)."""

import gc
import logging
import signal
import sys
import threading
import warnings
from collections.abc import AsyncIterator
from typing import Any

from dishka import Provider, Scope

from actors import wire
from actors.composition import Compositions, InProcess, Journalled
from actors.figures import COUNTERS, read
from actors.nlp_service import NlpService
from actors.storage import Storage
from actors.teacher import OK
from harness.eventually import Patience
from harness.journal import Journal
from harness.sites import Site
from harness.sql import text

OF_THE_TESTS_OWN = "a-test-s-own"
_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
TAKEN_OVER_WITHIN = 15.0
"""Seconds in which one composition has taken over the partitions of another."""
NO_PROVIDER_OF_ITS_OWN = "ProxyTracerProvider"


def connections_of_the_tests_own(url: str) -> Provider:
    """Return a provider of database connections that PostgreSQL can tell from the service's own."""
    from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine  # noqa: PLC0415 -- only where it is needed

    async def engine() -> AsyncIterator[AsyncEngine]:
        made = create_async_engine(
            url, connect_args={"server_settings": {"application_name": OF_THE_TESTS_OWN, "timezone": "UTC"}}
        )
        yield made
        await made.dispose()

    provider = Provider(scope=Scope.APP)
    provider.provide(engine, override=True)
    return provider


class ComposedApart:
    """Composes the service in other ways than it is run."""

    def __init__(
        self,
        compositions: Compositions,
        site: Site,
        nlp: NlpService,
        storage: Storage,
        *,
        journal: Journal,
        patience: Patience,
    ) -> None:
        self._compositions, self._site, self._nlp, self._storage = compositions, site, nlp, storage
        self._journal, self._patience = journal, patience
        self._built: dict[str, list[str]] = {}
        self._failed: list[str] = []
        self._batches: list[str] = []
        self._before: dict[str, Any] = {}

    async def with_connections_of_the_tests_own(self) -> None:
        """Compose the service with database connections of the test's own, and run it."""
        await self._compositions.run(connections_of_the_tests_own(self._site.stack.postgres.url(self._site.database)))

    async def finds_sessions_of_the_tests_own(self) -> None:
        """Raise AssertionError unless PostgreSQL has sessions of the connections that were put in."""
        async with self._site.engine.connect() as connection:
            sessions = (await connection.execute(text(_SESSIONS), {"name": OF_THE_TESTS_OWN})).scalar_one()
        assert sessions, "PostgreSQL knows of no session of the connections that were put in the place of the service's"

    async def builds_everything(self) -> None:
        """Ask the container, and one of a unit of work, for everything that they provide, then close them."""
        (composition,) = self._compositions.all
        root = composition.composed.container
        await self._build(root)
        async with root() as unit:
            await self._build(unit)
        await root.close()

    async def _build(self, container: Any) -> None:
        factories = container.registry.factories
        given = {key.type_hint for key, factory in factories.items() if factory.type.value == "context"}
        for key in [key for key in factories if key.type_hint not in given and not key.depth]:
            try:
                await container.get(key.type_hint, key.component)
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is told, and the others are built, too
                self._failed.append(f"{key.type_hint}: {error!r}")
            else:
                self._built.setdefault(str(container.scope), []).append(str(key.type_hint))

    def has_built_everything(self) -> None:
        """Raise AssertionError unless everything could be built, in both scopes, and is closed by now."""
        self._journal.look("suite", "built everything", built={scope: len(all_) for scope, all_ in self._built.items()})
        assert not self._failed, f"{len(self._failed)} providers fail:\n  " + "\n  ".join(self._failed)
        assert len(self._built) > 1, f"there are providers of one scope alone: {self._built}"
        (composition,) = self._compositions.all
        left = [made.kind for made in composition.recorder.made if not made.closed]
        assert not left, f"the container is closed, and this is not: {', '.join(left)}"

    async def runs_twice(self) -> None:
        """Compose and run the service twice in this process, and wait until each has its share of the partitions."""
        await self._compositions.run()
        await self._compositions.run()

        async def look() -> None:
            given = await self._site.stack.broker.assignments(wire.GROUP, wire.SUGGESTED)
            everything = sorted(partition for partitions in given.values() for partition in partitions)
            if len(given) != len(self._compositions.all) or everything != list(range(wire.PARTITIONS)):
                raise AssertionError(f"both have to share {wire.PARTITIONS} partitions: {sorted(given.values())}")

        await self._patience.eventually(look, within=TAKEN_OVER_WITHIN)

    async def ends_the_first(self) -> None:
        """End the first of the two."""
        first = self._compositions.all.pop(0)
        await first.end()

    async def has_events_in_all_partitions(self) -> None:
        """Publish an event through each partition."""
        for partition in range(wire.PARTITIONS):
            batch = f"batch of partition {partition}"
            self._batches.append(batch)
            await self._nlp.publishes(batch, self._nlp.event(batch, self._nlp.own_essay(batch)), partition)

    async def finds_all_stored(self) -> None:
        """Wait until all these events are stored."""
        for batch in self._batches:
            await self._storage.holds_exactly(batch, self._nlp.own_essay(batch), within=TAKEN_OVER_WITHIN)

    async def finds_each_has_counted_its_own(self) -> None:
        """Wait until each of the two has counted some of the events, and both together have counted all of them."""

        async def look() -> None:
            counted = [await _processed(composition) for composition in self._compositions.all]
            assert all(counted) and sum(counted) == len(self._batches), (
                f"{len(self._batches)} events were processed by {len(counted)} compositions, which have counted "
                f"{' and '.join(f'{number:g}' for number in counted)}: each was to count its own"
            )

        await self._patience.eventually(look)

    async def finds_the_other_well(self) -> None:
        """Raise AssertionError unless the one that goes on is healthy, and has counted all events."""
        (other,) = self._compositions.all
        await self._patience.eventually(other.probe)
        await self.finds_each_has_counted_its_own()

    async def looks_at_the_process(self) -> None:
        """Remember what this process has once for all."""
        self._before = _once_for_all()

    async def composes_and_ends(self) -> None:
        """Compose the service, have it answer, and end it."""
        composition = await self._compositions.run()
        answer = await composition.http.get("/v1/classes/", headers={"X-User-ID": "somebody"})
        assert answer.status_code == OK, f"the composed service answers {answer.status_code}"
        self._compositions.all.remove(composition)
        await composition.end()

    def finds_the_process_unchanged(self) -> None:
        """Raise AssertionError if anything that this process has once for all has changed."""
        now = _once_for_all()
        changed = [
            f"{name} was {self._before[name]}, and is {now[name]}" for name in now if now[name] != self._before[name]
        ]
        assert not changed, "composing the service has changed the process around it:\n  " + "\n  ".join(changed)


async def _processed(composition: InProcess) -> float:
    shown = await composition.http.get("/metrics")
    return read(shown.text).get((COUNTERS["events"], "processed"), 0.0)


def _once_for_all() -> dict[str, Any]:
    """Return what a process has once for all; registries and tracers only if somebody has brought them along."""
    root = logging.getLogger()
    handlers = [handler for handler in root.handlers if not isinstance(handler, Journalled)]  # ours, of any scenario
    metrics, traces = sys.modules.get("prometheus_client"), sys.modules.get("opentelemetry.trace")
    own = ("python_", "process_")
    figures = [figure.name for figure in metrics.REGISTRY.collect()] if metrics else []
    return {
        "the signal handlers": {
            number.name: signal.getsignal(number)
            for number in signal.valid_signals()
            if isinstance(number, signal.Signals)
        },
        "the handlers of the log": (handlers, root.level),
        "the hooks for what nobody catches": (sys.excepthook, threading.excepthook, sys.unraisablehook),
        "who shows warnings": warnings.showwarning,
        "how memory is searched": (gc.get_threshold(), gc.isenabled()),
        "the registry of all figures": sorted(name for name in figures if not name.startswith(own)),
        "the provider of tracers": type(traces.get_tracer_provider()).__name__ if traces else NO_PROVIDER_OF_ITS_OWN,
    }
