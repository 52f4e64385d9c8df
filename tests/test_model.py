"""The model, by the words of the contract."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from actors import wire
from actors.model import Association, Fate, Model

IDS = {
    name: str(uuid.uuid5(uuid.NAMESPACE_OID, name))
    for name in ["8B", "9A", "9C", "Elsa", "Omar", "Noor", "Nobody", "sea", "snow", "b1", "b2"]
}
CLASSES = {"8B": ("Elsa", "Omar"), "9A": ("Noor",)}
Results = Sequence[tuple[str, Sequence[tuple[str, float]]]]


def _id(name: str) -> str:
    return IDS.get(name, f"{name}, no id")


def _model() -> Model:
    return Model({_id(class_): {_id(student) for student in students} for class_, students in CLASSES.items()})


def _event(results: Results, batch: str = "b1", class_: str = "8B") -> wire.Event:
    listed = [
        wire.match_result(
            _id(essay), [wire.Suggestion(_id(s), s, score, (f"{s} {place}",)) for place, (s, score) in enumerate(found)]
        )
        for essay, found in results
    ]
    return wire.Event.of(wire.suggested_data(_id(batch), _id(class_), listed))


def _stored(model: Model) -> Mapping[str, str]:
    names = {id_: name for name, id_ in IDS.items()}
    return {names[essay]: row.reasons[0] for essay, row in model.associations.items()}


ELSA: Results = [("sea", [("Elsa", 0.5)])]


@pytest.mark.parametrize(
    ("suggested", "taken"),
    [
        ([("Omar", 0.3), ("Elsa", 0.9)], "Elsa 1"),
        ([("Omar", 0.5), ("Elsa", 0.5)], "Omar 0"),
        ([("Elsa", 0.5), ("Elsa", 0.5)], "Elsa 0"),
        ([("Nobody", 0.9), ("no student", 0.8), ("Noor", 0.7), ("Elsa", 0.1), ("Omar", 0.0)], "Elsa 3"),
    ],
)
def test_the_best_known_suggestion_is_taken(suggested: Sequence[tuple[str, float]], taken: str) -> None:
    model = _model()
    assert model.takes(_event([("sea", suggested)])) is Fate.PROCESSED
    assert _stored(model) == {"sea": taken}


def test_a_row_holds_what_the_event_said() -> None:
    model = _model()
    model.takes(_event(ELSA))
    row = Association(_id("sea"), _id("Elsa"), _id("b1"), _id("8B"), 0.5, ("Elsa 0",))
    assert model.associations == {_id("sea"): row}


def test_an_essay_of_unknown_students_alone_stays_free_and_is_no_error() -> None:
    model = _model()
    assert model.takes(_event([("sea", [("Nobody", 0.9), ("Noor", 0.9)])])) is Fate.PROCESSED
    assert _stored(model) == {}


def test_an_essay_keeps_what_it_has() -> None:
    model = _model()
    model.takes(_event(ELSA))
    assert model.takes(_event([("sea", [("Omar", 1.0)])], batch="b2")) is Fate.PROCESSED
    assert _stored(model) == {"sea": "Elsa 0"}


def test_of_an_essay_twice_the_first_that_can_be_stored_counts() -> None:
    model = _model()
    model.takes(_event([("sea", [("Nobody", 1.0)]), ("sea", [("Omar", 0.1)]), ("sea", [("Elsa", 1.0)])]))
    assert _stored(model) == {"sea": "Omar 0"}


@pytest.mark.parametrize("class_", ["8B", "9C", "no class"])
@pytest.mark.parametrize("results", [[], [("sea", [])]])
def test_nothing_to_store_is_no_error_whatever_the_class(results: Results, class_: str) -> None:
    model = _model()
    event = _event(results, class_=class_)
    assert model.takes(event) is Fate.PROCESSED
    assert model.completed == {event.idempotency_key}


def test_a_bad_essay_takes_no_other_along() -> None:
    model = _model()
    assert model.takes(_event([("no essay", [("Elsa", 1.0)]), ("sea", [("Omar", 0.1)])])) is Fate.PROCESSED
    assert _stored(model) == {"sea": "Omar 0"}


@pytest.mark.parametrize(
    ("essay", "batch", "class_"), [("no essay", "b1", "8B"), ("sea", "no batch", "8B"), ("sea", "b1", "9C")]
)
def test_an_event_of_which_all_fails_is_a_dead_letter_and_not_on_record(essay: str, batch: str, class_: str) -> None:
    model = _model()
    assert model.takes(_event([(essay, [("Elsa", 1.0)])], batch, class_)) is Fate.DEAD_LETTER
    assert (model.associations, model.completed) == ({}, set())


def test_a_bad_essay_beside_one_that_this_batch_has_stored_before_is_no_dead_letter() -> None:
    results: Results = [*ELSA, ("no essay", [("Elsa", 1.0)])]
    model = _model()
    model.takes(_event(ELSA))
    assert model.takes(_event(results)) is Fate.PROCESSED
    assert model.takes(_event(results, batch="b2")) is Fate.DEAD_LETTER


def test_where_the_contract_does_not_say_it_is_open() -> None:
    model = _model()
    model.takes(_event(ELSA))
    event = _event([("sea", [("Nobody", 1.0)]), ("no essay", [("Elsa", 1.0)])])
    assert model.takes(event) is Fate.OPEN
    assert event.idempotency_key not in model.completed


def test_the_same_event_again_does_nothing_also_with_another_payload() -> None:
    model, event = _model(), _event(ELSA)
    model.takes(event)
    model.deletes(_id("Elsa"))
    other = replace(event, envelope={**_event([("snow", [("Omar", 1.0)])]).envelope, "event_id": event.event_id})
    assert [model.takes(event), model.takes(other)] == [Fate.REPEATED, Fate.REPEATED]
    assert _stored(model) == {}


def test_without_headers_another_payload_is_another_event() -> None:
    model, event = _model(), replace(_event(ELSA), with_headers=False)
    model.takes(event)
    other = replace(event, envelope={**_event([("snow", [("Omar", 1.0)])]).envelope, "event_id": event.event_id})
    assert model.takes(other) is Fate.PROCESSED
    assert _stored(model) == {"sea": "Elsa 0", "snow": "Omar 0"}


def test_a_dead_letter_that_comes_again_is_processed_once_it_can_be() -> None:
    model, event = _model(), _event(ELSA, class_="9C")
    assert model.takes(event) is Fate.DEAD_LETTER
    model.rosters[_id("9C")] = {_id("Elsa")}
    assert model.takes(event) is Fate.PROCESSED


def test_rosters_count_as_they_are_when_the_event_comes() -> None:
    model = _model()
    model.leaves(_id("Elsa"), _id("8B"))
    model.joins(_id("Noor"), _id("8B"))
    model.takes(_event([("sea", [("Elsa", 1.0), ("Noor", 0.1)])]))
    assert _stored(model) == {"sea": "Noor 1"}


def test_foreign_and_spoilt_messages_store_nothing() -> None:
    model, event = _model(), _event(ELSA)
    foreign = replace(event, envelope={**event.envelope, "event_type": "batch.finished"})
    assert [model.takes(foreign), model.takes(replace(event, spoilt=b"{"))] == [Fate.FOREIGN, Fate.DEAD_LETTER]
    assert (model.associations, model.completed) == ({}, set())


def test_ids_in_capitals_are_the_same_ids() -> None:
    model, event = _model(), _event(ELSA)
    data = event.envelope["data"]
    capitals = {**data, "batch_id": data["batch_id"].upper(), "class_id": data["class_id"].upper()}
    assert model.takes(replace(event, envelope={**event.envelope, "data": capitals})) is Fate.PROCESSED
    assert model.associations[_id("sea")].batch == _id("b1")
