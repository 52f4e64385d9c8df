"""The service composed in the suite's own process, with a recorder among its providers (L2, L3).

This is the one place where the suite meets the code of an implementation, by the name in its target file: what it asks
of it is in docs/architecture.md. It runs on the stack of a laboratory, in which no other process of the service runs.
"""

import asyncio
import importlib
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import httpx
from dishka import AsyncContainer, Provider, Scope, decorate

from actors import wire
from harness.containers.service import ServiceContainer
from harness.eventually import Patience
from harness.exchanges import RecordingClient
from harness.journal import Journal
from harness.ports import free_port
from harness.sites import Site

T = TypeVar("T")

HOST = "127.0.0.1"
READY_WITHIN, ENDS_WITHIN = 15.0, 20.0
WELL = 200
_COMPOSED_IN: ContextVar[Journal | None] = ContextVar("composed_in", default=None)
"""The journal of the scenario for which a task works, and all that it begins: several may play at the same time."""


@dataclass
class Made:
    """An object that a container has made; it is kept, so that no later one can be taken for it."""

    thing: Any
    scope: Any
    container: Any
    closed: bool = False

    @property
    def kind(self) -> str:
        """What it is, by the name of its type."""
        return type(self.thing).__name__


class Recorder(Provider):
    """Writes down everything that any provider of a container makes, and when the container closes it."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[Made] = []

    @decorate
    async def record(self, thing: T, container: AsyncContainer) -> AsyncIterator[T]:
        """Hand on what was made."""
        made = Made(thing, container.scope, container)
        self.made.append(made)
        yield thing
        made.closed = True

    def lasting(self) -> list[Made]:
        """Return what lives as long as the process."""
        return [made for made in self.made if made.scope is Scope.APP]

    def units(self, since: int = 0) -> "list[Unit]":
        """Return the units of work that have been begun since so many objects were made, oldest first."""
        units: dict[int, Unit] = {}
        for made in self.made[since:]:
            if made.scope is not Scope.APP:
                units.setdefault(id(made.container), Unit()).made.append(made)
        return list(units.values())


@dataclass
class Unit:
    """A unit of work: what was made in one scope."""

    made: list[Made] = field(default_factory=list)

    @property
    def kinds(self) -> frozenset[str]:
        """What kinds of things were made for it."""
        return frozenset(made.kind for made in self.made)

    @property
    def is_closed(self) -> bool:
        """Whether all of it has been closed."""
        return all(made.closed for made in self.made)


class InProcess:
    """One composition that runs: in the place of a service's process, as far as those go who talk to it by HTTP."""

    def __init__(self, composed: Any, recorder: Recorder, port: int) -> None:
        self.composed, self.recorder = composed, recorder
        self.http: httpx.AsyncClient = RecordingClient(base_url=f"http://{HOST}:{port}", timeout=10, verify=False)
        self.stop = asyncio.Event()
        self.running: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Begin to run."""
        self.running = asyncio.create_task(self.composed.run(self.stop))

    async def probe(self) -> None:
        """Raise AssertionError unless it is healthy; raises what made it end, if it has ended."""
        if self.running is not None and self.running.done():
            self.running.result()
            raise AssertionError("the composed service has ended by itself")
        answer = await self.http.get("/healthz")
        assert answer.status_code == WELL, f"/healthz answers {answer.status_code}: {answer.text}"

    async def end(self) -> None:
        """Stop it, if it runs, and close what it has opened; raises AssertionError when it does not end in time."""
        self.stop.set()
        if self.running is None:
            await self.composed.container.close()
        else:
            done, _ = await asyncio.wait([self.running], timeout=ENDS_WITHIN)
            assert done, f"the composed service was told to stop, and still runs after {ENDS_WITHIN:.0f} s"
            self.running.result()
        await self.http.aclose()


class Compositions:
    """Composes the service on the site of the scenario, as often as it is asked to."""

    def __init__(self, site: Site, journal: Journal, patience: Patience) -> None:
        self._site, self._journal, self._patience = site, journal, patience
        self.all: list[InProcess] = []
        self._handler = Journalled(journal)
        logging.getLogger().addHandler(self._handler)  # else Python would write it between the lines of the report

    async def compose(self, *overrides: Provider) -> InProcess:
        """Compose the service with `overrides` and a recorder; it does not run yet."""
        _COMPOSED_IN.set(self._journal)
        target = self._site.stack.target
        named = target.composition
        assert named is not None, "the target names no composition: tag the scenario @needs.composition"
        module, _, function = named.partition(":")
        recorder, port = Recorder(), free_port()
        if target.source is not None and str(target.source) not in sys.path:
            sys.path.insert(0, str(target.source))  # and not what may be installed under that name
        imported = await asyncio.to_thread(importlib.import_module, module)  # it takes long, and others play meanwhile
        composed = getattr(imported, function)(self._environment(port), *overrides, recorder)
        self.all.append(InProcess(composed, recorder, port))
        return self.all[-1]

    def _environment(self, port: int) -> dict[str, str]:
        stack = self._site.stack
        outside = {
            "database_host": stack.postgres.host,
            "database_port": str(stack.postgres.published_port),
            "kafka_bootstrap_servers": stack.kafka.bootstrap_servers,
            "redis_url": f"redis://{stack.redis.host}:{stack.redis.published_port}",
        }
        filled = stack.target.filled({**stack.addresses(self._site.database), **outside})
        return {**filled, wire.setting("HOST"): HOST, wire.setting("PORT"): str(port)}

    async def run(self, *overrides: Provider) -> InProcess:
        """Compose the service, and run it until it is healthy; who talks to the service then talks to it."""
        begun = time.monotonic()
        composition = await self.compose(*overrides)
        await composition.begin()
        await self._patience.eventually(composition.probe, within=READY_WITHIN, bear=(httpx.TransportError,))
        self._site.running = cast(ServiceContainer, composition)
        self._journal.write("suite", "composed the service in process", seconds=time.monotonic() - begun)
        return composition

    async def end(self) -> None:
        """End all compositions."""
        endings = await asyncio.gather(*(composition.end() for composition in self.all), return_exceptions=True)
        self.all.clear()
        logging.getLogger().removeHandler(self._handler)
        for trouble in endings:
            if trouble is not None:
                raise trouble


class Journalled(logging.Handler):
    """Takes what the composed service logs into the scenario's journal."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        """Write it down, if it was said in this scenario."""
        if _COMPOSED_IN.get() is self._journal:
            self._journal.look("service", record.getMessage(), level=record.levelname, logger=record.name)
