"""Waiting that can be ended: pauses and retries of work that may have to be given up."""

import asyncio
from contextlib import suppress

FIRST_DELAY_SECONDS = 0.05
LONGEST_DELAY_SECONDS = 1.0


class GivenUpError(Exception):
    """The work was given up before it was done; nothing of it counts."""


class Patience:
    """How long work may go on: until `end` is called."""

    def __init__(self) -> None:
        self._ended = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether no more work is to be begun."""
        return self._ended.is_set()

    def end(self) -> None:
        """Ask for the work to be finished or given up."""
        self._ended.set()

    async def pause(self, seconds: float) -> None:
        """Wait; raises GivenUpError as soon as the patience ends."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
        if self.ended:
            raise GivenUpError


class Backoff:
    """Pauses that double from FIRST_DELAY_SECONDS to LONGEST_DELAY_SECONDS."""

    def __init__(self, patience: Patience):
        self._patience = patience
        self.attempts = 0

    async def pause(self) -> None:
        """Wait before the next attempt; raises GivenUpError as soon as the patience ends."""
        delay = min(FIRST_DELAY_SECONDS * 2**self.attempts, LONGEST_DELAY_SECONDS)
        self.attempts = min(self.attempts + 1, 30)
        await self._patience.pause(delay)
