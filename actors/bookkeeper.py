"""The bookkeeper, who writes down what the service needs."""

from dataclasses import dataclass

from actors.auditor import Auditor
from actors.flood import Flood
from harness.journal import Journal
from harness.sites import Site
from harness.usage import usage

KIB = 1024
PORTION_SECONDS = 60.0
"""How long a portion may take: a slow service is slow, and no sign of growing needs."""


@dataclass(frozen=True)
class Needs:
    """What the service needs at a moment; memory in bytes."""

    memory: int
    threads: int
    database_sessions: int
    redis_clients: int


class Bookkeeper:
    """Compares what the service needs after many events with what it needed after the first ones (N2)."""

    def __init__(self, site: Site, flood: Flood, auditor: Auditor, journal: Journal) -> None:
        self._site, self._flood, self._auditor, self._journal = site, flood, auditor, journal
        self._before: Needs | None = None
        self._events = 0

    async def sees_processed(self, events: int, at_once: int) -> None:
        """Publish events about an essay each, `at_once` at a time, and wait for each portion; the first is where
        the comparison begins.
        """
        for _ in range(events // at_once):
            await self._flood.publishes_batches(at_once)
            await self._flood.is_acknowledged(PORTION_SECONDS)
            if self._before is None:
                self._before = await self._needs()
            else:
                self._events += at_once
        await self._flood.is_stored()

    async def _needs(self) -> Needs:
        now = await usage(self._site.service)
        sessions = (await self._auditor.sessions()).open
        clients = int((await self._site.stack.redis_client.info("clients"))["connected_clients"])
        needs = Needs(now.memory, now.threads, sessions, clients)
        self._journal.write("bookkeeper", "wrote down what the service needs", needs=str(needs))
        return needs

    async def finds_memory_grown_by_less_than(self, bytes_an_event: int) -> None:
        """Raise AssertionError if the memory has grown with the number of events."""
        before, now = self._compared(await self._needs())
        grown = (now.memory - before.memory) / self._events
        if grown >= bytes_an_event:
            raise AssertionError(
                f"{self._events} events made the memory grow from {before.memory / KIB:.0f} to {now.memory / KIB:.0f} "
                f"KiB: by {grown:.0f} bytes an event, less than {bytes_an_event} are allowed"
            )

    async def finds_connections_and_threads_grown_by_no_more_than(self, spare: int) -> None:
        """Raise AssertionError if connections or threads have become more with the events.

        `spare` more of a kind may be open when a rush has met a small pool on the way; a leak opens hundreds.
        """
        before, now = self._compared(await self._needs())
        grown = [
            f"{what.replace('_', ' ')} from {was} to {is_}"
            for what in ("threads", "database_sessions", "redis_clients")
            if (is_ := getattr(now, what)) > (was := getattr(before, what)) + spare
        ]
        assert not grown, f"{self._events} events have increased {', '.join(grown)}, {spare} more are allowed"

    def _compared(self, now: Needs) -> tuple[Needs, Needs]:
        assert self._before is not None, "there is nothing to compare with"
        assert self._events, "nothing was processed since"
        return self._before, now
