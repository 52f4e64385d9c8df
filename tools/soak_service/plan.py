"""What goes down at which moment; the same seed plans the same."""

import random
from dataclasses import dataclass

DEPENDENCIES = ("postgres", "redis", "kafka")
SERVICE = "service"
KILLED, STOPPED = "SIGKILL", "SIGTERM"
RESTARTS = 10
"""How often the service goes down; half of them by SIGKILL."""
EARLIEST, LATEST = 0.03, 0.95
LONGEST_DOWN = {SERVICE: 2.0, "postgres": 6.0, "redis": 6.0, "kafka": 10.0}
"""Seconds; Kafka's are about as many as a session of its consumers lasts."""
LONGEST_DELAY = 0.2


@dataclass(frozen=True)
class Outage:
    """`what` goes down by the signal `how`, `delay` seconds after so many events are `stored`, for `down` seconds."""

    stored: int
    delay: float
    what: str
    how: str
    down: float

    def __str__(self) -> str:
        return f"{self.what}: {self.how}, down for {self.down:.1f} s"


def plan(seed: int, events: int) -> list[Outage]:
    """Return the outages for a run of so many `events`, in their order: ten of the service, one of each dependency."""
    chance = random.Random(seed)  # noqa: S311 -- a plan, not a secret
    what = [(SERVICE, KILLED if n % 2 else STOPPED) for n in range(RESTARTS)]
    what += [(dependency, KILLED) for dependency in DEPENDENCIES]
    chance.shuffle(what)
    moments = sorted(int(events * chance.uniform(EARLIEST, LATEST)) for _ in what)
    return [
        Outage(moment, chance.uniform(0, LONGEST_DELAY), name, how, chance.uniform(0, LONGEST_DOWN[name]))
        for moment, (name, how) in zip(moments, what, strict=True)
    ]
