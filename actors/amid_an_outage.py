"""The service is in the middle of its work when something goes away."""

from actors.monitoring import NOTICED, Monitoring
from actors.operator import Operator
from actors.records import Records
from actors.somebody_else import SomebodyElse


class AmidAnOutage:
    """Lets the service go on with its work while what it needs beside the work is away, or has been (R2, R3)."""

    def __init__(self, operator: Operator, somebody: SomebodyElse, records: Records, monitoring: Monitoring) -> None:
        self._operator, self._somebody, self._records, self._monitoring = operator, somebody, records, monitoring

    async def finishes_edit_while(self, part: str, outage: str, seconds: float = NOTICED) -> None:
        """Break `part`, let go of what the service waits for, and mend once it has stored, and failed to acknowledge.

        It has `seconds` to fail while the monitoring asks: an outage that is over at once shows nothing.
        """
        await self._operator.breaks(part, outage)
        await self._somebody.lets_go()
        await self._records.come_to_hold_the_event_as_completed()
        await self._monitoring.asks_for(seconds)
        await self._operator.mends()

    async def finishes_edit_after(self, part: str, outage: str) -> None:
        """Break `part`, mend it once the service has missed it, and let go of what the service waits for."""
        await self._operator.breaks(part, outage)
        await self._monitoring.asks_until_noticed()
        await self._operator.mends()
        await self._somebody.lets_go()
