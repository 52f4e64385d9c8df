"""Phrases are compiled at first need; the shortcut before that never hides a match."""

import pytest

from harness.expressions import LazyExpression, beginning


@pytest.mark.parametrize(
    ("expression", "begins"),
    [
        ("nothing more is stored", "nothing more is stored"),
        ("the class {string} is here", "the class "),
        ("the event(s) arrive", "the event"),
        ("there is/are {int} left", "there "),
        ("either/or", ""),
        ("a \\{brace}", "a "),
    ],
)
def test_a_sentence_has_to_begin_as_the_expression_does(expression: str, begins: str) -> None:
    assert beginning(expression) == begins


def test_an_expression_is_compiled_when_a_sentence_begins_like_it() -> None:
    phrase = LazyExpression(lambda: None, "there is/are {int} event(s) left", "then")
    assert not phrase.match("nothing is left")
    assert "cucumber_expression" not in vars(phrase)
    for sentence in ("there is 1 event left", "there are 3 events left"):
        assert phrase.match(sentence)
    assert not phrase.match("there are many events left")
