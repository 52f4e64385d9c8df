"""When Kafka goes down, and for how long; the same seed plans the same."""

import random
from collections.abc import Sequence

from tools.soak_service.plan import KILLED, LONGEST_DOWN, STOPPED, Outage

KAFKA = "kafka"
WINDOWS: Sequence[tuple[float, float]] = ((0.05, 0.25), (0.35, 0.55), (0.65, 0.85))
"""Shares of all changes between which each outage begins: changes come before, between and after them."""
SHORTEST_DOWN = 1.0


def plan(seed: int, changes: int) -> list[Outage]:
    """Return the outages for a run of so many `changes`, in their order; at least one of them is a kill."""
    chance = random.Random(seed)  # noqa: S311 -- a plan, not a secret
    how = [KILLED, chance.choice((KILLED, STOPPED)), STOPPED]
    chance.shuffle(how)
    return [
        Outage(
            int(changes * chance.uniform(*window)), 0.0, KAFKA, end, chance.uniform(SHORTEST_DOWN, LONGEST_DOWN[KAFKA])
        )
        for window, end in zip(WINDOWS, how, strict=True)
    ]
