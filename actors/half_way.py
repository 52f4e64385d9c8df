"""The service dies half-way through a change, or through telling of it (E1, E3, H7)."""

import asyncio
from collections.abc import Awaitable, Sequence

from actors.announcements import Announcements
from actors.operator import Operator
from actors.somebody_else import SomebodyElse
from actors.teacher import Teacher
from harness.compare import Row


class HalfWay:
    """Has a teacher change something that somebody else holds up, and the service killed meanwhile."""

    def __init__(
        self, operator: Operator, somebody: SomebodyElse, teacher: Teacher, announcements: Announcements
    ) -> None:
        self._operator, self._somebody = operator, somebody
        self._teacher, self._announcements = teacher, announcements

    async def renames(self, name: str, new_name: str) -> None:
        """Kill the service while it is renaming a class, and start it again."""
        await self._dies_during(self._teacher.renames_class(name, new_name))

    async def confirms(self, batch: str, rows: Sequence[Row]) -> None:
        """Kill the service while it is taking answers about a batch, and start it again."""
        await self._dies_during(self._teacher.sends_answers(batch, rows))

    async def _dies_during(self, change: Awaitable[object]) -> None:
        asked = asyncio.ensure_future(change)
        await self._somebody.is_waited_for()
        await self._operator.kills_service()
        await asyncio.gather(asked, return_exceptions=True)  # it was not answered
        await self._somebody.gives_up()
        await self._operator.starts_service()

    async def tells(self, name: str, new_name: str) -> None:
        """Rename a class, kill the service once that is announced and before it has noted so, and start it again.

        What it had sent to PostgreSQL by then could still take effect; ending its sessions prevents that.
        """
        await self._teacher.renames_class(name, new_name)
        await self._announcements.come([{"announcement": "class updated", "class": name, "called": new_name}])
        await self._somebody.is_waited_for()
        await self._operator.kills_service()
        await self._operator.upsets("PostgreSQL ends all sessions")
        await self._somebody.gives_up()
        await self._operator.starts_service()
