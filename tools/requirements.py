"""Which promise of the contract is shown by which scenarios, and proved to bite by which mutants."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from behave.parser import ParserError

from harness.requirements import MARKS, Requirement, looks_like_an_id, read_contract
from harness.target import WIP
from tools.gherkin import Written, parse_features, written
from tools.patches import Patch, PatchError, read_patches

UNKNOWN = 2
"""The exit code when a tag or a mutant names what the contract does not have, or something cannot be read."""


@dataclass
class Coverage:
    """What there is for one requirement: scenarios (`file:line name`), how often they run, and mutants by name.

    `unkept` are those of the scenarios whose runs are all tagged @wip: they show what the service does not keep yet.
    """

    requirement: Requirement
    scenarios: list[str] = field(default_factory=list)
    unkept: list[str] = field(default_factory=list)
    runs: int = 0
    mutants: list[str] = field(default_factory=list)

    @property
    def not_kept_yet(self) -> bool:
        """Tell whether there are scenarios, and each of them shows what the service does not keep yet."""
        return bool(self.scenarios) and self.unkept == self.scenarios


def cover(
    contract: dict[str, Requirement], scenarios: Iterable[Written], patches: Iterable[Patch]
) -> tuple[list[Coverage], list[str]]:
    """Return what there is for each requirement, and a line for each id that the contract does not have."""
    covered = {id_: Coverage(requirement) for id_, requirement in contract.items()}
    strangers: list[str] = []
    for scenario in scenarios:
        for tag in sorted(filter(looks_like_an_id, scenario.tags)):
            if tag in covered:
                runs = [run for run in scenario.runs if tag in run.effective_tags]
                covered[tag].scenarios.append(f"{scenario.place} {scenario.scenario.name}")
                covered[tag].runs += len(runs)
                if runs and all(WIP in run.effective_tags for run in runs):
                    covered[tag].unkept.append(covered[tag].scenarios[-1])
            else:
                strangers.append(f"{scenario.place}: the contract has no requirement {tag}")
    for patch in patches:
        for id_ in patch.breaks:
            if id_ in covered:
                covered[id_].mutants.append(patch.name)
            else:
                strangers.append(f"{patch.path}: the contract has no requirement {id_}")
    return list(covered.values()), strangers


def table(covered: Sequence[Coverage], verbose: bool) -> str:
    """Return the table as text, with the scenarios' names if `verbose`."""
    lines = [f"{'id':<5}{'mark':<9}{'scenarios':>9}  {'runs':>5}  mutants"]
    for row in covered:
        scenarios = str(len(row.scenarios)) if row.scenarios else "NONE"
        mutants = ", ".join(row.mutants) or "NONE"
        about = row.requirement
        note = f"  not kept yet (@{WIP})" if row.not_kept_yet else ""
        lines.append(f"{about.id:<5}{about.mark:<9}{scenarios:>9}  {row.runs or '-':>5}  {mutants}{note}")
        if verbose:
            lines += [f"         {scenario}{f' (@{WIP})' * (scenario in row.unkept)}" for scenario in row.scenarios]
    return "\n".join(lines)


def summary(covered: Sequence[Coverage]) -> str:
    """Return how much is covered, by mark, and what is not."""
    lines = []
    for mark in MARKS:
        rows = [row for row in covered if row.requirement.mark == mark]
        shown, bitten = sum(bool(row.scenarios) for row in rows), sum(bool(row.mutants) for row in rows)
        lines.append(f"{mark}: {len(rows)} requirements, {shown} with scenarios, {bitten} with mutants")
    unproved = [row.requirement.id for row in covered if row.scenarios and not row.mutants and not row.not_kept_yet]
    missing = [row.requirement.id for row in covered if not row.scenarios]
    unkept = [row.requirement.id for row in covered if row.not_kept_yet]
    partly = [row.requirement.id for row in covered if row.unkept and not row.not_kept_yet]
    lines.append(f"Without a scenario: {', '.join(missing) or 'none'}")
    lines.append(f"Not kept yet, every scenario @{WIP}: {', '.join(unkept) or 'none'}")
    lines.append(f"Not kept in full yet, some @{WIP}: {', '.join(partly) or 'none'}")
    lines.append(f"With scenarios that no mutant has tried: {', '.join(unproved) or 'none'}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; returns 0, or `UNKNOWN`."""
    parser = argparse.ArgumentParser(prog="python -m tools.requirements", description=__doc__)
    parser.add_argument("--verbose", "-v", action="store_true", help="name every scenario and where it stands")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the repository (default: here)")
    asked = parser.parse_args(arguments)
    try:
        contract = read_contract(asked.root / "docs" / "contract.md")
        features = parse_features(asked.root / "features")
        patches = read_patches(asked.root / "mutants")
    except (OSError, ValueError, ParserError, PatchError) as error:
        print(error, file=sys.stderr)
        return UNKNOWN
    scenarios = [scenario for feature in features for scenario in written(feature)]
    covered, strangers = cover(contract, scenarios, patches)
    if asked.json:
        rows = [
            {
                "id": row.requirement.id,
                "mark": row.requirement.mark,
                "scenarios": row.scenarios,
                "unkept": row.unkept,
                "runs": row.runs,
                "mutants": row.mutants,
            }
            for row in covered
        ]
        print(json.dumps({"requirements": rows, "unknown": strangers}, indent=1, ensure_ascii=False))
    else:
        print(table(covered, asked.verbose))
        print()
        print(summary(covered))
    for stranger in strangers:
        print(stranger, file=sys.stderr)
    return UNKNOWN if strangers else 0


if __name__ == "__main__":
    sys.exit(main())
