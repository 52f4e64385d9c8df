"""Transactions that PostgreSQL breaks off, as it may any, and who has to do them again (R1)."""

from actors.operator import Operator
from actors.outages import TABLE, laboratory
from harness.eventually import Patience
from harness.faults import BrokenOff
from harness.sites import Site

HOW = {
    "at their end, for they do not go together with others": ("40001", True),
    "half-way, for they and others wait for each other": ("40P01", False),
    "half-way, for there is no memory left": ("53200", False),
    "half-way, for the disk could not be read": ("58030", False),
}
"""In the words of the features: the SQLSTATE, and whether it comes at the commit only."""

TIMES = 3


class BrokenTransactions:
    """Has the next TIMES transactions with suggestions broken off: once could be made up for by a second look."""

    def __init__(self, site: Site, operator: Operator, patience: Patience) -> None:
        self._site, self._operator, self._patience = site, operator, patience
        self._fault: BrokenOff | None = None

    async def are_to_come(self, how: str) -> None:
        """Have the next ones broken off, in the words of HOW."""
        sqlstate, at_commit = HOW[how]
        postgres = laboratory(self._site, how).postgres
        self._fault = await self._operator.begins(
            BrokenOff(postgres, self._site.database, TABLE, sqlstate, at_commit=at_commit, times=TIMES)
        )

    async def have_come(self) -> None:
        """Raise AssertionError unless all were broken off, and one done again: else nothing was shown."""
        assert self._fault is not None, "nothing was to be broken off"
        await self._fault.has_come()
