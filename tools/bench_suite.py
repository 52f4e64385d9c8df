"""How long the suite itself takes: to its first step, to start each container, to set up and clean up a scenario.

Runs the features some times with images present, prints the figures, writes them to artifacts/bench-suite.json and
adds a dated section to docs/measurements.md. Nothing is written unless every run is green. Exit code 0, or that of the
run that failed.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.engine import ensure_engine
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.settings import Settings
from harness.stack_images import have_images
from harness.stage import where
from harness.target import Target
from tools import bench_standing
from tools.bench_standing import NotGreenError, measure_standing
from tools.children import heed_signals
from tools.machine import heading, machine
from tools.outcomes import Outcome
from tools.runs import ROOT, describe_exit, run_behave

AIMS = {
    "behave started → first step": 5.0,
    "set-up on the shared site": 0.05,
    "clean-up on the shared site": 0.05,
    **bench_standing.AIMS,
}
"""Seconds that the median should not exceed."""
SLOWEST = 10
INTERRUPTED = 130
NOTHING: Mapping[str, Sequence[float]] = {}
EACH_SCENARIO = tuple(f"{what} {where(laboratory=lab)}" for lab in (False, True) for what in ("set-up", "clean-up"))
"""The names of what is measured once a scenario."""
SHARED = "Shared "
"""How the names of the shared stack's parts begin."""


@dataclass(frozen=True)
class Measured:
    """One green run: what harness.timings wrote down, what became of the scenarios in order, and its seconds."""

    timings: Mapping[str, Any]
    outcomes: Sequence[Outcome]
    seconds: float

    def figures(self) -> Mapping[str, list[float]]:
        """Return the durations of this run by name, in seconds."""
        taken = self.timings["taken"]
        found: dict[str, list[float]] = {"behave started → first step": [self.timings["first_step_after"]]}
        found |= {name: [max(taken[name])] for name in ("engine", "images", "shared site") if name in taken}
        parts = self.timings["parts"]
        found |= {f"ready after: {name}": [seconds] for name, seconds in parts.items()}
        if shared := [seconds for name, seconds in parts.items() if name.startswith(SHARED)]:
            # The service is started when all that it depends on is up, and the site is complete with it.
            found["start of the service"] = [max(taken["shared site"]) - max(shared)]
        found |= {name: taken.get(name, []) for name in EACH_SCENARIO}
        found["clean-up of the run"] = taken["clean-up"]
        found["whole run"] = [self.seconds]
        return {name: durations for name, durations in found.items() if durations}

    def shares(self) -> Mapping[str, float]:
        """Return parts of this run as fractions of its whole; they compare better between machines than seconds.

        Several scenarios play at the same time: these may be more than 1 together.
        """
        taken = self.timings["taken"]
        return {
            "start (until the first step)": self.timings["first_step_after"] / self.seconds,
            "setting up and cleaning up scenarios": sum(sum(taken.get(n, [])) for n in EACH_SCENARIO) / self.seconds,
            "steps": sum(outcome.step_seconds for outcome in self.outcomes) / self.seconds,
        }


@dataclass(frozen=True)
class Figure:
    """Median, least and greatest of some durations in seconds."""

    median: float
    least: float
    greatest: float
    count: int


def summarise(runs: Iterable[Measured], standing: Mapping[str, Sequence[float]] = NOTHING) -> dict[str, Figure]:
    """Return the figures of all runs together, and those of a `standing` stack, by name."""
    together = {name: list(durations) for name, durations in standing.items()}
    for run in runs:
        for name, durations in run.figures().items():
            together.setdefault(name, []).extend(durations)
    return {
        name: Figure(statistics.median(durations), min(durations), max(durations), len(durations))
        for name, durations in together.items()
    }


def slowest(runs: Iterable[Measured]) -> list[tuple[str, float]]:
    """Return the slowest scenarios as (name, median seconds)."""
    taken: dict[str, list[float]] = {}
    for run in runs:
        for outcome in run.outcomes:
            taken.setdefault(outcome.name, []).append(outcome.step_seconds)
    medians = [(name, statistics.median(seconds)) for name, seconds in taken.items()]
    return sorted(medians, key=lambda each: -each[1])[:SLOWEST]


def section(
    runs: Sequence[Measured],
    about: Mapping[str, object],
    date: str,
    standing: Mapping[str, Sequence[float]] = NOTHING,
) -> str:
    """Return the section for docs/measurements.md."""
    lines = [
        heading(date, about),
        "",
        f"Runs: {len(runs)}; scenarios in each: {len(runs[0].outcomes)}.",
        "",
        "| what | median | least | greatest | n | aim |",
        "|---|---|---|---|---|---|",
    ]
    for name, figure in summarise(runs, standing).items():
        aim = AIMS.get(name)
        verdict = "" if aim is None else f"{_time(aim)}: {'met' if figure.median <= aim else 'MISSED'}"
        times = " | ".join(map(_time, (figure.median, figure.least, figure.greatest)))
        lines.append(f"| {name} | {times} | {figure.count} | {verdict} |")
    lines += ["", "| share of a run (median) | |", "|---|---|"]
    for name in runs[0].shares():
        lines.append(f"| {name} | {statistics.median(run.shares()[name] for run in runs):.0%} |")
    lines += ["", "| slowest scenarios | steps took (median) |", "|---|---|"]
    lines += [f"| {name} | {_time(seconds)} |" for name, seconds in slowest(runs)]
    return "\n".join(lines) + "\n"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def measure(count: int, folder: Path, arguments: Sequence[str]) -> tuple[list[Measured], int]:
    """Run the features `count` times; returns the runs, and the exit code of one that was not green (and the last)."""
    runs: list[Measured] = []
    timings, log = folder / "bench-suite-timings.json", folder / "bench-suite.log"
    for number in range(1, count + 1):
        timings.unlink(missing_ok=True)
        run = run_behave(["-D", "keep=no", "-D", f"timings={timings}", "features/", *arguments], log=log)
        if not run.green:
            print(f"run {number}: {describe_exit(run)}; only green runs are measured ({log}):\n{run.tail()}")
            return runs, run.exit_code or 1
        runs.append(Measured(json.loads(timings.read_text(encoding="utf-8")), run.outcomes, run.seconds))
        first = runs[-1].timings["first_step_after"]
        print(f"· run {number} of {count}: first step after {first:.1f} s, all in {run.seconds:.1f} s", flush=True)
    return runs, 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_suite", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="how many runs (default: 5)")
    parser.add_argument("--no-docs", dest="docs", action="store_false", help="leave docs/measurements.md as it is")
    parser.add_argument("behave", nargs="*", metavar="-- ARGUMENT", help="further arguments for behave")
    asked = parser.parse_args(arguments)
    heed_signals()
    artifacts = ROOT / "artifacts"
    try:
        client = ensure_engine()
        have_images(client, Target.load(Settings.read({}).target))  # now, so that no measured run has to
        engine = str(client.version()["Version"])
        runs, exit_code = measure(max(asked.runs, 1), artifacts, asked.behave)
        standing = NOTHING if exit_code else measure_standing(client, max(asked.runs, 1), artifacts)
    except InfrastructureError as trouble:
        print(trouble, file=sys.stderr)
        return EXIT_INFRASTRUCTURE
    except NotGreenError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; nothing is written.")
        return INTERRUPTED
    if exit_code:
        return exit_code
    about = machine(engine)
    now = datetime.now().astimezone()
    report = section(runs, about, now.strftime("%Y-%m-%d %H:%M"), standing)
    content = {
        "date": now.isoformat(timespec="seconds"),
        "machine": about,
        "figures": {name: vars(figure) for name, figure in summarise(runs, standing).items()},
        "shares": [run.shares() for run in runs],
        "slowest": dict(slowest(runs)),
        "runs": [{"seconds": run.seconds, **run.timings} for run in runs],
    }
    (artifacts / "bench-suite.json").write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    if asked.docs:
        with (ROOT / "docs" / "measurements.md").open("a", encoding="utf-8") as measurements:
            measurements.write(f"\n{report}")
    print(f"\n{report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
