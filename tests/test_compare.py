"""Closed comparison: every row missing, surplus or different is named."""

import pytest

from harness.compare import assert_exactly, differences, flat, nearest
from harness.eventually import SettledError

ELSA = {"essay": "My summer", "student": "Elsa"}
OMAR = {"essay": "The sea", "student": "Omar"}


def test_the_order_of_rows_does_not_matter() -> None:
    assert_exactly([ELSA, OMAR], [OMAR, ELSA], what="stored")


def test_columns_that_are_not_expected_are_not_compared() -> None:
    assert_exactly([{"essay": "My summer"}], [ELSA], what="stored")


def test_a_missing_row_is_named() -> None:
    with pytest.raises(AssertionError, match=r"expected 2 rows, seen 1 row\n  missing:  essay: The sea"):
        assert_exactly([ELSA, OMAR], [ELSA], what="stored")


def test_a_surplus_row_is_named() -> None:
    with pytest.raises(AssertionError, match="too much: essay: The sea"):
        assert_exactly([ELSA], [ELSA, OMAR], what="stored")


def test_a_row_that_stands_twice_is_a_surplus() -> None:
    with pytest.raises(AssertionError, match="expected 1 row, seen 2 rows"):
        assert_exactly([ELSA], [ELSA, ELSA], what="stored")


def test_no_rows_expected_means_none() -> None:
    assert_exactly([], [], what="stored")
    with pytest.raises(AssertionError, match="expected 0 rows, seen 1 row"):
        assert_exactly([], [ELSA], what="stored")


def test_the_nearest_miss_is_compared_field_by_field() -> None:
    with pytest.raises(AssertionError, match=r"expected: .*Elsa\n  seen: .*student: expected Elsa, seen Omar"):
        assert_exactly([ELSA], [{"essay": "My summer", "student": "Omar"}], what="stored")


def test_a_column_that_is_not_there_is_a_difference() -> None:
    with pytest.raises(AssertionError, match="no such column"):
        assert_exactly([ELSA], [{"essay": "My summer"}], what="stored")


def test_values_are_flattened_to_paths() -> None:
    assert flat({"data": {"results": [{"id": 1}, {"id": None}]}, "none": []}) == {
        "data.results[0].id": "1",
        "data.results[1].id": "null",
    }


def test_the_nearest_is_the_one_with_most_equal_fields_and_nothing_equal_is_not_near() -> None:
    expected = {"type": "created", "id": "7", "by": "Elsa"}
    near = {"type": "created", "id": "7", "by": "Omar", "more": "x"}
    assert nearest(expected, [{"type": "created", "id": "8"}, near, {"type": "created"}]) is near
    assert nearest(expected, [{"type": "deleted"}]) is None
    assert nearest(expected, []) is None
    assert differences(expected, near) == ["by: expected Elsa, seen Omar"]
    assert differences(expected, {"type": "created", "id": "7"}) == ["by: expected Elsa, seen nothing"]


def test_a_surplus_row_is_final_where_what_is_seen_stays() -> None:
    with pytest.raises(SettledError, match="too much"):
        assert_exactly([], [{"essay": "The sea"}], what="announced", stays=True)
    with pytest.raises(AssertionError, match="missing") as missing:
        assert_exactly([{"essay": "The sea"}], [], what="announced", stays=True)
    assert not isinstance(missing.value, SettledError)
    with pytest.raises(AssertionError, match="too much") as surplus:
        assert_exactly([], [{"essay": "The sea"}], what="stored")
    assert not isinstance(surplus.value, SettledError)
