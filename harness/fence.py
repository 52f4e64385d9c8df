"""Proof that nothing happened, without sleeping.

A message is sent behind the one in question, through the same partition; once its effect is there and the consumer
group's committed offset has passed it, everything before it has been dealt with, so what is not there never comes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from harness.eventually import Patience, SettledError


@dataclass(frozen=True)
class Position:
    """Where a message lies."""

    topic: str
    partition: int
    offset: int


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

    async def passed() -> None:
        offset = await committed(marker)
        behind = offset is not None and offset > marker.offset
        try:
            await marker_took_effect()
        except AssertionError as missing:
            if behind:
                raise SettledError(f"{missing}\n  (and the committed offset {offset} has passed it)") from missing
            raise
        if not behind:
            raise AssertionError(
                f"the committed offset of partition {marker.partition} is {offset}, "
                f"not behind the marker at {marker.offset}"
            )

    await patience.eventually(passed, within=within)
    return marker
