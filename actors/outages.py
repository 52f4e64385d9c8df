"""What can be broken, and how, in the words of the features."""

from collections.abc import Callable

from harness.containers.container import RunContainer
from harness.faults import CutOff, Fault, Killed, Paused, Stopped
from harness.laboratory import Laboratory
from harness.sites import Site

PARTS = {"PostgreSQL": "postgres", "the database": "postgres", "Kafka": "kafka", "Redis": "redis"}
WAYS: dict[str, Callable[[Laboratory, RunContainer], Fault]] = {
    "is killed": lambda _, part: Killed(part),
    "is not up yet": lambda _, part: Killed(part),
    "is stopped": lambda _, part: Stopped(part),
    "hangs": lambda _, part: Paused(part),
    "cannot be reached": lambda laboratory, part: CutOff(laboratory.toxiproxy, part.alias),
}


def outage(site: Site, what: str, how: str) -> Fault:
    """Return the fault that the words mean, such as `Redis` and `hangs`.

    Raises AssertionError where the scenario is not in a laboratory.
    """
    assert isinstance(site.stack, Laboratory), f"“{what} {how}” needs a laboratory: tag the scenario @laboratory"
    part: RunContainer = getattr(site.stack, PARTS[what])
    return WAYS[how](site.stack, part)
