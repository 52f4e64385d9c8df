"""The marker: an event sent behind others to prove that whatever they did is done."""

import asyncio
import itertools

from actors import wire
from actors.auditor import Auditor
from actors.nlp_service import NlpService
from actors.teacher import Teacher
from harness.eventually import Patience
from harness.fence import Position, fence

CLASS, STUDENT, BATCH = "class of the marker", "Marker Marker", "batch of the marker"


class Marker:
    """Sends suggestions for essays of its own through every partition that the scenario has used."""

    def __init__(self, nlp: NlpService, teacher: Teacher, auditor: Auditor, patience: Patience) -> None:
        self._nlp, self._teacher, self._auditor, self._patience = nlp, teacher, auditor, patience
        self._numbers = itertools.count(1)

    async def passes(self) -> None:
        """Wait until all that was published so far has been dealt with: the markers behind it have been stored."""
        await self._teacher.creates_class(CLASS)
        await self._teacher.adds_student(STUDENT, CLASS)
        await asyncio.gather(*(self._passes_through(p) for p in self._nlp.partitions or {self._nlp.partition}))

    async def _passes_through(self, partition: int) -> None:
        essay = f"marker {next(self._numbers)}"

        async def send() -> Position:
            return await self._nlp.sends(self._event(essay), partition)

        async def stored() -> None:
            if await self._auditor.row_of_essay(essay) is None:
                raise AssertionError(
                    f"an event sent behind, through partition {partition} of {wire.SUGGESTED}, "
                    "has not been stored: the consumer does not get past what lies before it"
                )

        async def committed(position: Position) -> int | None:
            return await self._auditor.committed(position.partition)

        await fence(send, stored, committed, self._patience)

    def _event(self, essay: str) -> wire.Event:
        return self._nlp.event(BATCH, [{"essay": essay, "student": STUDENT}], CLASS)

    async def is_on_record(self, within: float) -> None:
        """Send markers until one is on record as completed: Redis was away (R3); `within` is in seconds."""
        await self.passes()

        async def look() -> None:
            event = self._event(f"marker {next(self._numbers)}")
            position = await self._nlp.sends(event)
            await self._patience.eventually(lambda: self._is_acknowledged(position))
            record = await self._auditor.record(event)
            assert record is not None and record["status"] == "completed", (
                f"what came in and was acknowledged just now is not on record as completed; its record is {record}"
            )

        await self._patience.eventually(look, within=within)

    async def _is_acknowledged(self, position: Position) -> None:
        acknowledgement = await self._auditor.acknowledgement(position)
        assert acknowledgement.is_passed, acknowledgement.seen
