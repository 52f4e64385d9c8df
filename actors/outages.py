"""What can be broken, and how, in the words of the features."""

from collections.abc import Callable

from harness.containers.container import RunContainer
from harness.faults import (
    Blocked,
    Closed,
    CutOff,
    DiskFull,
    Evicting,
    Fault,
    Following,
    Impatient,
    Killed,
    Loading,
    Locked,
    NoSlots,
    OutOfMemory,
    OutOfStep,
    Paused,
    ReadOnly,
    SessionsEnded,
    Sliced,
    Slowed,
    Stopped,
)
from harness.laboratory import Laboratory
from harness.sites import Site

PARTS = {"PostgreSQL": "postgres", "the database": "postgres", "Kafka": "kafka", "Redis": "redis"}
SLOW = 700
"""Milliseconds by which each answer of a part comes later that answers slowly."""
TABLE = "essay_student_associations"
SLICE, BETWEEN_SLICES = 40, 1_000
"""Bytes of a slice of an answer, and microseconds between two."""
LATE, UNEVEN, TOO_LATE = 150, 120, 3_000
"""Milliseconds: an answer that is late, by how much that differs, and one that nobody waits for."""
_WAYS: dict[str, Callable[[Laboratory, RunContainer], Fault]] = {
    "is killed": lambda _, part: Killed(part),
    "is not up yet": lambda _, part: Killed(part),
    "is stopped": lambda _, part: Stopped(part),
    "hangs": lambda _, part: Paused(part),
    "cannot be reached": lambda laboratory, part: CutOff(laboratory.toxiproxy, part.alias),
    "answers slowly": lambda laboratory, part: Slowed(laboratory.toxiproxy, part.alias, SLOW),
    "hears nothing": lambda laboratory, part: Blocked(laboratory.toxiproxy, part.alias, "upstream"),
    "is not heard": lambda laboratory, part: Blocked(laboratory.toxiproxy, part.alias, "downstream"),
    "answers late and unevenly": lambda lab, part: Slowed(lab.toxiproxy, part.alias, LATE, UNEVEN),
    "answers in slices": lambda lab, part: Sliced(lab.toxiproxy, part.alias, SLICE, BETWEEN_SLICES),
    "answers too late": lambda lab, part: Slowed(lab.toxiproxy, part.alias, TOO_LATE),
}
"""What can happen to every part."""
SOON = "300ms"
_WAYS_OF_POSTGRES: dict[str, Callable[[Laboratory, str], Fault]] = {
    "takes no changes": lambda lab, _: ReadOnly(lab.postgres),
    "has no connection left": lambda lab, database: NoSlots(lab.postgres, database),
    "has no room left on its disk": lambda lab, database: DiskFull(lab.postgres, database, TABLE),
    "lets nobody wait long for locks": lambda lab, db: Impatient(lab.postgres, db, {"lock_timeout": SOON}),
    "ends statements that take long": lambda lab, db: Impatient(lab.postgres, db, {"statement_timeout": SOON}),
}
_WAYS_OF_REDIS: dict[str, Callable[[Laboratory], Fault]] = {
    "takes no changes": lambda lab: Following(lab.redis),
    "has no memory left": lambda lab: OutOfMemory(lab.redis),
    "has given up all it knew for want of memory": lambda lab: Evicting(lab.redis),
    "wants a password": lambda lab: Locked(lab.redis),
    "is still loading": lambda lab: Loading(lab.redis, lab.toxiproxy),
    "has not caught up yet": lambda lab: OutOfStep(lab.redis),
}
WAYS = tuple(dict.fromkeys((*_WAYS, *_WAYS_OF_POSTGRES, *_WAYS_OF_REDIS)))
"""All ways, for the sentences; some are said of one part alone."""
UPSETS: dict[str, Callable[[Laboratory, str], Fault]] = {
    "PostgreSQL ends all sessions": lambda laboratory, database: SessionsEnded(laboratory.postgres, database),
    "all connections to PostgreSQL are cut": lambda lab, _: CutOff(lab.toxiproxy, lab.postgres.alias),
}
"""What is over as soon as it has happened."""


def outage(site: Site, what: str, how: str) -> Fault:
    """Return the fault that the words mean, such as `Redis` and `hangs`.

    Raises AssertionError where the scenario is not in a laboratory, or where that cannot be said of the part.
    """
    here = laboratory(site, f"{what} {how}")
    part: RunContainer = getattr(here, PARTS[what])
    if how in _WAYS:
        return _WAYS[how](here, part)
    if part is here.postgres and how in _WAYS_OF_POSTGRES:
        return _WAYS_OF_POSTGRES[how](here, site.database)
    assert part is here.redis and how in _WAYS_OF_REDIS, f"“{how}” is not said of {what}"
    return _WAYS_OF_REDIS[how](here)


def upset(site: Site, what: str) -> Fault:
    """Return the fault that the words mean, such as `PostgreSQL ends all sessions`; raises as `outage` does."""
    return UPSETS[what](laboratory(site, what), site.database)


def closed(site: Site, topic: str) -> Fault:
    """Return the fault that Kafka takes nothing for a topic, such as that of dead letters; raises as `outage` does."""
    return Closed(laboratory(site, "Kafka takes nothing").kafka, topic)


def laboratory(site: Site, what: str) -> Laboratory:
    """Return the laboratory of a scenario in which `what` is to happen; raises AssertionError where it has none."""
    assert isinstance(site.stack, Laboratory), f"“{what}” needs a laboratory: tag the scenario @laboratory"
    return site.stack
