"""Proof that nothing happened, without sleeping.

A message is sent behind the one in question, through the same partition; once its effect is there and the consumer
group's committed offset has passed it, everything before it has been dealt with, so what is not there never comes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from harness.eventually import Passing, Patience


@dataclass(frozen=True)
class Position:
    """Where a message lies."""

    topic: str
    partition: int
    offset: int

    def passing(self, committed: int | None) -> Passing:
        """Tell whether a group whose committed offset in this partition is `committed` has passed the message."""
        is_passed = committed is not None and committed > self.offset
        done = "acknowledged" if is_passed else "not acknowledged"
        where = f"it lies at offset {self.offset} of partition {self.partition}, the committed offset is {committed}"
        return Passing(is_passed, f"the message is {done}; {where}")


async def fence(
    send_marker: Callable[[], Awaitable[Position]],
    marker_took_effect: Callable[[], Awaitable[None]],
    committed: Callable[[Position], Awaitable[int | None]],
    patience: Patience,
    within: float = 5.0,
) -> Position:
    """Send a marker and wait until it has taken effect and the committed offset lies behind it.

    `marker_took_effect` raises AssertionError until it has; `within` is in seconds. Returns the marker's position.
    Raises SettledError at once when the marker was passed without an effect, NeverHappenedError when it never was.
    """
    marker = await send_marker()

    async def passing() -> Passing:
        return marker.passing(await committed(marker))

    await patience.until_settled(marker_took_effect, passing, within=within)
    return marker
