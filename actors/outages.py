"""What can be broken, and how, in the words of the features."""

from collections.abc import Callable

from actors import wire
from harness.containers.container import RunContainer
from harness.faults import Closed, CutOff, Fault, Killed, Paused, ReadOnly, SessionsEnded, Slowed, Stopped
from harness.laboratory import Laboratory
from harness.sites import Site

PARTS = {"PostgreSQL": "postgres", "the database": "postgres", "Kafka": "kafka", "Redis": "redis"}
SLOW = 700
"""Milliseconds by which each answer of a part comes later that answers slowly."""
WAYS: dict[str, Callable[[Laboratory, RunContainer], Fault]] = {
    "is killed": lambda _, part: Killed(part),
    "is not up yet": lambda _, part: Killed(part),
    "is stopped": lambda _, part: Stopped(part),
    "hangs": lambda _, part: Paused(part),
    "cannot be reached": lambda laboratory, part: CutOff(laboratory.toxiproxy, part.alias),
    "answers slowly": lambda laboratory, part: Slowed(laboratory.toxiproxy, part.alias, SLOW),
    "takes no changes": lambda laboratory, _: ReadOnly(laboratory.postgres),
}
UPSETS: dict[str, Callable[[Laboratory, str], Fault]] = {
    "PostgreSQL ends all sessions": lambda laboratory, database: SessionsEnded(laboratory.postgres, database),
    "all connections to PostgreSQL are cut": lambda lab, _: CutOff(lab.toxiproxy, lab.postgres.alias),
}
"""What is over as soon as it has happened."""


def outage(site: Site, what: str, how: str) -> Fault:
    """Return the fault that the words mean, such as `Redis` and `hangs`.

    Raises AssertionError where the scenario is not in a laboratory.
    """
    laboratory = _laboratory(site, f"{what} {how}")
    part: RunContainer = getattr(laboratory, PARTS[what])
    assert how != "takes no changes" or part is laboratory.postgres, f"“{how}” is said of PostgreSQL alone"
    return WAYS[how](laboratory, part)


def upset(site: Site, what: str) -> Fault:
    """Return the fault that the words mean, such as `PostgreSQL ends all sessions`; raises as `outage` does."""
    return UPSETS[what](_laboratory(site, what), site.database)


def closed_to_dead_letters(site: Site) -> Fault:
    """Return the fault that no dead letter can be kept; raises as `outage` does."""
    return Closed(_laboratory(site, "no dead letter can be kept").kafka, wire.DEAD_LETTERS)


def _laboratory(site: Site, what: str) -> Laboratory:
    assert isinstance(site.stack, Laboratory), f"“{what}” needs a laboratory: tag the scenario @laboratory"
    return site.stack
