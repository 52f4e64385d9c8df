"""Names to ids: stable within a scenario, apart between scenarios."""

import uuid

from harness.names import Names


def test_a_name_keeps_its_id_and_other_kinds_have_others() -> None:
    names = Names()
    assert names.id("essay", "My summer") == names.id("essay", "My summer")
    assert names.id("essay", "My summer") != names.id("batch", "My summer")
    assert names.id("essay", "My summer") != Names().id("essay", "My summer")


def test_an_id_that_somebody_else_gave_is_learned() -> None:
    names, given = Names(), uuid.uuid4()
    names.learn("class", "8B", given)
    assert names.id("class", "8B") == given
    assert names.name("class", str(given)) == "8B"


def test_an_unknown_id_is_shown_as_it_is() -> None:
    stranger = uuid.uuid4()
    assert Names().name("class", stranger) == str(stranger)


def test_names_of_a_kind_come_in_the_order_in_which_they_came_up() -> None:
    names = Names()
    for name in ("b", "a"):
        names.id("batch", name)
    assert names.of_kind("batch") == ["b", "a"]
    assert not names.knows("batch", "c")


def test_ids_are_shown_with_their_names_or_as_their_names() -> None:
    names = Names()
    essay, stranger = names.id("essay", "My summer"), uuid.uuid4()
    text = f"essay {str(essay).upper()} of {stranger}"
    assert names.annotated(text) == f"essay {str(essay).upper()} (My summer) of {stranger}"
    assert names.spoken(text) == f'essay "My summer" of {stranger}'
    assert names.ids == {str(essay)}
