"""The onlooker, who sees how soon batches can be seen."""

import asyncio
import math
import time
from collections.abc import Iterator, Sequence

from actors import wire
from actors.auditor import Auditor
from actors.flood import Flood
from harness.eventually import Patience
from harness.journal import Journal

FEW = 6


class Onlooker:
    """Looks for batches from the moment at which they are published."""

    def __init__(self, flood: Flood, auditor: Auditor, journal: Journal, patience: Patience) -> None:
        self._flood, self._auditor, self._journal, self._patience = flood, auditor, journal, patience
        self._seen_after: list[float] = []

    async def publishes_in_lanes(self, sizes: Sequence[int], lanes: int) -> None:
        """Publish batches, `lanes` of them on the way at a time, and note how long each takes until it can be seen.

        `sizes` are the numbers of essays, a batch each.

        The clock runs from the broker's acknowledgement until a reader finds all essays of the batch.
        """
        events = iter([(self._flood.batch(essays), essays) for essays in sizes])

        async def lane() -> None:
            for event, essays in events:
                await self._flood.publishes([event])
                self._seen_after.append(await self._seconds_until_seen(event, essays))

        await asyncio.gather(*(lane() for _ in range(lanes)))

    async def _seconds_until_seen(self, event: wire.Event, essays: int) -> float:
        begun, batch = time.monotonic(), event.envelope["data"]["batch_id"]

        async def look() -> None:
            stored = (await self._auditor.essays_stored([batch])).get(batch, 0)
            assert stored == essays, f"of {essays} essays of a batch {stored} can be seen"

        await self._patience.eventually(look)
        return time.monotonic() - begun

    def was_seen_within(self, seconds: float) -> None:
        """Raise AssertionError unless each batch could be seen in time (N1)."""
        late = sorted(took for took in self._seen_after if took > self._patience.seconds(seconds))
        self._journal.write("auditor", "saw the batches", number=len(self._seen_after), slowest=max(self._seen_after))
        if late:
            raise AssertionError(
                f"{len(late)} of {len(self._seen_after)} batches could not be seen within {seconds:g} s: "
                f"they took {', '.join(f'{took:.2f} s' for took in _ends(late))}"
            )

    def saw_most_within(self, part: float, seconds: float) -> None:
        """Raise AssertionError unless a part of the batches, such as 0.95, could be seen within `seconds` (N3)."""
        times = sorted(self._seen_after)
        slowest = times[math.ceil(part * len(times)) - 1]
        self._journal.write("auditor", "saw most of the batches", part=part, slowest_of_them=slowest)
        if slowest > self._patience.seconds(seconds):
            raise AssertionError(
                f"of {len(times)} batches {part:.0%} could be seen within {slowest * 1000:.0f} ms, "
                f"{seconds * 1000:.0f} ms are allowed; half of them within {times[len(times) // 2] * 1000:.0f} ms"
            )


def _ends(times: Sequence[float]) -> Iterator[float]:
    """Iterate over all of a few times, or the shortest and the longest of many."""
    return iter(times if len(times) <= FEW else [*times[:3], *times[-3:]])
