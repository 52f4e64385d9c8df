"""The monitoring, which asks how the service is, again and again."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from actors.teacher import OK
from harness.eventually import Patience
from harness.journal import Journal
from harness.sites import Site

AWAY = 503
NOTICED = 1.2
"""Seconds in which a service has looked at its lag, if it looks once a second."""


class Monitoring:
    """Asks `/healthz` and remembers what it was told, and how fast."""

    def __init__(self, site: Site, journal: Journal, patience: Patience) -> None:
        self._site, self._journal, self._patience = site, journal, patience
        self._told: list[tuple[float, httpx.Response]] = []

    async def asks(self, times: int) -> None:
        """Ask, one time after the other."""
        for _ in range(times):
            await self._ask()

    async def asks_until_noticed(self) -> None:
        """Ask for so long that the service has noticed by itself what it looks at once in a while: its lag."""
        end = time.monotonic() + NOTICED
        while time.monotonic() < end:
            await self._ask()

    async def asks_while(self, lasting: Callable[[], Awaitable[bool]]) -> None:
        """Ask as long as something lasts, which is looked at before and after each time."""
        while await lasting():
            await self._ask()
            if not await lasting():
                self._told.pop()  # it ended meanwhile: this answer shows nothing

    async def _ask(self) -> None:
        begun = time.monotonic()
        answer = await self._site.service.http.get("/healthz")
        self._told.append((time.monotonic() - begun, answer))

    def was_told_healthy(self, within: float) -> None:
        """Raise AssertionError unless it was told so, each time within `within` seconds (H9)."""
        times = [seconds for seconds, _ in self._told]
        self._journal.write("monitoring", "was answered", times=len(times), slowest=max(times, default=0))
        assert times, "nothing was left when it asked"
        ill = [answer for _, answer in self._told if answer.status_code != OK or answer.json()["status"] != "healthy"]
        late = sorted(seconds for seconds in times if seconds > self._patience.seconds(within))
        if ill:
            first = ill[0]
            raise AssertionError(
                f"{len(ill)} of {len(times)} answers say that the service is not healthy, the first with "
                f"{first.status_code}: {first.text[:500]}"
            )
        if late:
            raise AssertionError(
                f"{len(late)} of {len(times)} answers took more than {within * 1000:.0f} ms: "
                f"{', '.join(f'{seconds * 1000:.0f} ms' for seconds in late[-5:])}"
            )

    async def is_told_that_the_database_is_ill(self, within: float) -> None:
        """Wait until the service says that it cannot use its database; `within` is in seconds (H2)."""

        async def look() -> None:
            status, shown = await self._is_told()
            said = (status, shown["status"], shown["checks"]["dependencies_available"])
            if said != (AWAY, "unhealthy", False) or shown["dependencies"]["database"]["status"] == "healthy":
                raise AssertionError(f"the database is away, and /healthz answers {status}: {shown}")

        await self._patience.eventually(look, within=within, bear=(httpx.TransportError,))

    async def is_told_that_all_is_well(self, within: float) -> None:
        """Wait until the service says that it is healthy; `within` is in seconds (H2)."""

        async def look() -> None:
            status, shown = await self._is_told()
            said = (status, shown["status"], shown["dependencies"]["database"]["status"])
            if said != (OK, "healthy", "healthy"):
                raise AssertionError(f"everything is there, and /healthz answers {status}: {shown}")

        await self._patience.eventually(look, within=within, bear=(httpx.TransportError,))

    async def _is_told(self) -> tuple[int, dict[str, Any]]:
        answer = await self._site.service.http.get("/healthz")
        self._journal.look("monitoring", "/healthz", status=answer.status_code, shown=answer.text)
        return answer.status_code, answer.json()
