"""The short story of a step: readable, with names, bounded."""

import uuid
from typing import Any

from harness.journal import HIDDEN, LONGEST_JOURNAL, Entry, Journal, Redaction
from harness.names import Names
from harness.story import LONGEST_CELL, LONGEST_TITLE, MOST_ENTRIES, MOST_LINES, WIDTH, story, tell_step, title


def _entry(actor: str = "a_clerk", action: str = "looked", times: int = 1, **details: object) -> Entry:
    return Entry("2026-11-23T05:00:08.569+00:00", actor, action, None, details, times)


def _as_it_is(text: str) -> str:
    return text


def test_who_did_what_is_told_in_a_line() -> None:
    entries = [_entry(action="sent"), _entry(action="sent"), _entry(action="looked"), _entry("judge", 'ruled "no"')]
    assert title(entries, _as_it_is) == "a clerk: sent (2), looked; judge: ruled 'no'"
    assert len(title([_entry(action=f"{n} words") for n in range(99)], _as_it_is)) <= LONGEST_TITLE


def test_objects_are_lines_and_what_says_nothing_is_left_out() -> None:
    told = story(
        [_entry(status=201, body={"name": "8B", "mail": HIDDEN, "none": None, "who": {"name": HIDDEN}}, rows=[])],
        _as_it_is,
    )
    assert told.splitlines() == ["05:00:08.569  a clerk: looked", "  status: 201 · rows: none", "  body: name: 8B"]


def test_rows_are_a_table_and_what_all_share_is_told_once() -> None:
    rows = [{"box": "red", "shelf": 7, "by": "None"}, {"box": "blue", "shelf": 7, "by": "None"}]
    assert story([_entry(rows=rows)], _as_it_is).splitlines()[1:] == [
        "  rows:",
        "    all: shelf: 7",
        "    | box  |",
        "    | red  |",
        "    | blue |",
    ]


def test_two_rows_that_are_the_same_are_still_two() -> None:
    assert story([_entry(rows=[{"box": "red"}, {"box": "red"}])], _as_it_is).count("| red |") == 2


def test_lists_of_things_with_parts_are_told_one_by_one() -> None:
    things = [{"box": "red", "parts": [{"n": 1}, {"n": 2}]}, {"box": "blue", "parts": []}]
    assert story([_entry(things=things)], _as_it_is).splitlines()[1:] == [
        "  things:",
        "    - box: red",
        "      parts:",
        "        | n |",
        "        | 1 |",
        "        | 2 |",
        "    - box: blue · parts: none",
    ]


def test_names_stand_for_ids_and_other_ids_are_short() -> None:
    names = Names()
    known, other = names.id("box", "Red box"), uuid.uuid4()
    told = story([_entry(action=f"GET /boxes/{known}", box=str(known), other=str(other))], names.spoken)
    assert 'GET /boxes/"Red box"' in told
    assert f'box: "Red box" · other: {str(other)[:8]}…' in told
    assert str(other) not in told


def test_a_story_is_bounded() -> None:
    deep = {"rows": [{"n": n, "text": "x" * 9_999, "more": {"deep": ["y" * 9_999]}} for n in range(1_000)]}
    told = story([_entry(**deep)] * 1_000, _as_it_is).splitlines()
    assert told[0] == f"… {1_000 - MOST_ENTRIES} earlier ones"
    assert len(told) == 1 + MOST_ENTRIES * (1 + MOST_LINES + 1)
    assert max(map(len, told)) <= WIDTH + LONGEST_CELL


def test_a_sight_that_is_seen_again_belongs_to_the_later_step_too() -> None:
    journal = Journal(Redaction(frozenset({"s3cret"}), frozenset()))
    journal.write("clerk", "wrote", token="s3cret")
    journal.look("clerk", "looked", rows=1)
    assert [entry.action for entry in journal.take_fresh()] == ["wrote", "looked"]
    assert journal.take_fresh() == []
    journal.look("clerk", "looked", rows=1)
    (again,) = journal.take_fresh()
    assert (again.action, again.times) == ("looked", 2)
    assert "(the same 2 times)" in story([again], _as_it_is)


def test_the_journal_keeps_no_more_for_a_story_than_it_keeps_itself() -> None:
    journal = Journal(Redaction(frozenset(), frozenset()))
    for number in range(LONGEST_JOURNAL + 10):
        journal.write("clerk", str(number))
    fresh = journal.take_fresh()
    assert (len(fresh), fresh[0].action) == (LONGEST_JOURNAL, "10")


def test_half_a_character_that_was_sent_is_told_too() -> None:
    class Loop:
        """Has what was done at hand."""

        def run(self, doing: Any, **_: object) -> Any:
            doing.close()
            return [_entry(body="\ud8009C")], _as_it_is

    told: list[bytes] = []
    loop: Any = Loop()
    scope: Any = None
    tell_step(loop, scope, None, lambda _, text: told.append(text))
    assert rb"\ud8009C" in told[0]
