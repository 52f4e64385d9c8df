"""The onlooker, who sees how soon batches can be seen."""

import asyncio
import math
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from actors import wire
from actors.auditor import Auditor
from actors.flood import Flood
from harness.eventually import Patience
from harness.journal import Journal

FEW = 6


class _Awaited(NamedTuple):
    """A batch on its way: how many essays it has, since when (monotonic seconds), and how long it took."""

    essays: int
    since: float
    seen_after: asyncio.Future[float]


class Onlooker:
    """Looks for batches from the moment at which they are published."""

    def __init__(self, flood: Flood, auditor: Auditor, journal: Journal, patience: Patience) -> None:
        self._flood, self._auditor, self._journal, self._patience = flood, auditor, journal, patience
        self._seen_after: list[float] = []
        self._awaited: dict[str, _Awaited] = {}
        self._any_on_the_way = asyncio.Event()

    async def publishes_in_lanes(self, sizes: Sequence[int], lanes: int) -> None:
        """Publish batches, `lanes` of them on the way at a time, and note how long each takes until it can be seen.

        `sizes` are the numbers of essays, a batch each.

        The clock runs from the broker's acknowledgement until a reader finds all essays of the batch.
        """
        events = iter([(self._flood.batch(essays), essays) for essays in sizes])
        await self._auditor.essays_stored([])  # the connection is made before the clock runs
        looking = asyncio.create_task(self._look_again_and_again())
        publishing = asyncio.create_task(self._publish(events, lanes))
        try:
            await asyncio.wait([looking, publishing], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (looking, publishing):
                task.cancel()  # does nothing to the one that has ended
        await (publishing if publishing.done() else looking)

    async def _publish(self, events: Iterator[tuple[wire.Event, int]], lanes: int) -> None:
        async def lane() -> None:
            for event, essays in events:
                await self._flood.publishes([event])
                self._seen_after.append(await self._seconds_until_seen(event, essays))

        await asyncio.gather(*(lane() for _ in range(lanes)))

    async def _seconds_until_seen(self, event: wire.Event, essays: int) -> float:
        awaited = _Awaited(essays, time.monotonic(), asyncio.get_running_loop().create_future())
        self._awaited[event.envelope["data"]["batch_id"]] = awaited
        self._any_on_the_way.set()
        return await awaited.seen_after

    async def _look_again_and_again(self) -> None:
        """Look for all batches on their way at once: a look for each would take the machine from the service."""
        while True:
            await self._any_on_the_way.wait()
            await self._patience.eventually(self._look)

    async def _look(self) -> None:
        """Note what can be seen as a whole by now; raises AssertionError when nothing new can."""
        looked_for = list(self._awaited)
        stored = await self._auditor.essays_stored(looked_for)
        now = time.monotonic()
        whole = [batch for batch in looked_for if stored.get(batch, 0) == self._awaited[batch].essays]
        for batch in whole:
            awaited = self._awaited.pop(batch)
            awaited.seen_after.set_result(now - awaited.since)
        if not self._awaited:
            self._any_on_the_way.clear()
        assert whole, f"none of {len(looked_for)} batches on their way can be seen as a whole; essays seen: {stored}"

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
