"""What the contract is silent about is free: a schema is as promised in more than one way."""

import pytest

from actors.promised_schema import is_unpromised


@pytest.mark.parametrize("pair", ["class_id, student_id", "student_id, class_id"])
def test_a_pair_of_class_and_student_may_be_unique_by_whatever_constraint(pair: str) -> None:
    assert not is_unpromised(f"class_student_association.{pair} is unique as once_in_a_class")


@pytest.mark.parametrize(
    "fact",
    [
        "class_student_association.class_id is unique",
        "essay_student_associations.essay_id, class_id is unique as one_essay_a_class",
        "students.email is unique",
        "students.email is not null",
        "event_outbox.aggregate_id refers to classes",
    ],
)
def test_what_forbids_more_than_the_contract_does_is_unpromised(fact: str) -> None:
    assert is_unpromised(fact)


def test_further_indexes_and_defaults_are_free() -> None:
    assert not is_unpromised("students.email is indexed")
    assert not is_unpromised("students.created_at defaults to now()")
