"""Whatever goes wrong while something is brought up is told as one error with a way out."""

import pytest

from harness.errors import DidNotComeUpError, InfrastructureError, as_trouble


def test_trouble_stays_what_it_is_also_out_of_a_group() -> None:
    trouble = DidNotComeUpError("kafka has ended", "look at its log")
    group = ExceptionGroup("two", [ExceptionGroup("one", [trouble])])
    assert as_trouble(group, "Starting") is trouble


@pytest.mark.parametrize(
    "error", [TimeoutError("too slow"), AssertionError("no topics"), ExceptionGroup("x", [OSError("x")])]
)
def test_any_other_error_is_told_with_what_was_being_done(error: Exception) -> None:
    trouble = as_trouble(error, "Starting the stack")
    assert isinstance(trouble, InfrastructureError)
    assert str(trouble).startswith("Starting the stack failed: ")


def test_an_error_says_problem_details_and_remedy_in_this_order() -> None:
    assert str(InfrastructureError("p", "r", "d")) == "p\nd\nWhat to do: r"
    assert str(InfrastructureError("p")) == "p"
