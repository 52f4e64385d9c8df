"""The service started with settings that are other than usual, and good (contract §2)."""

import time

from actors import wire
from actors.operator import Operator
from harness.journal import Journal
from harness.log_entries import WARNING, entries
from harness.sites import Site


class GoodSettings:
    """Starts the service with them, and looks whether it goes by them."""

    def __init__(self, site: Site, operator: Operator, journal: Journal) -> None:
        self._site, self._operator, self._journal = site, operator, journal
        self._started_at = 0.0

    async def are_given(self, environment: str) -> None:
        """Start the service in an environment of this name, with a log of what is a warning or graver."""
        settings = {wire.setting("ENVIRONMENT"): environment, wire.setting("LOG_LEVEL"): "WARNING"}
        await self._operator.starts_service(settings)
        self._started_at = time.time()

    async def are_shown(self, environment: str) -> None:
        """Raise AssertionError unless `/healthz` names this environment (§6)."""
        shown = (await self._site.service.http.get("/healthz")).json()
        told = shown.get("environment")
        assert told == environment, f"it was told that its environment is {environment}, and /healthz shows {told!r}"

    async def keep_the_log_short(self) -> None:
        """Raise AssertionError if it has logged what is less grave than a warning since it was ready.

        What it says before it has read its settings is its own affair, and so is what has no level.
        """
        logged = entries(await self._site.service.log_lines(self._started_at))
        self._journal.look("log reader", "read the log", entries=len(logged))
        wrong = [entry.brief() for entry in logged if 0 < entry.level < WARNING]
        assert not wrong, (
            f"it was told to log what is a warning or graver, and has logged {len(wrong)} times something else, "
            f"such as: {wrong[0]}"
        )
