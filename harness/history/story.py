"""The story of one event: published when, where, acknowledged when, what became of it, what the log says."""

from collections.abc import Iterator

from harness.fence import Position
from harness.history.operations import Event, History, Look
from harness.log_entries import counted, entries

MOST_LINES = 8
LONGEST_LINE = 300


def story(history: History, id_: str) -> list[str]:
    """Return the story of the event with this id, in lines that begin with the seconds since the first event."""
    event = history.event(id_)
    if event is None:
        return [f"Nobody published {id_}."]
    begun = min(e.at for e in history.events)
    told = sorted([*_sent(event), *_broken(history), *_acknowledged(history, event), *_became(history, event)])
    lines = [f"The story of {event.called} (event {event.id}):"]
    lines += [f"  {moment - begun:7.2f} s  {what}" for moment, what in told]
    return lines + _logged(history, event)


def _sent(event: Event) -> Iterator[tuple[float, str]]:
    at = f", and lies {_place(event.position)}" if event.position else ""
    parts = f"{len(event.parts)} part{'s' * (len(event.parts) != 1)}" if not event.is_bad else "can never be processed"
    yield event.at, f"published ({parts}), {event.outcome.value} by the broker{at}"
    for position in event.again:
        yield event.at, f"delivered again {_place(position)}"


def _broken(history: History) -> Iterator[tuple[float, str]]:
    for upset in history.upsets:
        yield upset.began, f"from now on {upset.what} ({upset.proof or 'nothing proves it'})"
        yield upset.healed, f"no longer {upset.what}"


def _acknowledged(history: History, event: Event) -> Iterator[tuple[float, str]]:
    if event.position is None:
        return
    partition, offset = event.position.partition, event.position.offset
    commits = [c for c in history.commits if c.partition == partition and c.offset > offset]
    looks = [look for look in history.looks if look.committed is not None and look.committed.get(partition, 0) > offset]
    if commits:
        yield commits[0].at, f"acknowledged by the service: offset {commits[0].offset} committed"
    elif looks:
        yield looks[0].at, f"seen to be acknowledged: offset {(looks[0].committed or {})[partition]} is committed"
    else:
        yield history.last_look.at, "not acknowledged to the end"


def _became(history: History, event: Event) -> Iterator[tuple[float, str]]:
    last = ""
    for look in history.looks:
        if look.at >= event.at and look.effects is not None and (seen := _fate(event, look)) != last:
            last = seen
            yield look.at, f"seen: {seen}"
    if not last:
        yield history.last_look.at, "nobody could see what had become of it"


def _fate(event: Event, look: Look) -> str:
    """Return what has become of an event by a look, part by part where there are few."""
    times = list(look.set_aside or ()).count(event.id)
    aside = f"set aside {times} time{'s' * (times != 1)}; " if times else ""
    there = {part: [e for e in look.effects or () if e.part == part] for part in event.parts}
    own = sum(any(e.event == event.id for e in effects) for effects in there.values())
    others = sum(bool(effects) and all(e.event != event.id for e in effects) for effects in there.values())
    told = f"{aside}{own} of {len(event.parts)} parts have its effect"
    if others:
        told += f", {others} that of another event"
    if missing := [part for part, effects in there.items() if not effects]:
        told += f", {len(missing)} have none, such as {missing[0]}"
    return told


def _logged(history: History, event: Event) -> list[str]:
    ids = {event.id, *history.log_of_interest.get(event.id, ())}
    lines = [entry.brief() for entry in entries(history.log) if any(id_ in entry.text for id_ in ids)]
    if not lines:
        return ["  The log says nothing about it."]
    shown = counted(lines, MOST_LINES)
    return ["  The log about it:", *(f"    {line[:LONGEST_LINE]}" for line in shown)]


def _place(position: Position) -> str:
    return f"at offset {position.offset} of partition {position.partition}"
