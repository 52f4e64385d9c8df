"""behave's runner with what a run against real infrastructure needs: an order, an honest exit code, signals."""

import gc
import random
import re
import signal
import sys
from collections.abc import Collection
from pathlib import Path
from types import FrameType
from typing import Any

from behave.formatter.base import StreamOpener
from behave.model import Rule, ScenarioOutline
from behave.reporter.summary import SummaryReporter
from behave.runner import Runner

from harness import artifacts
from harness.console import say
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.laboratories import in_laboratories, on_the_shared_site
from harness.players import HookedRunner, Players
from harness.reports.behave_messages import CucumberMessages
from harness.reports.console import ConsoleFormatter
from harness.reports.durations import DURATIONS, Durations, key_of
from harness.reports.summary import use_summary
from harness.settings import Settings
from harness.signals import SIGNALS
from harness.target import LEFT_OUT, WIP, Target
from harness.timings import seconds_since_process_start

EXIT_SIGNAL = 128
DOCTOR = "`make doctor` tells what this machine has, what it lacks, and how to get it."


class AcceptanceRunner(HookedRunner, Runner):  # type: ignore[misc]  # behave has no types
    """Runs features as behave does, and

    - several scenarios at a time, each told in its turn,
    - in random order when `-D seed=N` is given,
    - ends in an orderly way on SIGTERM and SIGHUP as on Ctrl-C,
    - exits with 3 when infrastructure did not come up, with 128 + signal when it was interrupted.
    """

    def run(self) -> bool:
        """Run the features and tell whether anything failed; raises SystemExit for the other two endings."""
        self.interrupted_by = 0
        self._players: Players | None = None
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as with nohup
                signal.signal(number, self._interrupt)
        try:
            failed = bool(super().run())
        except InfrastructureError as wrong_setting:
            raise _not_usable(wrong_setting) from None
        if self.interrupted_by:
            raise SystemExit(EXIT_SIGNAL + self.interrupted_by)
        suite = self.suite
        if suite is not None and suite.trouble is not None:
            ending = _not_usable(suite.trouble)
            if not suite.has_refuted:
                raise ending
        return failed

    def _interrupt(self, number: int, _: FrameType | None) -> None:
        if not self.interrupted_by:
            self.interrupted_by = number
            raise KeyboardInterrupt

    def load_hooks(self, filename: str | None = None) -> None:
        """Load environment.py, and with it all libraries.

        Their hundred thousand objects live as long as the run; to look for garbage among them costs a tenth of a
        second now, and some in each collection later.
        """
        gc.disable()
        try:
            super().load_hooks(filename)
        finally:
            gc.freeze()
            gc.enable()

    def run_hook(self, hook_name: str, *args: Any) -> bool:
        """Run a hook; between the first and the last of a run, scenarios are played ahead."""
        if hook_name == "after_all":
            if self._players is not None:
                self._players.stop()
            self._tell_duration()
        passed = super().run_hook(hook_name, *args)
        if hook_name == "before_all" and passed and self.suite is not None and self.suite.rooms.number > 1:
            selected, number = self.context.selected, self.suite.rooms.number
            self._players = Players(self, in_laboratories(selected), number, on_the_shared_site(selected))
        return passed

    @property
    def has_nothing_left(self) -> bool:
        """Whether there is nothing left to run on, nor to tell of."""
        return super().has_nothing_left and not (self._players is not None and self._players.have_more_to_tell)

    def _tell_duration(self) -> None:
        """Let the summary tell how long the run took; behave counts 0 for scenarios that sit in Rules."""
        for reporter in self.config.reporters:
            if isinstance(reporter, SummaryReporter):
                reporter.duration = seconds_since_process_start()

    def run_model(self, features: Any = None) -> bool:
        """Put them into the order asked for, leave out what the target leaves out, then run."""
        settings = Settings.read(self.config.userdata)
        if settings.seed is not None:
            shuffle(self.features, random.Random(settings.seed))  # noqa: S311 -- an order, not a secret
            say(f"Random order, seed {settings.seed}")
        elif settings.quickest:
            quickest_first(self.features, [s for s in scenarios_of(self.features) if s.should_run(self.config)])
        target = Target.load(settings.target)
        tags = target.leave_out - {WIP} if names_wip(self.config.tags) else target.leave_out
        if left_out := leave_out([s for s in scenarios_of(self.features) if s.should_run(self.config)], tags):
            are = "scenario is" if left_out == 1 else "scenarios are"
            say(f"{left_out} {are} not tried: the target leaves out {', '.join(sorted(tags))}")
        for tag in sorted(target.lacks(tags_of(scenarios_of(self.features)))):
            if number := leave_out([s for s in scenarios_of(self.features) if s.should_run(self.config)], {tag}):
                say(f"Scenarios that are not tried, for the target offers no such thing: {number} tagged @{tag}")
        selected = [s for s in scenarios_of(self.features) if s.should_run(self.config)]
        if not selected:
            hint = f" (`--tags @{WIP}` tries those tagged so)" if left_out and WIP in tags else ""
            say(f"No scenario was selected: see --tags, --name, the path, and the target's leave_out{hint}.")
            return True
        use_summary(self.config, settings.contract)
        for formatter in self.formatters:
            if isinstance(formatter, ConsoleFormatter):
                formatter.expect(selected)
        self.context.selected = selected
        if not self.config.dry_run:
            self._keep_messages(settings.artifacts)
        self.own_hooks = dict(self.hooks)
        return bool(super().run_model(features))

    def _keep_messages(self, folder: Path) -> None:
        """Have the run written down in a folder of its own.

        Not asked for in the configuration, where a second format sends the first one to a file.
        """
        self.context.artifacts = artifacts.new_folder(folder)
        stream = StreamOpener(str(self.context.artifacts / artifacts.MESSAGES), encoding="utf-8")
        self.formatters.append(CucumberMessages(stream, self.config))


def shuffle(items: list[Any], order: random.Random) -> None:
    """Shuffle features, and the rules, scenarios and rows in them, in place."""
    order.shuffle(items)
    for item in items:
        if isinstance(item, ScenarioOutline):
            order.shuffle(item.scenarios)
        elif isinstance(item, Rule) or hasattr(item, "run_items"):
            shuffle(item.run_items, order)


def quickest_first(features: list[Any], selected: list[Any]) -> None:
    """Sort features, and what is in them, in place by the time that the `selected` scenarios took last time."""
    expected = Durations(DURATIONS).expected(map(key_of, selected))

    def mean(item: Any) -> float:
        scenarios = item.walk_scenarios() if hasattr(item, "walk_scenarios") else getattr(item, "scenarios", [item])
        took = [expected[key] for key in map(key_of, scenarios) if key in expected]
        return sum(took) / len(took) if took else 0.0

    def sort(items: list[Any]) -> None:
        items.sort(key=mean)
        for item in items:
            if isinstance(item, ScenarioOutline):
                item.scenarios.sort(key=mean)
            elif isinstance(item, Rule) or hasattr(item, "run_items"):
                sort(item.run_items)

    sort(features)


def scenarios_of(features: list[Any]) -> list[Any]:
    """Return the scenarios of `features`, each row of an outline as one."""
    return [scenario for feature in features for scenario in feature.walk_scenarios()]


def tags_of(scenarios: list[Any]) -> set[str]:
    """Return all tags that any of `scenarios` carries."""
    return {str(tag) for scenario in scenarios for tag in scenario.effective_tags}


def leave_out(scenarios: list[Any], tags: Collection[str]) -> int:
    """Skip the scenarios that carry any of `tags`, and return how many they are."""
    left_out = [s for s in scenarios if not tags_of([s]).isdisjoint(tags)]
    for scenario in left_out:
        scenario.skip()  # without the reason, of which behave would warn for each
        scenario.skip_reason = LEFT_OUT
    return len(left_out)


def names_wip(tags: str | list[str]) -> bool:
    """Tell whether behave's `--tags` speak of @wip, which asks for such scenarios whatever the target leaves out."""
    return re.search(rf"(?<![\w.-])@?{WIP}(?![\w.-])", " ".join([tags] if isinstance(tags, str) else tags)) is not None


def _not_usable(trouble: InfrastructureError) -> SystemExit:
    """Print what did not come up, and what to do."""
    message = f"\nNothing is proved: the infrastructure is not usable.\n{trouble}\n{DOCTOR}"
    print(message, file=sys.stderr)  # noqa: T201
    return SystemExit(EXIT_INFRASTRUCTURE)
