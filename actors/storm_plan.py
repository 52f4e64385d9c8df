"""What breaks in a storm, and when: drawn by a seed, so that the same storm can be had again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

REPLICAS = ("the first replica", "the second replica")
WAYS = {
    "PostgreSQL": ("is killed", "is stopped", "hangs", "cannot be reached", "takes no changes"),
    "Kafka": ("is killed", "hangs", "cannot be reached"),
    "Redis": ("is killed", "hangs", "cannot be reached"),
    REPLICAS[0]: ("is killed", "stands still"),
    REPLICAS[1]: ("is killed", "stands still"),
}
"""What can break, each in its ways, in words of the features."""
FIRST_AFTER = (0.5, 2.0)
LASTS = (0.5, 6.0)
CALM = (1.0, 8.0)
"""Seconds, from and to: before the first gust at a place, that a gust lasts, and between two of one place."""


@dataclass(frozen=True)
class Gust:
    """One thing that breaks: what and how, from when on, and for how long; in seconds from the storm's beginning."""

    what: str
    how: str
    begins: float
    lasts: float

    def __str__(self) -> str:
        return f"{self.begins:5.1f} s to {self.begins + self.lasts:5.1f} s: {self.what} {self.how}"


def plan(seed: int, seconds: float) -> list[Gust]:
    """Return the gusts of a storm of so many seconds, by when they begin.

    Several places are hit at a time, each by one gust at a time; no gust begins in the storm's last second.
    """
    return sorted(
        (gust for place in WAYS for gust in _of_place(place, random.Random(f"{seed} {place}"), seconds)),  # noqa: S311
        key=lambda gust: gust.begins,
    )


def _of_place(place: str, chance: random.Random, seconds: float) -> Iterator[Gust]:
    begins = chance.uniform(*FIRST_AFTER)
    while begins < seconds - 1:
        lasts = min(chance.uniform(*LASTS), seconds - begins)
        yield Gust(place, chance.choice(WAYS[place]), round(begins, 2), round(lasts, 2))
        begins += lasts + chance.uniform(*CALM)
