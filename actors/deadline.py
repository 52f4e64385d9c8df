"""The time in which a teacher could have answered is over, and the service is started: it looks at once (T1)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from actors.calendar import Calendar
from actors.decisions import Decisions
from actors.operator import Operator
from actors.replicas import Replicas
from actors.somebody_else import SomebodyElse
from harness.compare import Row
from harness.eventually import NeverHappenedError
from harness.names import Names

STOPS_WITHIN = 20.0
"""Seconds for a service that has nothing to do; in how many it has to, other scenarios show."""


class Deadline:
    """Has hours pass for batches while the service is down: not every service can be told to wait for less."""

    def __init__(
        self,
        operator: Operator,
        calendar: Calendar,
        replicas: Replicas,
        somebody: SomebodyElse,
        decisions: Decisions,
        *,
        names: Names,
    ) -> None:
        self._operator, self._calendar, self._replicas = operator, calendar, replicas
        self._somebody, self._decisions, self._names = somebody, decisions, names

    async def passes(self, batches: Sequence[str], hours: int) -> None:
        """Have so many hours passed when the service is started again.

        It is told to stop before: one that is killed may announce once more what it has announced already (E3).
        """
        await self._operator.signals("SIGTERM")
        await self._operator.sees_the_end(STOPS_WITHIN)
        await self._calendar.passes(batches, timedelta(hours=hours))
        await self._operator.starts_service()

    async def passes_for_two_replicas(self, batches: Sequence[str], hours: int) -> None:
        """Have so many hours passed when two replicas are started.

        Somebody else edits the first class meanwhile, which holds both up until they meet: one that needs nothing of
        what is held may have decided by then.
        """
        await self._somebody.holds_class(self._first_class)
        await self.passes(batches, hours)
        await self._operator.starts_replica()
        await self._replicas.share_the_work()
        await self._both_wait()
        await self._somebody.lets_go()

    async def passes_while_the_teacher_answers(self, batch: str, hours: int, rows: Sequence[Row]) -> None:
        """Have so many hours passed when the service is started again, and the teacher answer at the same time.

        Somebody else edits the first class meanwhile, as with two replicas.
        """
        await self._somebody.holds_class(self._first_class)
        await self.passes([batch], hours)
        self._decisions.sends(batch, rows)
        await self._both_wait()
        await self._somebody.lets_go()
        await self._decisions.are_answered()

    @property
    def _first_class(self) -> str:
        return self._names.of_kind("class")[0]

    async def _both_wait(self) -> None:
        with suppress(NeverHappenedError):
            await self._somebody.is_waited_for_by(sessions=2)
