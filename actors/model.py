"""What the contract (§3-§5) makes of events, as a pure function of the order in which they come.

Written from the contract alone, as plainly as it can be said: no groups, no retries, no outages. Where the contract
leaves it open what becomes of an event, its fate is OPEN, and nobody is held to either.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from actors import wire

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Fate(Enum):
    """What becomes of a message."""

    PROCESSED = "processed"
    REPEATED = "nothing: it has come before"
    FOREIGN = "nothing: it is none of ours"
    DEAD_LETTER = "a dead letter"
    OPEN = "processed, or a dead letter"


class Association(NamedTuple):
    """A row of `essay_student_associations`, in the columns that come from an event (D2)."""

    essay: str
    student: str
    batch: str
    class_: str
    score: float
    reasons: tuple[str, ...]


@dataclass
class Model:
    """Classes with their rosters, and what is stored, remembered and put aside; ids are in lower case."""

    rosters: dict[str, set[str]] = field(default_factory=dict)
    """The students of each class that exists."""
    associations: dict[str, Association] = field(default_factory=dict)
    completed: set[str] = field(default_factory=set)
    """Keys of the events that are on record as completed (I2)."""
    fates: list[Fate] = field(default_factory=list)
    """What has become of each message, in their order."""

    def joins(self, student: str, class_: str) -> None:
        """Put a student on a roster."""
        self.rosters[class_].add(student)

    def leaves(self, student: str, class_: str) -> None:
        """Take a student off a roster; what is stored stays."""
        self.rosters[class_].discard(student)

    def deletes(self, student: str) -> None:
        """Delete a student, and the associations with it (D4)."""
        for roster in self.rosters.values():
            roster.discard(student)
        self.associations = {e: row for e, row in self.associations.items() if row.student != student}

    def takes(self, event: wire.Event) -> Fate:
        """Process an event; what is `spoilt` can never be."""
        if event.spoilt is not None:
            fate = Fate.DEAD_LETTER  # P10
        elif event.envelope["event_type"] not in (wire.SUGGESTED, wire.SUGGESTED_BARE):
            fate = Fate.FOREIGN  # P2
        elif event.idempotency_key in self.completed:
            fate = Fate.REPEATED  # I1: also with another payload, for the first counts
        else:
            fate = self._stores(event.envelope["data"])
            if fate is Fate.PROCESSED:
                self.completed.add(event.idempotency_key)  # else it is released (I4)
        self.fates.append(fate)
        return fate

    def _stores(self, data: Mapping[str, Any]) -> Fate:
        """Store what can be stored of an event's data, essay by essay (P3-P8, P12)."""
        batch, class_ = identity(data["batch_id"]), identity(data["class_id"])
        failed = associated = perhaps_associated = False
        for result in data["match_results"]:
            if not result.get("suggestions"):
                continue  # P6: whatever its class
            essay = identity(result["essay_id"])
            if batch is None or class_ not in self.rosters or essay is None:
                failed = True  # P7; P8 and P10 where the batch or the class is none
                continue
            assert class_ is not None
            there = self.associations.get(essay)
            through_this_batch = there is not None and there.batch == batch
            best = self._best(result["suggestions"], class_)
            if best is None:
                perhaps_associated |= through_this_batch  # P4 comes before P5: was it looked at, for P8?
            elif there is None:
                score, reasons = best["confidence_score"], tuple(best["match_reasons"])
                student = identity(best["student_id"]) or ""
                self.associations[essay] = Association(essay, student, batch, class_, float(score), reasons)
                associated = True
            else:
                associated |= through_this_batch  # P5: it keeps what it has; of one essay twice the first counts
        if associated or not failed:
            return Fate.PROCESSED  # P8
        return Fate.OPEN if perhaps_associated else Fate.DEAD_LETTER

    def _best(self, suggestions: Sequence[Mapping[str, Any]], class_: str) -> Mapping[str, Any] | None:
        """Return the suggestion of highest confidence whose student is on the roster (P3, P4, P12)."""
        known = [found for found in suggestions if identity(found["student_id"]) in self.rosters[class_]]
        return max(known, key=lambda found: float(found["confidence_score"]), default=None)  # of a tie the first


def identity(given: str) -> str | None:
    """Return an id as all of them are compared, None for one that is no UUID (§3, D2)."""
    return given.lower() if _UUID.fullmatch(given) else None
