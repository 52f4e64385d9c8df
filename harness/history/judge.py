"""All verdicts on a history."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from harness.history import conduct, effects
from harness.history.operations import Guilt, History
from harness.history.story import story

VERDICTS: Mapping[str, Callable[[History], Iterator[Guilt]]] = {
    "V1": effects.lost,
    "V2": effects.doubled,
    "V3": effects.undone,
    "V4": effects.half,
    "V5": effects.early,
    "V6": conduct.lied,
    "V7": conduct.slow_to_recover,
    "V8": effects.blocked,
    "V9": conduct.grown,
    "V10": conduct.dishonest,
    "V11": conduct.vacuous,
}
MOST_STORIES, MOST_OF_A_KIND = 3, 5


def judge(history: History, verdicts: Iterable[str] = tuple(VERDICTS)) -> list[Guilt]:
    """Return what does not hold of these verdicts, all of them unless told; V8 also finds what V7 wants drained."""
    return [guilt for verdict in verdicts for guilt in VERDICTS[verdict](history)]


def assert_holds(history: History, verdicts: Iterable[str] = tuple(VERDICTS)) -> None:
    """Raise AssertionError that tells what does not hold, and the story of each event by which it shows."""
    if found := judge(history, verdicts):
        guilty = list(dict.fromkeys(guilt.event for guilt in found if guilt.event))
        lines = []
        for verdict in dict.fromkeys(guilt.verdict for guilt in found):
            told = [guilt.what for guilt in found if guilt.verdict == verdict]
            lines += [f"{verdict}: {what}" for what in told[:MOST_OF_A_KIND]]
            if len(told) > MOST_OF_A_KIND:
                lines.append(f"{verdict}: … and {len(told) - MOST_OF_A_KIND} more")
        for id_ in guilty[:MOST_STORIES]:
            lines += ["", *story(history, id_)]
        if len(guilty) > MOST_STORIES:
            lines.append(f"(and {len(guilty) - MOST_STORIES} events more)")
        raise AssertionError("The history does not hold.\n" + "\n".join(lines))
