"""How many hands are on the work that somebody holds up, by the sessions that wait in PostgreSQL."""

from contextlib import suppress
from datetime import datetime

from harness.eventually import NeverHappenedError, Patience
from harness.journal import Journal
from harness.sites import Site
from harness.sql import text

COME_WITHIN = 2.0
"""Seconds in which further hands have come, where there are any; a service may have one alone."""
GIVEN_UP_WITHIN = 1.0
"""Seconds in which a session that has been given up is gone; less than a statement is waited for."""

_NOW = "SELECT clock_timestamp()"
_WAITING = (
    "SELECT holder, count(*), count(*) FILTER (WHERE xact_start > :since)"
    " FROM pg_stat_activity, unnest(pg_blocking_pids(pid)) AS holder"
    " WHERE datname = current_database() AND wait_event_type = 'Lock' GROUP BY holder"
)
"""By the session that holds it up: what each holds is another piece of work."""


class Hands:
    """Counts those who wait, and tells apart who has come since a moment."""

    def __init__(self, site: Site, journal: Journal, patience: Patience) -> None:
        self._site, self._journal, self._patience = site, journal, patience
        self._since: datetime | None = None

    async def take_up(self, works: int) -> None:
        """Wait until somebody is at work, and then for a while until there are as many hands as `works`.

        How much a process takes up at the same time is its own affair: one that does one thing after the other shows
        less, and what comes of it is looked at all the same.
        """

        async def look(hands: int) -> None:
            seen, _ = await self._count()
            self._journal.look("somebody else", "was waited for", hands=seen)
            assert seen >= hands, f"{seen} of the service's sessions wait for what is held, it is not at work on it"

        await self._patience.eventually(lambda: look(1))
        with suppress(NeverHappenedError):
            await self._patience.eventually(lambda: look(works), within=COME_WITHIN)

    async def are_told_apart_from_now_on(self) -> None:
        """Call new whoever begins to work after this."""
        async with self._site.engine.connect() as connection:
            self._since = (await connection.execute(text(_NOW))).scalar_one()

    async def take_work_up_anew(self) -> None:
        """Wait until somebody new is at work."""

        async def look() -> None:
            _, new = await self._count()
            assert new, "nobody has taken up the work in hand since the other replica joined"

        await self._patience.eventually(look)

    async def have_a_work_each(self) -> None:
        """Wait until nothing that is held up by a session of its own is in two hands."""

        async def look() -> None:
            shared = [(hands, new) for _, hands, new in await self._by_holder() if hands > 1]
            assert not shared, (
                "; ".join(
                    f"one batch is in {hands} hands, {new} of which have taken it up anew" for hands, new in shared
                )
                + ": a replica goes on with work that was taken from it"
            )

        await self._patience.eventually(look, within=GIVEN_UP_WITHIN)

    async def _count(self) -> tuple[int, int]:
        seen = await self._by_holder()
        return sum(hands for _, hands, _ in seen), sum(new for _, _, new in seen)

    async def _by_holder(self) -> list[tuple[int, int, int]]:
        """Return, for each session that holds something up, how many wait for it, and how many of these are new."""
        async with self._site.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(_WAITING), {"since": self._since})]
