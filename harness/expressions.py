"""Cucumber expressions that are compiled when a sentence begins as they do.

A run of one scenario needs a few of all phrases, and compiling them all takes longer than many a scenario. That each
can be compiled is what the check of features and steps finds out.
"""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from behave.cucumber_expression import StepMatcher4CucumberExpressions
from behave.matchers import Matcher, register_step_matcher_class, use_step_matcher
from cucumber_expressions.expression import CucumberExpression


class LazyExpression(StepMatcher4CucumberExpressions):  # type: ignore[misc]  # behave has no types
    """behave's matcher for cucumber expressions, compiled at first need."""

    NAME = "lazy_cucumber_expressions"

    def __init__(self, func: Callable[..., Any], pattern: str, step_type: str | None = None) -> None:
        Matcher.__init__(self, func, pattern, step_type=step_type)
        self._beginning = beginning(pattern)

    @cached_property
    def cucumber_expression(self) -> CucumberExpression:
        """The compiled expression; raises what the library raises for one that is none."""
        return CucumberExpression(self.pattern, self.TYPE_REGISTRY.parameter_types)

    def check_match(self, step_text: str) -> list[Any] | None:
        """Return the arguments if the expression matches, None if not."""
        return super().check_match(step_text) if step_text.startswith(self._beginning) else None


def beginning(expression: str) -> str:
    """Return the text with which everything begins that the cucumber `expression` matches.

    It ends before the first parameter, optional text or escape, and before a word with alternatives.
    """
    special = re.search(r"[{(\\/]", expression)
    if special is None:
        return expression
    literal = expression[: special.start()]
    return literal[: literal.rfind(" ") + 1] if special[0] == "/" else literal


def use_lazy_expressions() -> None:
    """Make them the language of all step files; call it before behave loads them."""
    register_step_matcher_class(LazyExpression.NAME, LazyExpression, override=True)
    use_step_matcher(LazyExpression.NAME)
