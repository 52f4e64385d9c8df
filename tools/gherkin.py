"""The feature files, read with behave's parser and without running anything."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from behave.model import Rule, ScenarioOutline
from behave.parser import parse_file


def parse_features(folder: Path) -> list[Any]:
    """Return behave's features under `folder`, by path; raises behave's ParserError for one that is no Gherkin."""
    parsed = (parse_file(str(path)) for path in sorted(folder.rglob("*.feature")))
    return [feature for feature in parsed if feature is not None]


@dataclass(frozen=True)
class Written:
    """A scenario or an outline as it is written: once, however many rows it has."""

    feature: Any
    rule: Any | None
    scenario: Any

    @property
    def place(self) -> str:
        """Where it stands, as `file:line`."""
        return place(self.scenario)

    @property
    def tags(self) -> frozenset[str]:
        """Its tags, with those of rule and feature, and of its rows."""
        tags = {str(tag) for tag in self.scenario.effective_tags}
        return frozenset(tags.union(*(map(str, run.effective_tags) for run in self.runs)))

    @property
    def runs(self) -> list[Any]:
        """What is run: the rows of an outline, or the scenario itself."""
        return list(self.scenario.scenarios) if isinstance(self.scenario, ScenarioOutline) else [self.scenario]


def written(feature: Any) -> Iterator[Written]:
    """Iterate over the scenarios and outlines of behave's `feature`, those in rules included."""
    for item in feature.run_items:
        if isinstance(item, Rule):
            yield from (Written(feature, item, scenario) for scenario in item.run_items)
        else:
            yield Written(feature, None, item)


def place(element: Any) -> str:
    """Return where behave's `element` stands, as `file:line`."""
    return f"{os.path.relpath(element.filename)}:{element.line}"
