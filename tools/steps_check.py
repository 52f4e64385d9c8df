"""Are features and steps sound: every sentence understood, once; every phrase in use; the house's style kept.

Reads the feature files, environment.py and steps/*.py as behave does, but runs no hook and no step.
"""

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from behave import step_registry
from behave.configuration import Configuration
from behave.parser import ParserError
from behave.runner import Runner

from harness.requirements import MARKS, Requirement, looks_like_an_id, read_contract
from tools.gherkin import Written, parse_features, place, written

LONGEST_SCENARIO = 7
LONGEST_ENVIRONMENT = 80
UNREADABLE = 2
WIRE = (
    ("a topic", re.compile(r"\bhuleedu\.")),
    ("a URL or a route", re.compile(r"\bhttps?://|(?<!\w)/(?:v\d+|internal|healthz|livez|metrics)\b")),
    ("a UUID", re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)),
    ("SQL", re.compile(r"\b(?:SELECT\b.*\bFROM|INSERT INTO|UPDATE\b.*\bSET|DELETE FROM|DROP TABLE|ALTER TABLE)\b")),
    ("JSON", re.compile(r'\{\s*"')),
)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
ATTEMPTS = (ast.Try, ast.TryStar)


class Phrases:
    """The step definitions, as behave has registered them, and how often each is used."""

    def __init__(self, registry: Any) -> None:
        self._registry = registry
        self._used: Counter[int] = Counter()

    def meanings(self, step: Any) -> list[Any]:
        """Return every definition that matches `step`; behave would silently take the first."""
        kinds = dict.fromkeys((step.step_type, "step"))
        found = [d for kind in kinds for d in self._registry.steps[kind] if d.match(step.name) is not None]
        self._used.update(id(definition) for definition in found)
        return found

    def unused(self) -> list[Any]:
        """Return the definitions that no sentence has matched so far."""
        return [d for kind in self._registry.steps.values() for d in kind if id(d) not in self._used]

    def broken(self) -> list[Any]:
        """Return the definitions that behave could not compile, and has left out silently."""
        return list(self._registry.error_handler.bad_step_definitions)


def load_phrases(root: Path) -> Phrases:
    """Load environment.py and steps/*.py of `root` the way behave does, hooks and all, and run none of them."""
    runner = Runner(Configuration([str(root / "features")], load_config=False))
    with runner.path_manager:
        runner.setup_paths()
        runner.load_hooks()
        runner.load_step_definitions()
    return Phrases(step_registry.registry)


def sentences(scenarios: Sequence[Written], phrases: Phrases) -> Iterator[str]:
    """Find sentences that nothing, or more than one thing, understands, and phrases that nobody uses."""
    seen: set[tuple[str, str]] = set()
    for step in (step for written_ in scenarios for run in written_.runs for step in run.all_steps):
        at = (place(step), step.name)
        if at in seen:
            continue
        seen.add(at)
        meanings = phrases.meanings(step)
        if not meanings:
            yield f"{at[0]}: undefined: {step.step_type} {step.name}"
        elif len(meanings) > 1:
            ways = "; ".join(f"{m.pattern!r} ({_relative(m.location)})" for m in meanings)
            yield f"{at[0]}: ambiguous: {step.step_type} {step.name}: {ways}"
    for definition in phrases.unused():
        yield f"{_relative(definition.location)}: unused: {definition.step_type} {definition.pattern!r}"
    for definition in phrases.broken():
        yield f"{_relative(definition.location)}: cannot be understood: {definition.pattern!r}"


def scenario_style(feature: Any, contract: Mapping[str, Requirement]) -> Iterator[str]:
    """Find scenarios that are too long, empty, outside of a rule, named like another, or have not exactly one When."""
    names: dict[str, str] = {}
    for item in written(feature):
        name = item.scenario.name
        if name in names:
            yield f"{item.place}: a second scenario {name!r}, after {names[name]}"
        names.setdefault(name, item.place)
        if len(item.scenario.steps) > LONGEST_SCENARIO:
            yield f"{item.place}: {len(item.scenario.steps)} steps; {LONGEST_SCENARIO} at most"
        if item.runs and (whens := sum(step.step_type == "when" for step in item.runs[0].all_steps)) != 1:
            number = f"{whens} times When in {item.scenario.name!r}"
            yield f"{item.place}: {number}; exactly once, with And, But and the background"
        if not item.scenario.steps or not item.runs:
            yield f"{item.place}: nothing to run in {name!r}"
        if item.scenario.description:
            # behave takes a step with a misspelt keyword below the title for free text.
            yield f"{item.place}: no step, and taken for free text: {item.scenario.description[0]!r}"
        if item.rule is None:
            yield f"{item.place}: outside of a rule: {name!r}"
        for tag in sorted(filter(looks_like_an_id, map(str, item.scenario.tags))):
            if tag not in contract:
                yield f"{item.place}: the contract has no requirement {tag}"


def rule_tags(feature: Any, contract: Mapping[str, Requirement]) -> Iterator[str]:
    """Find rules that do not say which requirement they show, or not with the contract's mark."""
    for rule in feature.rules:
        tags = [str(tag) for tag in rule.tags]
        ids, marks = [tag for tag in tags if looks_like_an_id(tag)], [tag for tag in tags if tag in MARKS]
        if not ids:
            yield f"{place(rule)}: the rule names no requirement, such as @P3"
        if len(marks) != 1:
            yield f"{place(rule)}: the rule needs one of @{', @'.join(MARKS)}, and has {len(marks)}"
        for id_ in ids:
            if id_ not in contract:
                yield f"{place(rule)}: the contract has no requirement {id_}"
            elif marks and contract[id_].mark not in marks:
                yield f"{place(rule)}: {id_} is @{contract[id_].mark} in the contract"


def wire_words(path: Path) -> Iterator[str]:
    """Find words of the wire in a feature file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        for what, pattern in WIRE:
            if found := pattern.search(line):
                yield f"{_relative(path)}:{number}: {what} in a feature: {found[0]!r}"


def step_style(path: Path) -> Iterator[str]:
    """Find loops, attempts and sleeps in a step file or environment.py."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        line = f"{_relative(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, LOOPS):
            yield f"{line}: a loop; loops belong to actors and harness"
        elif isinstance(node, ATTEMPTS):
            yield f"{line}: a try; errors are for actors and harness to judge"
        elif (isinstance(node, ast.Name) and node.id == "sleep") or (
            isinstance(node, ast.Attribute) and node.attr == "sleep"
        ):
            yield f"{line}: a sleep; only harness.eventually waits"


def check(root: Path) -> list[str]:
    """Return a line, beginning with `file:line`, for each thing that is wrong.

    Raises ParserError for a feature that is no Gherkin; ValueError, OSError when the contract cannot be read.
    """
    contract = read_contract(root / "docs" / "contract.md")
    features = parse_features(root / "features")
    scenarios = [item for feature in features for item in written(feature)]
    findings = list(sentences(scenarios, load_phrases(root)))
    for feature in features:
        findings += [*scenario_style(feature, contract), *rule_tags(feature, contract)]
        findings += wire_words(Path(feature.filename))
    environment = root / "environment.py"
    for path in [*sorted((root / "steps").glob("*.py")), environment]:
        findings += step_style(path)
    length = len(environment.read_text(encoding="utf-8").splitlines())
    if length >= LONGEST_ENVIRONMENT:
        findings.append(f"environment.py:{length}: {length} lines; it opens and closes scopes, and nothing else")
    return findings if scenarios else [*findings, "features: there is no scenario"]


def _relative(path: object) -> str:
    return str(path).removeprefix(f"{Path.cwd()}/")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is wrong; returns 1 if anything is, `UNREADABLE` if that could not be found out."""
    parser = argparse.ArgumentParser(prog="python -m tools.steps_check", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the repository (default: here)")
    root = parser.parse_args(arguments).root
    try:
        findings = check(root)
    except (OSError, ValueError, ParserError) as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    print("\n".join(findings) or "All steps are defined, used and unambiguous; all rules name their requirement.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
