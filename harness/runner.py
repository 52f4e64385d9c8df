"""behave's runner with what a run against real infrastructure needs: an order, an honest exit code, signals."""

import random
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from behave.model import Rule, ScenarioOutline
from behave.runner import Runner

from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError

EXIT_SIGNAL = 128


class AcceptanceRunner(Runner):  # type: ignore[misc] -- behave has no types
    """Runs features as behave does, and

    - in random order when `-D seed=N` is given,
    - ends in an orderly way on SIGTERM and SIGHUP as on Ctrl-C,
    - exits with 3 when infrastructure did not come up, with 128 + signal when it was interrupted.
    """

    def run(self) -> bool:
        """Run the features and tell whether anything failed; raises SystemExit for the other two endings."""
        self.interrupted_by = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)
        failed = bool(super().run())
        trouble = getattr(getattr(self.context, "suite", None), "trouble", None)
        if self.interrupted_by:
            raise SystemExit(EXIT_SIGNAL + self.interrupted_by)
        if trouble is not None:
            report(trouble)
            raise SystemExit(EXIT_INFRASTRUCTURE)
        return failed

    def _interrupt(self, number: int, _: FrameType | None) -> None:
        self.interrupted_by = number
        raise KeyboardInterrupt

    def run_model(self, features: Any = None) -> bool:
        """Shuffle if asked to, then run."""
        seed = self.config.userdata.get("seed")
        if seed is not None:
            shuffle(self.features, random.Random(seed))  # noqa: S311 -- an order, not a secret
            print(f"Random order, seed {seed}")  # noqa: T201 -- part of behave's own output
        return bool(super().run_model(features))

    def selected(self) -> Iterator[Any]:
        """Iterate over the scenarios that this run is going to execute, in their order."""
        for feature in self.features:
            yield from (s for s in feature.walk_scenarios() if s.should_run(self.config))


def shuffle(items: list[Any], order: random.Random) -> None:
    """Shuffle features, and the rules, scenarios and rows in them, in place."""
    order.shuffle(items)
    for item in items:
        if isinstance(item, ScenarioOutline):
            order.shuffle(item.scenarios)
        elif isinstance(item, Rule) or hasattr(item, "run_items"):
            shuffle(item.run_items, order)


def report(trouble: InfrastructureError) -> None:
    """Print what did not come up, and what to do."""
    print(f"\nNOTHING WAS PROVED: the infrastructure is not usable.\n{trouble}", file=sys.stderr)  # noqa: T201
