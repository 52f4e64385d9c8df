"""What has to hold of all that was announced: each change once, in order, and repeats that can be told as such."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.soak_relay.traffic import CREATED, NOTIFIED, STUDENT_CREATED, STUDENT_UPDATED, UPDATED, Event

SHOWN = 10
"""Events that are told of each kind of trouble."""
READERS: dict[str, Callable[[dict[str, Any]], tuple[str, str]]] = {
    CREATED: lambda data: (data["class_id"], data["class_designation"]),
    UPDATED: lambda data: (data["class_id"], data["class_designation"]),
    STUDENT_CREATED: lambda data: (data["student_id"], data["first_name"]),
    STUDENT_UPDATED: lambda data: (data["student_id"], data["first_name"]),
    NOTIFIED: lambda data: (data["class_id"], data["notification_type"]),
}
"""Subject and mark of an event's data, by its topic."""


@dataclass(frozen=True)
class Seen:
    """A record: the event in it, under which id, and where it lies."""

    event: Event
    event_id: str
    value: bytes
    partition: int
    offset: int


@dataclass
class Verdict:
    """What was found; `problems` are the promises that were not kept, a line each."""

    expected: int = 0
    records: int = 0
    repeats: int = 0
    problems: list[str] = field(default_factory=list)


def read(topic: str, partition: int, offset: int, value: bytes) -> Seen:
    """Return what a record says; raises KeyError or ValueError when it is none of ours."""
    envelope = json.loads(value)
    subject, mark = READERS[topic](envelope["data"])
    return Seen(Event(topic, subject, mark), envelope["event_id"], value, partition, offset)


def judge(expected: Sequence[Event], seen: Iterable[Seen]) -> Verdict:
    """Compare what was to be announced, in the order of the changes, with the records in the order of their offsets."""
    ordered = sorted(seen, key=lambda one: (one.event.topic, one.partition, one.offset))
    firsts: dict[str, Seen] = {}
    altered = [one for one in ordered if firsts.setdefault(one.event_id, one).value != one.value]
    verdict = Verdict(len(expected), len(ordered), len(ordered) - len(firsts))
    wanted, found = Counter(expected), Counter(one.event for one in firsts.values())
    kinds = {
        "lost": list((wanted - found).elements()),
        "published again under another event id": [event for event in (found - wanted).elements() if event in wanted],
        "published, and nobody made such a change": [
            event for event in (found - wanted).elements() if event not in wanted
        ],
        "published again with the same event id and other content": [one.event for one in altered],
        "published out of order": _out_of_order(expected, firsts.values()),
        "on another partition than others about the same": _astray(ordered),
    }
    for kind, events in kinds.items():
        if events:
            verdict.problems += [f"{len(events)} events {kind}:", *(f"  {event}" for event in events[:SHOWN])]
            verdict.problems += ["  …"] * (len(events) > SHOWN)
    return verdict


def _out_of_order(expected: Iterable[Event], firsts: Iterable[Seen]) -> list[Event]:
    """Of each topic and subject all those events that came at another's place; what is lost is told elsewhere."""
    wanted, found = _by_subject(expected), _by_subject(one.event for one in firsts)
    astray = []
    for about, events in wanted.items():
        there = found.get(about, [])
        kept = [event for event in events if event in there]
        come = [event for event in there if event in events]
        if len(kept) == len(come):
            astray += [event for event, instead in zip(kept, come, strict=True) if event != instead]
    return astray


def _by_subject(events: Iterable[Event]) -> dict[tuple[str, str], list[Event]]:
    groups: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        groups[event.topic, event.subject].append(event)
    return groups


def _astray(seen: Iterable[Seen]) -> list[Event]:
    """Events on another partition than the first about the same subject: nobody could read them in order."""
    place: dict[tuple[str, str], int] = {}
    return [
        one.event
        for one in seen
        if place.setdefault((one.event.topic, one.event.subject), one.partition) != one.partition
    ]
