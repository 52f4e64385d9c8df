"""Which requirements of a contract a run has shown to be kept, or broken."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from harness.reports.telling import place, refuted


class Verdict(Enum):
    """What a run says about one requirement, by the scenarios that carry its id as a tag."""

    KEPT = "kept"
    """All passed."""
    BROKEN = "broken"
    """One failed."""
    IN_PART = "kept in part"
    """Some passed, the others were not tried."""
    NOT_TRIED = "not tried"
    """There is none, or none was tried."""


@dataclass(frozen=True)
class Conformance:
    """The verdicts by requirement, in the contract's order; `broken_at` tells where the first scenario failed."""

    verdicts: dict[str, Verdict]
    broken_at: dict[str, str]

    @property
    def tried(self) -> bool:
        """Tell whether anything was."""
        return any(verdict is not Verdict.NOT_TRIED for verdict in self.verdicts.values())

    def line(self, whole: bool) -> str:
        """Say it in one line; when not the `whole` suite was run, what was not tried is no news."""
        told = {
            "broken": ", ".join(f"{id_} ({where})" for id_, where in self.broken_at.items()),
            "kept in part": self._ids(Verdict.IN_PART),
            "not tried": self._ids(Verdict.NOT_TRIED),
        }
        kept = sum(verdict is Verdict.KEPT for verdict in self.verdicts.values())
        first = f"{kept} of {len(self.verdicts)} requirements kept"
        if not whole:
            held = self._ids(Verdict.KEPT, Verdict.IN_PART)
            told = {"broken": told["broken"]}
            first = f"only a selection was run; held in it: {held or 'none'}"
        return "; ".join([f"Contract: {first}", *(f"{what}: {ids}" for what, ids in told.items() if ids)])

    def _ids(self, *wanted: Verdict) -> str:
        return " ".join(id_ for id_, verdict in self.verdicts.items() if verdict in wanted)


def judge(requirements: Sequence[str], scenarios: Iterable[Any]) -> Conformance:
    """Judge each of `requirements` (ids) by behave's `scenarios` after a run."""
    by_id = defaultdict(list)
    for scenario in scenarios:
        for tag in scenario.effective_tags:
            by_id[str(tag)].append(scenario)
    verdicts = {id_: _verdict(by_id[id_]) for id_ in requirements}
    first = {id_: next(s for s in by_id[id_] if refuted(s)) for id_, v in verdicts.items() if v is Verdict.BROKEN}
    return Conformance(verdicts, {id_: place(scenario) for id_, scenario in first.items()})


def _verdict(scenarios: Sequence[Any]) -> Verdict:
    passed = [scenario.status.is_passed() for scenario in scenarios]
    if any(map(refuted, scenarios)):
        return Verdict.BROKEN
    if not any(passed):
        return Verdict.NOT_TRIED
    return Verdict.KEPT if all(passed) else Verdict.IN_PART
