"""Histories that must fail, by what became of their events; each differs from one that holds in one thing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.fence import Position
from harness.history import Announcement, Change, Commit, Effect, Event, Guilt, History, Look, Outcome, judge

EFFECTS = {"V1", "V2", "V3", "V4", "V5", "V8"}
FIRST = Event("e1", {"sea": "Elsa", "snow": "Omar"}, position=Position("t", 0, 10), at=100.0, name="first")
SECOND = Event("e2", {"sea": "Li", "wind": "Li"}, position=Position("t", 0, 11), at=101.0, name="second")
BAD = Event("e3", {}, position=Position("t", 0, 12), at=102.0, name="bad", is_bad=True)
OTHER = Event("e4", {"fire": "Elsa"}, position=Position("t", 1, 5), at=103.0, name="other")
ALL = (FIRST, SECOND, BAD, OTHER)
STORED = (
    Effect("sea", "Elsa", "e1"),
    Effect("snow", "Omar", "e1"),
    Effect("wind", "Li", "e2"),
    Effect("fire", "Elsa", "e4"),
)
IN_THE_END = Look(110.0, {0: 13, 1: 6}, STORED, ("e3",))
HOLDS = History(ALL, (Look(100.5, {0: 10, 1: 5}, (), ()), IN_THE_END))


def _with(last: Look, *before: Look, events: Sequence[Event] = ALL) -> History:
    return History(events, (*before, last))


def _found(history: History) -> set[tuple[str, str]]:
    return {(guilt.verdict, guilt.event) for guilt in judge(history, EFFECTS)}


def _only(history: History, verdict: str) -> Guilt:
    found = [guilt for guilt in judge(history, EFFECTS) if guilt.verdict == verdict]
    assert len(found) == 1, found
    return found[0]


def test_a_history_that_holds_has_nobody_guilty() -> None:
    assert judge(HOLDS, EFFECTS) == []


def test_an_event_of_which_nothing_is_there_is_lost() -> None:
    assert "all of it is lost" in _only(_with(replace(IN_THE_END, effects=STORED[:3])), "V1").what


def test_a_part_of_an_event_that_is_not_there_is_lost_and_half() -> None:
    assert _found(_with(replace(IN_THE_END, effects=(STORED[0], *STORED[2:])))) == {
        (v, "e1") for v in EFFECTS - {"V2", "V3", "V8"}
    }


def test_a_bad_event_that_was_set_aside_nowhere_is_lost() -> None:
    assert "set aside nowhere" in _only(_with(replace(IN_THE_END, set_aside=())), "V1").what


def test_an_event_that_was_set_aside_is_not_lost() -> None:
    assert _found(_with(replace(IN_THE_END, effects=STORED[:3], set_aside=("e3", "e4")))) == set()


def test_an_event_whose_answer_was_lost_may_be_there_or_not_but_not_by_halves() -> None:
    unsure = (FIRST, SECOND, BAD, Event("e4", {"fire": "Elsa", "ice": "Li"}, Outcome.UNKNOWN, name="unsure"))
    none, both = STORED[:3], (*STORED, Effect("ice", "Li", "e4"))
    assert _found(_with(replace(IN_THE_END, effects=none), events=unsure)) == set()
    assert _found(_with(replace(IN_THE_END, effects=both), events=unsure)) == set()
    assert _found(_with(IN_THE_END, events=unsure)) == {("V4", "e4")}


def test_what_was_refused_may_have_no_effect() -> None:
    refused = (*ALL[:3], replace(OTHER, outcome=Outcome.FAILED, position=None))
    assert "was refused" in _only(_with(IN_THE_END, events=refused), "V1").what
    assert _found(_with(replace(IN_THE_END, effects=STORED[:3]), events=refused)) == set()


def test_an_effect_that_nobody_sent_is_told() -> None:
    surplus = replace(IN_THE_END, effects=(*STORED, Effect("mud", "Li", "e9")))
    assert _only(_with(surplus), "V1").what == "mud has an effect (Li) that nobody sent"


def test_an_effect_other_than_was_wanted_is_told() -> None:
    wrong = replace(IN_THE_END, effects=(Effect("sea", "Omar", "e1"), *STORED[1:]))
    assert _only(_with(wrong), "V1").what == 'sea was to be Elsa by "first", and is Omar'


def test_two_effects_of_one_part_are_one_too_many() -> None:
    twice = replace(IN_THE_END, effects=(*STORED, Effect("snow", "Omar", "e1")))
    assert "snow has 2 effects" in _only(_with(twice), "V2").what


def test_an_event_has_one_fate() -> None:
    assert "set aside 2 times" in _only(_with(replace(IN_THE_END, set_aside=("e3", "e3"))), "V2").what
    assert "set aside as well" in _only(_with(replace(IN_THE_END, set_aside=("e3", "e4"))), "V2").what


def test_of_two_events_of_a_partition_the_earlier_counts() -> None:
    order_lost = replace(IN_THE_END, effects=(Effect("sea", "Li", "e2"), *STORED[1:]))
    assert _found(_with(order_lost)) == {("V3", "e1")}
    assert _found(replace(_with(order_lost), last_counts=True)) == set()
    assert _found(replace(HOLDS, last_counts=True)) == {("V3", "e2")}


def test_of_events_of_several_partitions_either_may_count() -> None:
    elsewhere = (FIRST, replace(SECOND, position=Position("t", 1, 4)), BAD, OTHER)
    won = replace(IN_THE_END, effects=(Effect("sea", "Li", "e2"), *STORED[1:]))
    assert _found(_with(won, events=elsewhere)) == set()
    assert _found(_with(IN_THE_END, events=elsewhere)) == set()


def test_an_effect_that_was_there_is_not_replaced_later() -> None:
    elsewhere = (FIRST, replace(SECOND, position=Position("t", 1, 4)), BAD, OTHER)
    first = Look(105.0, {0: 10, 1: 5}, (Effect("sea", "Li", "e2"), STORED[2]), ())
    assert "an effect was undone" in _only(_with(IN_THE_END, first, events=elsewhere), "V3").what


def test_half_an_event_is_half_also_when_it_is_whole_in_the_end() -> None:
    meanwhile = Look(104.0, {0: 10, 1: 5}, STORED[:1], ())
    guilt = _only(_with(IN_THE_END, meanwhile), "V4")
    assert guilt.what.startswith('1 of the 2 parts of "first" were there, and snow not, 4.00 s after')


def test_what_another_event_has_taken_makes_no_half() -> None:
    meanwhile = Look(104.0, {0: 10, 1: 5}, STORED[:3], ())
    assert _found(_with(IN_THE_END, meanwhile)) == set()


def test_an_acknowledgement_that_runs_ahead_of_the_effect_is_early() -> None:
    meanwhile = Look(104.0, {0: 12, 1: 5}, STORED[:2], ())
    guilt = _only(_with(IN_THE_END, meanwhile), "V5")
    assert guilt.event == "e2"
    assert "the committed offset was 12, past" in guilt.what


def test_a_dead_letter_that_is_not_kept_yet_may_not_be_acknowledged() -> None:
    meanwhile = Look(104.0, {0: 13, 1: 5}, STORED[:3], ())
    assert _only(_with(IN_THE_END, meanwhile), "V5").event == "e3"


def test_what_is_known_to_have_had_no_effect_may_not_be_acknowledged() -> None:
    meanwhile = Look(104.0, {0: 10, 1: 6}, None, None, frozenset({"e4"}))
    assert _only(_with(IN_THE_END, meanwhile), "V5").event == "e4"


def test_an_acknowledgement_that_is_taken_back_is_told_unless_an_operator_did_it() -> None:
    commits = (Commit(0, 11), Commit(1, 6), Commit(0, 13), Commit(0, 12), Commit(0, 13))
    told = _only(replace(HOLDS, commits=commits), "V5")
    assert told.what == "the committed offset of partition 0 went from 13 back to 12"
    assert judge(replace(HOLDS, commits=commits, set_back=frozenset({(0, 12)})), EFFECTS) == []


def test_where_nobody_could_look_nobody_is_guilty() -> None:
    assert _found(_with(IN_THE_END, Look(104.0, {0: 13}), Look(105.0, None, ()))) == set()


def test_a_bad_message_that_blocks_its_partition_is_named_with_what_it_blocks() -> None:
    behind = Event("e5", {"mud": "Li"}, position=Position("t", 0, 13), at=104.0, name="behind")
    stuck = replace(IN_THE_END, committed={0: 12, 1: 6}, set_aside=())
    guilt = _only(_with(stuck, events=(*ALL, behind)), "V8")
    assert guilt.event == "e3"
    assert "partition 0 stands at 12, the others go on" in guilt.what
    assert "blocks 1 behind it" in guilt.what


def test_a_partition_that_stands_still_for_no_bad_message_is_lag() -> None:
    found = judge(_with(replace(IN_THE_END, committed={0: 13, 1: 5})), {"V8"})
    assert [(guilt.verdict, guilt.event) for guilt in found] == [("V7", "e4")]


CHANGES = (Change("c1", "class", 0), Change("c2", "class", 1), Change("c3", "other", 0))


@pytest.mark.parametrize(
    ("announced", "verdict", "what"),
    [
        ("a1:c1 a2:c2 a3:c3", "", ""),
        ("a1:c1 a1:c1 a2:c2 a3:c3", "", ""),
        ("a1:c1 a2:c2 a1:c1 a3:c3", "", ""),
        ("a1:c1 a2:c2", "V1", "never announced"),
        ("a1:c1 a9:c1 a2:c2 a3:c3", "V2", "under 2 ids"),
        ("a2:c2 a1:c1 a3:c3", "V3", "behind a later one"),
    ],
)
def test_announcements_are_complete_told_apart_and_in_order(announced: str, verdict: str, what: str) -> None:
    pairs = [Announcement(*pair.split(":")) for pair in announced.split()]
    found = judge(replace(HOLDS, changes=CHANGES, announcements=pairs), EFFECTS)
    assert [guilt.verdict for guilt in found] == ([verdict] if verdict else [])
    assert not found or what in found[0].what
