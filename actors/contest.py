"""A contest: many events about the same essays at once."""

import asyncio
from collections.abc import Awaitable, Sequence

from actors import wire
from actors.auditor import Auditor
from actors.flood import Flood
from actors.nlp_service import NlpService
from harness.compare import assert_exactly
from harness.eventually import Patience

CERTAIN, DOUBTFUL = "0.9", "0.5"


class Contest:
    """Events that all want the same essays (D6)."""

    def __init__(self, nlp: NlpService, flood: Flood, auditor: Auditor, patience: Patience) -> None:
        self._nlp, self._flood, self._auditor, self._patience = nlp, flood, auditor, patience
        self._essays: list[str] = []
        self._batches: dict[str, str] = {}
        """Class to batch."""

    async def begins(self, events: int, essays: int, classes: Sequence[str]) -> None:
        """Publish `events` events about the same `essays` essays, every other one backwards, for the classes in turn.

        In every partition, and in both orders, the first class comes first. Each event suggests all students of its
        class, the first one with more confidence than the others.
        """
        self._essays = [f"Essay {number}" for number in range(1, essays + 1)]
        self._batches = {name: f"Contest for {name}" for name in classes}
        crowd = []
        for number in range(events):
            class_name = classes[number // (2 * wire.PARTITIONS) % len(classes)]
            rows = [
                {"essay": essay, "student": student, "confidence": DOUBTFUL if place else CERTAIN}
                for essay in (self._essays if number % 2 else reversed(self._essays))
                for place, student in enumerate(self._nlp.students_of(class_name))
            ]
            crowd.append(self._nlp.event(self._batches[class_name], rows, class_name))
        await self._flood.publishes(crowd)

    async def is_met_by(self, *works: Awaitable[None]) -> None:
        """Do the works of others at the same time; raises AssertionError when one fails, with the deadlocks if any."""
        try:
            await asyncio.gather(*works)
        except AssertionError as failure:
            raise AssertionError("\n  ".join([str(failure), *await self._auditor.deadlocks()])) from failure

    async def has_stored_each_once(self) -> None:
        """Wait until each essay has one association, through whichever event, and nothing else is stored for them."""
        best = {name: self._nlp.students_of(name)[0] for name in self._batches}

        async def look() -> None:
            stored = await self._auditor.associations(*self._batches.values())
            assert_exactly([{"essay": essay} for essay in self._essays], stored, what="essays of the contest")
            strange = [row for row in stored if row["student"] != best[row["class"]]]
            assert not strange, f"these are not with the best suggestion: {strange}"

        await self._patience.until_settled(look, self._flood.acknowledgement, within=10)
