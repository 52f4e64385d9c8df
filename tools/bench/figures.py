"""Figures as ratios to what they are compared with, and whether they meet their aims."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PERCENT_BELOW = 2.0
"""Aims below this are told in percent, others as a factor."""


@dataclass(frozen=True)
class Figure:
    """A `value` beside the `bare` one that it is compared with, both in `unit`.

    `aim` is the ratio of the two that should be reached (`at_least`), or not be exceeded; None where there is none.
    """

    name: str
    value: float
    bare: float
    unit: str
    aim: float | None = None
    at_least: bool = False

    @property
    def ratio(self) -> float:
        """How many times the bare value it is."""
        return self.value / self.bare

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        if self.aim is None:
            return None
        return self.ratio >= self.aim if self.at_least else self.ratio <= self.aim

    @property
    def verdict(self) -> str:
        """The aim and whether it is met, in words; empty where there is none."""
        if self.aim is None:
            return ""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.aim:.2f}: {'met' if self.met else 'MISSED'}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a `share` (0 to 1) of `values` lies, between two of them where it falls so.

    Raises ValueError when there are none.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def number(value: float) -> str:
    """Return a value as text, with about three digits that mean something."""
    if value >= 1000:  # noqa: PLR2004 -- thousands
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004


def table(figures: Iterable[Figure]) -> list[str]:
    """Return the figures as the lines of a Markdown table, its columns in line."""
    rows = [("figure", "measured", "compared with", "ratio", "aim")]
    rows += [
        (f.name, f"{number(f.value)} {f.unit}", f"{number(f.bare)} {f.unit}", f"{f.ratio:.2f}", f.verdict)
        for f in figures
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return [lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]]
