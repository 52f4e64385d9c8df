"""The service looks, again and again, for suggestions that have waited too long (T1)."""

from datetime import timedelta

from actors import wire
from actors.auditor import Auditor
from actors.calendar import Calendar
from actors.nlp_service import NlpService
from actors.storage import Storage
from harness.eventually import Patience

BATCH = "Essays to be found by another look"
LONG = timedelta(days=30)


class Looks:
    """Has one more look taken, to prove that what the looks before it have not decided they have left alone."""

    def __init__(
        self, nlp: NlpService, storage: Storage, calendar: Calendar, auditor: Auditor, patience: Patience
    ) -> None:
        self._nlp, self._storage, self._calendar = nlp, storage, calendar
        self._auditor, self._patience = auditor, patience

    async def are_taken_once_more(self) -> None:
        """Have something wait too long that did not before, and wait until it is decided."""
        await self._nlp.suggests(BATCH, self._nlp.own_essay(BATCH))
        await self._storage.holds_all_essays_of(BATCH)
        await self._calendar.passes([BATCH], LONG)
        await self._patience.eventually(self._has_decided)

    async def _has_decided(self) -> None:
        undecided = [row for row in await self._auditor.rows(BATCH) if row["validation_status"] == wire.PENDING]
        assert not undecided, f"something has waited for {LONG.days} days, and the service does not look again"
