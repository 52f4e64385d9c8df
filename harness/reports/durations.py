"""How long scenarios take, from earlier runs, and hence how long the rest of this one will."""

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DURATIONS = Path(".cache") / "durations.json"
TO_THE_SECOND, TO_FIVE_SECONDS = 10, 90


class Durations:
    """Seconds by scenario, kept in the file `path`; one that is missing or cannot be read is as good as empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._measured: dict[str, float] = {}

    def note(self, scenario: str, seconds: float) -> None:
        """Note how long `scenario` has taken in this run."""
        self._measured[scenario] = seconds

    def known(self, scenario: str, otherwise: float) -> float:
        """Return what was noted of `scenario` in an earlier run, `otherwise` if nothing was."""
        return self._known.get(scenario, otherwise)

    def expected(self, scenarios: Iterable[str]) -> dict[str, float]:
        """Return how many seconds each of `scenarios` took last time; one that is new is taken for their mean."""
        scenarios = list(scenarios)
        known = [self._known[scenario] for scenario in scenarios if scenario in self._known]
        mean = sum(known) / len(known) if known else 0.0
        return {scenario: self._known.get(scenario, mean) for scenario in scenarios}

    def left(self, ahead: Iterable[str], current: str, elapsed: float) -> float | None:
        """Return how many seconds `current`, which began `elapsed` seconds ago, and those `ahead` will take.

        What has no duration yet is taken for the mean of those of this run, or of the known ones; None while these
        are too few to go by.
        """
        ahead = list(ahead)
        mean = self._mean([*ahead, current])
        if mean is None:
            return None
        return max(0.0, self._known.get(current, mean) - elapsed) + sum(self._known.get(s, mean) for s in ahead)

    def _mean(self, wanted: list[str]) -> float | None:
        if self._measured:
            return sum(self._measured.values()) / len(self._measured)
        known = [self._known[scenario] for scenario in wanted if scenario in self._known]
        return sum(known) / len(known) if 2 * len(known) > len(wanted) else None

    def save(self) -> None:
        """Add this run's to what the file holds by now: other runs may have ended meanwhile."""
        if not self._measured:
            return
        content = _read(self._path) | {scenario: round(s, 2) for scenario, s in self._measured.items()}
        fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):  # a convenience, which must not fail a run
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(content, indent=0, ensure_ascii=False), encoding="utf-8")
            fresh.replace(self._path)


def key_of(scenario: Any) -> str:
    """Return the name under which the durations of behave's `scenario` are kept."""
    return f"{os.path.relpath(scenario.filename)}: {scenario.name}"


def _read(path: Path) -> dict[str, float]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(scenario): float(seconds) for scenario, seconds in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def about(seconds: float) -> str:
    """Say a duration that is an estimate: `about 25 s`, `about 3 min`."""
    if seconds < TO_THE_SECOND:
        return f"about {max(1, round(seconds))} s"
    if seconds < TO_FIVE_SECONDS:
        return f"about {5 * round(seconds / 5)} s"
    return f"about {round(seconds / 60)} min"
