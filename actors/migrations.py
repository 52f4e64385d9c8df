"""Migrations that have company, or are killed half-way (D1, L6).

Somebody else holds, in a transaction that stays open, the name of a table that refers to others, and so cannot be the
first that a migration makes: PostgreSQL lets it wait there, half-way, until that transaction is over.
"""

import uuid
from contextlib import AsyncExitStack

from actors.schema import Schema
from harness.containers.postgres import SITE
from harness.eventually import Patience
from harness.journal import Journal
from harness.one_off import OneOff, Result
from harness.sites import Site
from harness.sql import text

HOLD = "CREATE TYPE essay_student_associations AS ENUM ()"
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND wait_event_type = 'Lock'"
)
HALF_WAY_WITHIN = 20.0
"""Seconds that leave a slow machine time for the processes to start."""


class Migrations:
    """Processes that run the target's migration on a database that was empty before."""

    def __init__(self, site: Site, schema: Schema, journal: Journal, patience: Patience) -> None:
        self._site, self._schema, self._journal, self._patience = site, schema, journal, patience
        self._database = ""
        self._running: list[OneOff] = []
        self._results: list[Result] = []
        self._holding = AsyncExitStack()

    async def are_half_way(self, count: int) -> None:
        """Have so many migrations of an empty database at work at the same time."""
        postgres, stack = self._site.stack.postgres, self._site.stack
        self._database = f"{SITE}schema_{uuid.uuid4().hex[:12]}"
        await postgres.create_database(self._database)
        self._schema.lies_in(self._database)
        engine = postgres.connections(self._database)
        self._holding.push_async_callback(engine.dispose)
        holder = await self._holding.enter_async_context(engine.connect())
        await holder.execute(text(HOLD))
        for _ in range(count):
            self._running.append(await stack.begin_command(self._database, stack.target.migrate_up))

        async def look() -> None:
            async with engine.connect() as onlooker:  # a transaction that lasts sees the activity of its first look
                waiting = (await onlooker.execute(text(WAITING))).scalar_one()
            assert waiting >= count, f"{waiting} of {count} migrations are half-way"

        await self._patience.eventually(look, within=HALF_WAY_WITHIN)
        self._journal.write("operator", f"has {count} migrations half-way")

    async def go_on(self) -> None:
        """Let all of them go on, and wait until they have ended."""
        await self._holding.aclose()
        running, self._running = self._running, []
        self._results = [await one.ended(self._patience.seconds(HALF_WAY_WITHIN)) for one in running]

    async def are_killed(self) -> None:
        """Kill all of them where they are."""
        for one in self._running:
            await one.kill()
        await self.go_on()

    async def begin_anew(self) -> None:
        """Run one more, to its end."""
        stack = self._site.stack
        one = await stack.begin_command(self._database, stack.target.migrate_up)
        self._results = [await one.ended(self._patience.seconds(HALF_WAY_WITHIN))]

    def are_well(self) -> None:
        """Raise AssertionError, with what they said, unless all have ended well."""
        bad = [f"exit code {one.exit_code}\n{one.printed[-1500:]}" for one in self._results if one.exit_code]
        assert not bad, f"of {len(self._results)} migrations {len(bad)} ended with an error: " + "\n".join(bad)

    async def close(self) -> None:
        """Let go of what is held, and remove what still runs."""
        await self._holding.aclose()
        for one in self._running:
            await one.remove()
