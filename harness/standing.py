"""What outlives a run: stacks that are left standing, so that the next run is at its first step at once."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import docker

from harness import leftovers, locks
from harness.console import say
from harness.errors import InfrastructureError
from harness.eventually import NeverHappenedError, Patience
from harness.settings import ROOT

STANDING = ("shared", "laboratory")
"""The stacks that may stand."""
WAIT_FOR_OTHERS = 600.0
"""Seconds for which a run waits for others that use what it has to replace."""


@dataclass(frozen=True)
class Standing:
    """A stack that this clone of the repository leaves, or may leave, standing in the engine.

    Its containers carry a run id of their own and no lock, so that nobody takes them for leftovers. Runs that share
    it hold its lock together; whoever starts, replaces or removes it holds the lock alone.
    """

    name: str
    root: Path = ROOT

    @property
    def id(self) -> str:
        """The run id under which it stands in the engine."""
        return f"standing-{self.name}-{hashlib.sha256(str(self.root.resolve()).encode()).hexdigest()[:8]}"

    @property
    def labels(self) -> dict[str, str]:
        """What all its containers, networks and volumes are labelled with."""
        return {leftovers.RUN: self.id}

    def exists(self, client: docker.DockerClient) -> bool:
        """Tell whether anything of it is there; raises `InfrastructureError`."""
        return bool(leftovers.containers_of(client, self.id))

    async def remove(self, client: docker.DockerClient) -> str:
        """Remove all of it; returns what there was. The lock is the caller's business."""
        return await asyncio.to_thread(leftovers.remove_run, client, self.id)

    @contextlib.asynccontextmanager
    async def used_alone(self) -> AsyncIterator[None]:
        """Use it with nobody else meanwhile."""
        with await self._lock(together=False):
            yield

    @contextlib.asynccontextmanager
    async def used_together(
        self, attach: Callable[[], Awaitable[bool]], replace: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[None]:
        """Use it beside others. `attach` tells whether it is there and as wanted.

        If not, `replace` starts it anew once nobody else uses it.
        """
        lock = await self._lock(together=True)
        try:
            if not await attach():
                lock.close()
                lock = await self._lock(together=False)
                # Whoever held the lock in between may have replaced it already.
                if not await attach():
                    await replace()
                if not locks.share(lock):
                    raise InfrastructureError(
                        f"Somebody has taken the standing {self.name} stack away as soon as it was up.",
                        remedy="Run again when `make down`, or whatever else replaced it, has ended.",
                    )
            yield
        finally:
            lock.close()

    @contextlib.asynccontextmanager
    async def lent_to_scenario(self, *, alone: bool) -> AsyncIterator[None]:
        """Use it, beside others who share it, for one scenario; with no other scenario at the same time if `alone`."""
        with await self._lock(together=not alone, name="scenario"):
            yield

    async def _lock(self, *, together: bool, name: str = "stack") -> IO[str]:
        path = self.root / ".cache" / "locks" / f"{self.id}-{name}.lock"
        if lock := locks.hold(path, together=together):
            return lock
        say(f"Another process uses the standing {self.name} stack, or starts it; waiting for it.")

        async def look() -> IO[str]:
            taken = locks.hold(path, together=together)
            assert taken is not None, "it is still in use"
            return taken

        try:
            return await Patience().eventually(look, within=WAIT_FOR_OTHERS)
        except NeverHappenedError as error:
            raise InfrastructureError(
                f"Another process has held {path} for more than {WAIT_FOR_OTHERS:.0f} s.",
                remedy=f"See who it is with `fuser -v {path}`, end it, and run again.",
            ) from error


@dataclass(frozen=True)
class Ground:
    """On what a run builds: stacks of its own that go with it, or stacks that stand.

    `run_labels` mark what ends with the run in any case.
    """

    run_labels: dict[str, str]
    keeps: frozenset[str] = frozenset()
    """The names of the stacks that stand, or are to stand."""

    @classmethod
    def of(cls, run_labels: dict[str, str], keep: bool | None, stands: Callable[[str], bool]) -> "Ground":
        """Return the ground of a run that was told to `keep` stacks, not to, or nothing.

        Without a word it uses what stands, of which `stands` tells by name, and leaves nothing new.
        """
        if keep is None:
            return cls(run_labels, frozenset(filter(stands, STANDING)))
        return cls(run_labels, frozenset(STANDING if keep else ()))

    def standing(self, stack: str) -> Standing | None:
        """Return the standing stack of this name, None for a run with stacks of its own."""
        return Standing(stack.lower()) if stack.lower() in self.keeps else None
