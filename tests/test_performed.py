"""An imagined history: what is sent of it, what is told of it, and what differs from what was seen."""

from actors import wire
from actors.imagined import HISTORIES, Again, Broken, Foreign, Happening, Imagined, Moves, Result, Suggests
from actors.model import Association, Fate
from actors.performed import Performed, Seen
from harness.examples import draw

SNOW = Suggests("Autumn", "8B", (Result("Snow", (("Elsa", 0.5), ("Omar", 0.5))),))


def _performed(*happenings: Happening) -> Performed:
    return Performed(Imagined(happenings), 0)


def _as_the_contract_says(performed: Performed) -> Seen:
    return Seen(
        list(performed.model.associations.values()),
        dict.fromkeys(performed.model.completed, "completed"),
        [number for number, fate in performed.fates.items() if fate is Fate.DEAD_LETTER],
    )


def test_a_history_is_told_with_its_messages_numbered() -> None:
    imagined = Imagined((Again(3), Moves("Elsa", "8B", joins=False), SNOW, Foreign(), Again(0), Moves("Li", "")))
    assert imagined.told().splitlines() == [
        "  -  Elsa leaves 8B",
        '  1. "Autumn" of 8B',
        "       Snow: Elsa 0.5, Omar 0.5",
        "  2. an event of a foreign type",
        "  3. message 1 again",
        "  -  Li is deleted",
    ]


def test_changes_begin_a_round_of_their_own_behind_events() -> None:
    performed = _performed(Moves("Li", "9A", joins=False), SNOW, SNOW, Moves("Elsa", ""), Moves("Elsa", "8B"), SNOW)
    assert [(len(r.changes), [n for n, _ in r.events]) for r in performed.rounds] == [(1, [1, 2]), (1, [3])]


def test_what_comes_again_is_the_same_event_or_another_payload_under_its_ids() -> None:
    performed = _performed(SNOW, Again(0), Again(0, ()))
    first, again, other = (event for _, event in performed.rounds[0].events)
    assert again.value == first.value
    assert (other.event_id, other.envelope["data"]["match_results"]) == (first.event_id, [])
    assert list(performed.fates.values()) == [Fate.PROCESSED, Fate.REPEATED, Fate.REPEATED]


def test_how_an_event_is_dressed_makes_no_difference() -> None:
    dressed = Suggests("Autumn", "8B", SNOW.results, False, False, True, True)
    performed = _performed(dressed)
    (event,) = performed.events
    assert (event.headers, "event_id" in event.envelope) == ([], False)
    assert event.envelope["event_type"] == wire.SUGGESTED_BARE
    assert event.envelope["data"]["batch_id"].isupper()
    assert [row.student for row in performed.model.associations.values()] == [performed.id("student", "Elsa")]


def test_what_is_as_the_contract_says_is_no_trouble_in_any_history() -> None:
    for imagined in draw(HISTORIES, 50, 3):
        performed = Performed(imagined, 0)
        assert performed.trouble(_as_the_contract_says(performed)) == "", imagined.told()


def test_what_differs_is_told_by_names() -> None:
    performed = _performed(SNOW, Broken(b"{"))
    seen = _as_the_contract_says(performed)
    (row,) = seen.associations
    other = Association(row.essay, performed.id("student", "Omar"), row.batch, row.class_, row.score, row.reasons)
    assert "student: expected Elsa, seen Omar" in performed.trouble(Seen([other], seen.records, seen.letters))
    assert "expected 1 row, seen 2 rows" in performed.trouble(Seen([row, row], seen.records, seen.letters))
    assert "dead letters: expected 1 row, seen 0 rows" in performed.trouble(Seen([row], seen.records, []))
    assert "on record: expected 1 row, seen 0 rows" in performed.trouble(Seen([row], {}, seen.letters))
    held = dict.fromkeys(seen.records, "processing")
    assert "status: expected completed, seen processing" in performed.trouble(Seen([row], held, seen.letters))


def test_of_what_is_open_nobody_asks() -> None:
    bad = (Result("Snow", (("Nobody", 1.0),)), Result("an essay, no id", (("Elsa", 1.0),)))
    performed = _performed(SNOW, Suggests("Autumn", "8B", bad))
    seen = _as_the_contract_says(performed)
    assert performed.fates[2] is Fate.OPEN
    assert performed.trouble(Seen(seen.associations, seen.records, [2])) == ""
    key = performed.rounds[0].events[1][1].idempotency_key
    assert performed.trouble(Seen(seen.associations, {**seen.records, key: "completed"}, [])) == ""
