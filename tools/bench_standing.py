"""How long one scenario takes for somebody who writes it: on a stack that stands, from `behave` to its last line."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import docker

from harness.standing import STANDING, Standing
from tools.children import run_child
from tools.runs import ROOT, describe_exit, run_behave

ONE = "Of two payloads under one id the first counts"
RESTARTED = "What comes in while the service is dead is processed once it runs again"
AIMS = {
    "standing: behave started → first step": 1.0,
    "standing: one scenario in all": 2.0,
    "standing: steps of a scenario with a kill and a restart": 3.0,
}
"""Seconds that the median should not exceed."""


class NotGreenError(Exception):
    """A run that was to be measured was not green; says which, and what behave said."""


def measure_standing(client: docker.DockerClient, count: int, folder: Path) -> Mapping[str, Sequence[float]]:
    """Measure `count` runs of single scenarios on a standing stack; returns durations by name, in seconds.

    A stack that stood before is left standing. Raises `NotGreenError`.
    """
    stood = any(Standing(name).exists(client) for name in STANDING)
    try:
        if run_child([sys.executable, "-m", "tools.standing", "up"], folder=ROOT):
            raise NotGreenError("no stack could be made to stand")
        return _durations(count, folder)
    finally:
        if not stood:
            run_child([sys.executable, "-m", "tools.standing", "down"], folder=ROOT)


def _durations(count: int, folder: Path) -> dict[str, list[float]]:
    first, whole, restart = AIMS
    found: dict[str, list[float]] = {first: [], whole: [], restart: []}
    timings = folder / "bench-standing-timings.json"
    for number in range(1, count + 1):
        for scenario in (ONE, RESTARTED):
            run = run_behave(
                ["features/", "--name", f"^{scenario}$", "-D", f"timings={timings}"], log=folder / "bench-standing.log"
            )
            if not run.green:
                raise NotGreenError(f"{scenario}: {describe_exit(run)}\n{run.tail()}")
            if scenario == ONE:
                found[first].append(json.loads(timings.read_text(encoding="utf-8"))["first_step_after"])
                found[whole].append(run.seconds)
            else:
                found[restart].append(sum(outcome.step_seconds for outcome in run.outcomes))
        print(f"· on a standing stack, {number} of {count}: {found[whole][-1]:.1f} s in all", flush=True)
    return found
