"""The story of the guilty event."""

from dataclasses import replace

import pytest

from harness.fence import Position
from harness.history import Commit, Effect, Event, History, Look, Upset, assert_holds
from harness.history.story import story

EVENT = Event("e1", {"sea": "Elsa", "snow": "Omar"}, position=Position("t", 2, 17), at=100.0, name="Autumn essays")
HISTORY = History(
    (EVENT,),
    (Look(101.0, {2: 17}, (), ()), Look(104.0, {2: 18}, (Effect("sea", "Elsa", "e1"),), ())),
    commits=(Commit(2, 17, 90.0), Commit(2, 18, 102.0)),
    upsets=(Upset("PostgreSQL is paused", 100.5, 103.0, "the engine says so"),),
    log=("event e1 processed", "something about c9", "nothing of it"),
    log_of_interest={"e1": ("c9",)},
)


def test_a_story_tells_everything_in_its_order() -> None:
    assert story(HISTORY, "e1") == [
        'The story of "Autumn essays" (event e1):',
        "     0.00 s  published (2 parts), acknowledged by the broker, and lies at offset 17 of partition 2",
        "     0.50 s  from now on PostgreSQL is paused (the engine says so)",
        "     1.00 s  seen: 0 of 2 parts have its effect, 2 have none, such as sea",
        "     2.00 s  acknowledged by the service: offset 18 committed",
        "     3.00 s  no longer PostgreSQL is paused",
        "     4.00 s  seen: 1 of 2 parts have its effect, 1 have none, such as snow",
        "  The log about it:",
        "    event e1 processed",
        "    something about c9",
    ]


def test_a_failing_verdict_tells_the_story_of_the_guilty_event() -> None:
    with pytest.raises(AssertionError, match=r"V1: .*1 of its 2 parts is lost(.|\n)*The story of \"Autumn essays\""):
        assert_holds(HISTORY, ["V1"])


def test_what_was_set_aside_and_never_acknowledged_is_told() -> None:
    aside = replace(HISTORY, commits=(), log=(), looks=(Look(104.0, {2: 17}, (), ("e1",)),))
    told = "\n".join(story(aside, "e1"))
    assert "set aside 1 time; 0 of 2 parts" in told
    assert "not acknowledged to the end" in told
    assert "The log says nothing about it." in told


def test_of_many_guilty_events_a_few_are_told() -> None:
    events = [replace(EVENT, id=f"e{n}", parts={f"part {n}": "x"}) for n in range(5)]
    with pytest.raises(AssertionError, match=r"\(and 2 events more\)"):
        assert_holds(History(events, (Look(104.0, {2: 18}, (), ()),)), ["V1"])
