"""Verdicts on how the service behaved: V6 health, V7 recovery, V9 growth, V10 its end and its log, V11 not vacuous."""

from collections.abc import Iterator

from harness.history.effects import has_its_effect
from harness.history.operations import Event, Guilt, History, Outcome, Upset


def lied(history: History) -> Iterator[Guilt]:
    """V6: what the service said of its health was true, within its time, in both directions."""
    for upset, begins, ends in _spans(history):
        if upset.makes_ill is None:
            continue
        during = [a for a in history.answers if upset.began + upset.notice <= a.at < upset.healed]
        afterwards = [a for a in history.answers if begins <= a.at < ends]
        if not during or not afterwards:
            when = "while" if not during else "after"
            yield Guilt("V6", f"nobody has asked for the service's health {when} {upset.what}")
        for answer in during:
            if answer.is_well is not None and answer.is_well == upset.makes_ill:
                said = "well" if answer.is_well else "ill"
                since = f"{answer.at - upset.began:.1f} s after it had begun that {upset.what}"
                yield Guilt("V6", f"the service said that it was {said} {since}, {upset.notice:g} s are allowed")
                break
        for answer in afterwards:
            if answer.is_well is False:
                since = f"{answer.at - upset.healed:.1f} s after it was over that {upset.what}"
                yield Guilt("V6", f"the service said that it was ill {since}, {upset.notice:g} s are allowed")
                break
    begun = min((upset.began for upset in history.upsets), default=float("inf"))
    if any(answer.is_well is False for answer in history.answers if answer.at < begun):
        yield Guilt("V6", "the service said that it was ill before anything was broken")


def _spans(history: History) -> Iterator[tuple[Upset, float, float]]:
    """Yield each upset with the time behind it in which the service has to be well again."""
    upsets = sorted(history.upsets, key=lambda upset: upset.began)
    for number, upset in enumerate(upsets):
        ends = upsets[number + 1].began if number + 1 < len(upsets) else float("inf")
        yield upset, upset.healed + upset.notice, ends


def slow_to_recover(history: History) -> Iterator[Guilt]:
    """V7: what came in next after the mending had its effect in time, by the first look that shows it."""
    for upset in history.upsets:
        following = [e for e in history.events if e.at >= upset.healed and e.outcome is Outcome.DONE]
        if not following:
            continue
        first = min(following, key=lambda event: event.at)
        seen = [look.at for look in history.looks if has_its_effect(first, look)]
        since, of_what = _time_begins(first, upset, history)
        took = min(seen) - since if seen else None
        if took is None or took > upset.until_well:
            so_late = "has had no effect at all" if took is None else f"took effect {took:.1f} s after {of_what}"
            allowed = f"{upset.until_well:g} s are allowed"
            yield Guilt("V7", f"it was over that {upset.what}, and {first.called} {so_late}, {allowed}", first.id)


def _time_begins(event: Event, upset: Upset, history: History) -> tuple[float, str]:
    """Return when the time of an event begins that came in after an upset, and of what that is the moment.

    Where something else was broken before its time was up, it begins anew when that is over.
    """
    since, of_what = event.at, "it came in"
    for other in sorted(history.upsets, key=lambda other: other.began):
        if other.began <= since + upset.until_well and other.healed > since:
            since, of_what = other.healed, f"it was over, too, that {other.what}"
    return since, of_what


def grown(history: History) -> Iterator[Guilt]:
    """V9: what was measured is back where it was."""
    for figure in history.figures:
        if figure.has_grown:
            allowed = f"at most {figure.before + figure.allowed:g} are allowed"
            yield Guilt("V9", f"{figure.what}: {figure.before:g} before, {figure.after:g} after; {allowed}")


def dishonest(history: History) -> Iterator[Guilt]:
    """V10: processes ended with an honest exit code; the log holds no secret."""
    for end in history.ends:
        if end.exit_code != end.honest:
            yield Guilt("V10", f"{end.what} ended with exit code {end.exit_code}, {end.honest} is honest")
    for secret in history.secrets:
        if found := [line for line in history.log if secret in line]:
            shown = found[0].replace(secret, "(the secret)")
            yield Guilt("V10", f"the log holds a secret in {len(found)} lines, such as {shown[:200]}")


def vacuous(history: History) -> Iterator[Guilt]:
    """V11: there was enough before, during and after, and what was to break has broken."""
    for upset in history.upsets:
        if not upset.proof:
            yield Guilt("V11", f"nothing proves that {upset.what}")
        if upset.healed <= upset.began:
            yield Guilt("V11", f"it was over before it had begun that {upset.what}")
    if not history.upsets:
        yield Guilt("V11", "nothing was broken")
        return
    first, last = min(u.began for u in history.upsets), max(u.healed for u in history.upsets)
    for when, number in _portions(history, first, last).items():
        if number < history.enough:
            yield Guilt("V11", f"{number} events were on their way {when} what broke, {history.enough} are needed")
    if not any(look.committed is not None and look.effects is not None for look in history.looks):
        yield Guilt("V11", "nobody has ever seen effects and acknowledgements")


def _portions(history: History, first: float, last: float) -> dict[str, int]:
    """Return how many events there were before, during and after what broke: one may be still on its way then."""
    sent = [event for event in history.events if event.outcome is not Outcome.FAILED]
    calm = [look for look in history.looks if look.at < first]
    done = {event.id for event in sent if any(has_its_effect(event, look) for look in calm)}
    return {
        "before": sum(event.at < first for event in sent),
        "during": sum(event.at < last and event.id not in done for event in sent),
        "after": sum(event.at >= last for event in sent),
    }
