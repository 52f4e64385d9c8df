"""Step definitions, parameter types and hooks of a behave project, and which definition a step matches."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import cucumber_messages as m
from behave.cucumber_expression import StepMatcher4CucumberExpressions
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry

from .stream import Stream, relative

CLEAN_UP = "clean-up"
"""behave's clean-up of a scenario is reported as a hook of this name."""
_HOOK_TYPES = {
    "before_all": m.HookType.before_test_run,
    "after_all": m.HookType.after_test_run,
    "before_scenario": m.HookType.before_test_case,
    "after_scenario": m.HookType.after_test_case,
    "before_step": m.HookType.before_test_step,
    "after_step": m.HookType.after_test_step,
    CLEAN_UP: m.HookType.after_test_case,
}
_EXPRESSION = m.StepDefinitionPatternType.cucumber_expression
_REGEX = m.StepDefinitionPatternType.regular_expression


class Definitions:
    """What the project has defined; each is written to the stream once, on construction."""

    def __init__(self, stream: Stream, registry: Any, hooks: Mapping[str, Callable[..., Any]]) -> None:
        self._stream = stream
        self._registry = registry
        self._ids: dict[int, str] = {}
        self._hooks: dict[str, str] = {}
        self._known: dict[tuple[str, str], tuple[list[str], list[m.StepMatchArgumentsList]]] = {}
        matchers = [matcher for kind in registry.steps.values() for matcher in kind]
        for parameter_type in _own_parameter_types(matchers):
            stream.write(parameter_type=_parameter_type(stream.new_id(), parameter_type))
        for matcher in matchers:
            self._ids[id(matcher)] = stream.new_id()
            stream.write(step_definition=_step_definition(self._ids[id(matcher)], matcher))
        for name, function in hooks.items():
            code = inspect.unwrap(function).__code__
            self._add_hook(name, _reference(code.co_filename, code.co_firstlineno))

    def _add_hook(self, name: str, place: m.SourceReference) -> None:
        self._hooks[name] = self._stream.new_id()
        hook = m.Hook(id=self._hooks[name], source_reference=place, name=name, type=_HOOK_TYPES.get(name))
        self._stream.write(hook=hook)

    def has_hook(self, name: str) -> bool:
        """Tell whether the project has a hook of this name."""
        return name in self._hooks

    def hook(self, name: str) -> str:
        """Return the id of a hook, written to the stream by now."""
        if name not in self._hooks:
            self._add_hook(name, m.SourceReference(uri="behave"))
        return self._hooks[name]

    def match(self, step: Any) -> tuple[list[str], list[m.StepMatchArgumentsList]]:
        """Return ids and arguments of the definition that behave takes for `step`; empty when it is undefined."""
        key = (step.step_type, step.name)
        if key not in self._known:
            matcher = self._registry.find_step_definition(step)
            self._known[key] = (
                ([], [])
                if matcher is None
                else ([self._ids[id(matcher)]], [m.StepMatchArgumentsList(_arguments(matcher, step.name))])
            )
        return self._known[key]


def _reference(filename: str, line: int) -> m.SourceReference:
    return m.SourceReference(uri=relative(filename), location=m.Location(line=line))


def _step_definition(id_: str, matcher: Any) -> m.StepDefinition:
    if isinstance(matcher, StepMatcher4CucumberExpressions):
        pattern = m.StepDefinitionPattern(source=matcher.pattern, type=_EXPRESSION)
    else:
        pattern = m.StepDefinitionPattern(source=str(matcher.regex_pattern), type=_REGEX)
    place = _reference(matcher.location.filename, matcher.location.line)
    return m.StepDefinition(id=id_, pattern=pattern, source_reference=place)


def _own_parameter_types(matchers: list[Any]) -> list[Any]:
    """Return the parameter types that the project has defined, as far as cucumber expressions are used."""
    of_the_language = {each.name for each in ParameterTypeRegistry().parameter_types}
    found = {}
    for matcher in matchers:
        if isinstance(matcher, StepMatcher4CucumberExpressions):
            found.update({each.name: each for each in matcher.TYPE_REGISTRY.parameter_types.parameter_types})
    return [each for name, each in found.items() if name not in of_the_language]


def _parameter_type(id_: str, parameter_type: Any) -> m.ParameterType:
    return m.ParameterType(
        id=id_,
        name=parameter_type.name,
        prefer_for_regular_expression_match=parameter_type.prefer_for_regexp_match,
        regular_expressions=list(parameter_type.regexps),
        use_for_snippets=parameter_type.use_for_snippets,
    )


def _arguments(matcher: Any, text: str) -> list[m.StepMatchArgument]:
    if isinstance(matcher, StepMatcher4CucumberExpressions):
        return [
            m.StepMatchArgument(group=_group(found.group), parameter_type_name=found.parameter_type.name)
            for found in matcher.cucumber_expression.match(text) or []
        ]
    match = matcher.match(text)  # an argument that cannot be converted leaves none
    return [
        m.StepMatchArgument(group=m.Group(value=found.original, start=found.start if found.original else None))
        for found in match.arguments or []
    ]


def _group(group: Any) -> m.Group:
    """Return a capture group with its nested ones; one that took no part in the match has neither start nor value."""
    children = [_group(child) for child in group.children or []] or None
    if group.value is None:
        return m.Group(children=children)
    return m.Group(children=children, start=group.start, value=group.value)
