"""The service's database sessions, watched all the time."""

import asyncio

from actors.auditor import Auditor
from harness.eventually import Patience
from harness.tasks import call_off

PAUSE = 0.005
"""Seconds between two looks."""


class SessionWatch:
    """Counts the sessions of the service while others are at work (D7)."""

    def __init__(self, auditor: Auditor, patience: Patience) -> None:
        self._auditor, self._patience = auditor, patience
        self._most = 0
        self._watching: asyncio.Task[None] | None = None

    def begins(self) -> None:
        """Begin to count, until the scenario ends."""
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            self._most = max(self._most, (await self._auditor.sessions()).open)
            await asyncio.sleep(PAUSE)

    async def ends(self) -> None:
        """Stop counting."""
        await call_off(self._watching)

    def never_saw_more_than(self, sessions: int) -> None:
        """Raise AssertionError if there was ever a moment with more."""
        assert self._watching is not None, "nobody has watched"
        if self._watching.done():
            self._watching.result()
        assert self._most, "no session of the service was ever seen"
        assert self._most <= sessions, f"the service had {self._most} database sessions, at most {sessions} are allowed"

    async def sees_at_rest(self, sessions: int) -> None:
        """Wait until there are no more than `sessions`, none of them in a transaction."""

        async def look() -> None:
            seen = await self._auditor.sessions()
            if seen.open > sessions or seen.busy:
                raise AssertionError(
                    f"{seen.open} sessions are open, at most {sessions} are allowed; {seen.busy} are in a transaction"
                )

        await self._patience.eventually(look)
