"""Verdicts on what became of the events: V1 lost, V2 doubled, V3 order, V4 half, V5 acknowledged early, V8 blocked."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from harness.history.operations import Effect, Event, Guilt, History, Look, Outcome


def lost(history: History) -> Iterator[Guilt]:
    """V1: every event that was acknowledged has its effect, or was set aside; nothing has one that nobody sent."""
    look = history.last_look
    by_part, aside = _by_part(look), set(look.set_aside or ())
    for event in history.events:
        if event.outcome is not Outcome.DONE or event.id in aside:
            continue
        if event.is_bad:
            yield Guilt("V1", f"{event.called} can never be processed, and was set aside nowhere: it is lost", event.id)
        elif gone := [part for part in event.parts if part not in by_part]:
            of_all = f"{len(gone)} of its {len(event.parts)} parts" if len(gone) < len(event.parts) else "all of it"
            yield Guilt("V1", f"{event.called} was acknowledged by the broker, and {of_all} is lost", event.id)
    for effect in look.effects or ():
        sender = history.event(effect.event)
        if sender is None:
            yield Guilt("V1", f"{effect.part} has an effect ({effect.value}) that nobody sent")
        elif sender.outcome is Outcome.FAILED:
            yield Guilt("V1", f"{sender.called} was refused when it was sent, and yet took effect", sender.id)
        elif effect.value != sender.parts.get(effect.part, effect.value):
            wanted = sender.parts[effect.part]
            yield Guilt("V1", f"{effect.part} was to be {wanted} by {sender.called}, and is {effect.value}", sender.id)
    for change in history.changes:
        if change.outcome is Outcome.DONE and not any(a.change == change.id for a in history.announcements):
            yield Guilt("V1", f"the change {change.id} was made, and never announced")


def doubled(history: History) -> Iterator[Guilt]:
    """V2: a part has one effect at most, an event one fate, a change one announcement that may be repeated."""
    look = history.last_look
    for part, effects in _by_part(look).items():
        if len(effects) > 1:
            both = ", ".join(f"{e.value} of {_called(history, e.event)}" for e in effects)
            yield Guilt("V2", f"{part} has {len(effects)} effects: {both}", effects[-1].event)
    stored = {effect.event for effect in look.effects or ()}
    for id_, times in Counter(look.set_aside or ()).items():
        if times > 1:
            yield Guilt("V2", f"{_called(history, id_)} was set aside {times} times", id_)
        if id_ in stored:
            yield Guilt("V2", f"{_called(history, id_)} has had its effect, and was set aside as well", id_)
    ids = defaultdict(set)
    for announcement in history.announcements:
        ids[announcement.change].add(announcement.event_id)
    for change, under in ids.items():
        if len(under) > 1:
            yield Guilt("V2", f"the change {change} was announced under {len(under)} ids: nobody sees that it is one")


def undone(history: History) -> Iterator[Guilt]:
    """V3: of a partition's events about one part the right one counts, whatever broke; nothing is put back later."""
    final = {effect.part: effect for effect in history.last_look.effects or ()}
    for part, effect in final.items():
        winner, right = history.event(effect.event), _whose(history, part, effect.event)
        if winner is not None and right is not None and right.id != winner.id:
            which = "later" if history.last_counts else "earlier"
            yield Guilt("V3", f"{part} is as {winner.called} wanted it, though {right.called} came {which}", right.id)
    for before, after in zip(history.looks, history.looks[1:], strict=False):
        was, now = ({e.part: e for e in look.effects or ()} for look in (before, after))
        for part in was.keys() & now.keys():
            if was[part].event != now[part].event and not history.last_counts:
                both = f"{_called(history, was[part].event)}, and then {_called(history, now[part].event)}"
                yield Guilt("V3", f"{part} first was as {both} wanted it: an effect was undone", was[part].event)
    yield from _out_of_turn(history)


def _out_of_turn(history: History) -> Iterator[Guilt]:
    changes = {change.id: change for change in history.changes}
    reached: dict[str, int] = {}
    seen: set[str] = set()
    for announcement in history.announcements:
        change = changes.get(announcement.change)
        if change is None or change.id in seen:  # a repeat changes no order: it can be recognised
            continue
        seen.add(change.id)
        if change.place < reached.get(change.key, change.place):
            yield Guilt("V3", f"the change {change.id} of {change.key} was announced behind a later one")
        reached[change.key] = max(change.place, reached.get(change.key, 0))


def half(history: History) -> Iterator[Guilt]:
    """V4: whenever somebody looked, of an event all was there that could be, or nothing."""
    told: set[str] = set()
    for look in history.looks:
        if look.effects is None:
            continue
        own = defaultdict(set)
        for effect in look.effects:
            own[effect.event].add(effect.part)
        for id_, parts in own.items():
            event = history.event(id_)
            there = parts.intersection(event.parts) if event is not None else ()
            if event is None or id_ in told or not there or len(there) == len(event.parts):
                continue
            if free := [part for part in event.parts if part not in look.parts]:
                told.add(id_)
                some = f"{len(there)} of the {len(event.parts)} parts of {event.called} were there, and {free[0]} not"
                yield Guilt("V4", f"{some}, {_moment(history, look)}", id_)


def early(history: History) -> Iterator[Guilt]:
    """V5: whenever somebody looked, nothing was acknowledged whose effect was missing; no word was taken back."""
    yield from _taken_back(history)
    told: set[str] = set()
    for look in history.looks:
        for event in history.events:
            if event.id in told or not _is_acknowledged(event, look) or not _lacks_its_effect(event, look):
                continue
            told.add(event.id)
            assert event.position is not None
            offset = (look.committed or {})[event.position.partition]
            where = f"{event.position.offset} of partition {event.position.partition}"
            behind = f"the committed offset was {offset}, past {event.called} at {where}"
            yield Guilt("V5", f"{behind}, which had no effect yet, {_moment(history, look)}", event.id)


def _taken_back(history: History) -> Iterator[Guilt]:
    reached: dict[int, int] = {}
    for commit in history.commits:
        before = reached.get(commit.partition, commit.offset)
        if commit.offset < before and (commit.partition, commit.offset) not in history.set_back:
            yield Guilt(
                "V5", f"the committed offset of partition {commit.partition} went from {before} back to {commit.offset}"
            )
        reached[commit.partition] = commit.offset


def blocked(history: History) -> Iterator[Guilt]:
    """V8, V7: no partition stands still in the end; a bad message blocks nobody."""
    committed = history.last_look.committed
    if committed is None:
        return
    waiting: dict[int, list[Event]] = defaultdict(list)
    ends: dict[int, int] = defaultdict(int)
    for event in history.events:
        if event.position is not None:
            ends[event.position.partition] = max(ends[event.position.partition], event.position.offset)
            if event.position.offset >= committed.get(event.position.partition, 0):
                waiting[event.position.partition].append(event)
    for partition, events in waiting.items():
        first, *behind = sorted(events, key=lambda event: event.position.offset if event.position else 0)
        others = "the others go on" if len(waiting) < len(ends) else "and so does every other"
        stands = f"partition {partition} stands at {committed.get(partition, 0)}, {others}"
        what = f"which can never be processed, blocks {len(behind)} behind it" if first.is_bad else "was not dealt with"
        yield Guilt("V8" if first.is_bad else "V7", f"{stands}: {first.called}, {what}", first.id)


def has_its_effect(event: Event, look: Look) -> bool:
    """Tell whether all parts of an event have an effect in `look`, its own or another's, or it was set aside."""
    return event.id in look.aside or (not event.is_bad and look.parts.issuperset(event.parts))


def _lacks_its_effect(event: Event, look: Look) -> bool:
    if event.id in look.without:
        return True
    return look.effects is not None and look.set_aside is not None and not has_its_effect(event, look)


def _is_acknowledged(event: Event, look: Look) -> bool:
    if event.position is None or look.committed is None:
        return False
    return look.committed.get(event.position.partition, 0) > event.position.offset


def _whose(history: History, part: str, winner: str) -> Event | None:
    """Return the event whose effect a part has to have: of those in the partition of the one that it has."""
    known = history.event(winner)
    if known is None or known.position is None:
        return None
    aside = history.last_look.aside
    rivals = {
        event.position.offset: event
        for event in history.events_about(part, known.position.partition)
        if event.position is not None and event.id not in aside and not event.is_bad
    }
    if not rivals:
        return None
    return rivals[max(rivals) if history.last_counts else min(rivals)]


def _by_part(look: Look) -> dict[str, list[Effect]]:
    effects = defaultdict(list)
    for effect in look.effects or ():
        effects[effect.part].append(effect)
    return effects


def _called(history: History, id_: str) -> str:
    event = history.event(id_)
    return event.called if event is not None else f"{id_}, which nobody sent"


def _moment(history: History, look: Look) -> str:
    """Return when a look was made, by what was broken then."""
    if look is history.last_look:
        return "in the end"
    broken = [upset.what for upset in history.upsets if upset.began <= look.at <= upset.healed]
    begun = min((event.at for event in history.events), default=look.at)
    return f"{look.at - begun:.2f} s after the first event{', while ' + ' and '.join(broken) if broken else ''}"
