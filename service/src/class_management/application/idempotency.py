"""That an event counts once (I1-I9): a claim before the work, a completed key after it."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple, Protocol


class Claim(NamedTuple):
    """An event that somebody wants to work on.

    `place` is where it was delivered (partition and offset), `payload` a digest of its data; the rest goes into the
    key's value as it came.
    """

    key: str
    place: str
    payload: str
    event_id: str | None
    correlation_id: str
    source_service: str
    started_at: float
    """When the work on it began, in Unix seconds."""


class ClaimState(Enum):
    """What the store of claims says to a claim."""

    TAKEN = auto()
    """It is ours: nobody had it, or its holder has died, or it was delivered to us in its holder's place."""
    HELD = auto()
    """Somebody else is at work on the event."""
    COMPLETED = auto()
    """The event has had its effect."""
    CONFLICTING = auto()
    """An event of the same id, but with other data, has had its effect."""
    UNKNOWN = auto()
    """The store is out of reach: work all the same, the database keeps duplicates out (I6)."""


class Claims(Protocol):
    """The store of claims; none of its methods fails when it is out of reach."""

    renewal_seconds: float
    """How often a claim must be renewed to count as alive."""

    async def take(self, claims: Sequence[Claim]) -> list[ClaimState]:
        """Try to claim each event."""

    async def renew(self, claims: Sequence[Claim]) -> None:
        """Say that the work on our claims goes on."""

    async def complete(self, claims: Sequence[Claim]) -> None:
        """Say that the events have had their effect, durably."""

    async def release(self, claims: Sequence[Claim]) -> None:
        """Give our claims back, so that the events can be worked on again (I4)."""
