"""The last lines of a run: what failed and where, how many passed, and what that says about the contract."""

import shutil
import textwrap
from pathlib import Path
from typing import Any

from behave.model import Status
from behave.reporter.summary import SummaryReporter, format_summary_v1
from behave.runner import Runner

from harness.reports.conformance import judge
from harness.reports.telling import details, message, place, title
from harness.requirements import read_contract
from harness.target import LEFT_OUT

WIDTH = 120
FEW, LONG, MOST_DETAILS = 3, 20, 8
"""Of so few failures in a run of more than so many scenarios the end tells details once more: so many lines of them,
the last one always, which says where the evidence is."""
NOT_RUN = (Status.skipped, Status.untested)


class Summary(SummaryReporter):  # type: ignore[misc]  # behave has no types
    """Takes the place of behave's summary; `contract` is the file with the tables of requirements."""

    def __init__(self, config: Any, contract: Path) -> None:
        super().__init__(config)
        self._contract = contract
        self._scenarios: list[Any] = []

    def feature(self, feature: Any) -> None:
        """Take what became of a feature."""
        super().feature(feature)
        self._scenarios += feature.walk_scenarios()

    def end(self) -> None:
        """Write the summary."""
        self.testrun_finished()
        width = shutil.get_terminal_size((WIDTH, 24)).columns
        failed = [scenario for scenario in self._scenarios if scenario.status.has_failed()]
        ran = [s for s in self._scenarios if s.status not in NOT_RUN]
        are_far_above = len(failed) <= FEW and len(ran) > LONG
        if failed:
            self.stream.write("\nFailed:\n")
        for scenario in failed:
            self.stream.write(f"  {place(scenario)}  {title(scenario)}\n")
            said = textwrap.shorten(message(scenario), width - 6, placeholder=" …")
            self.stream.write(f"      {said}\n")
            more = details(scenario) if are_far_above else []
            for line in [*more[:-1][: MOST_DETAILS - 1], *more[-1:]]:
                self.stream.write(f"        {line if len(line) <= width - 8 else line[: width - 10] + ' …'}\n")
        counts = format_summary_v1("scenario", self.scenario_summary).strip()
        self.stream.write(f"\n{counts} ({self.duration:.1f} s)\n")
        for line in textwrap.wrap(self._conformance(), width, subsequent_indent="  ", break_on_hyphens=False):
            self.stream.write(f"{line}\n")
        self.stream.flush()

    def _conformance(self) -> str:
        """Say which requirements hold; nothing when none was tried, or there is no contract to go by."""
        try:
            requirements = list(read_contract(self._contract))
        except (OSError, ValueError) as error:
            return f"Contract: {error}"
        found = judge(requirements, self._scenarios)
        return found.line(self._is_whole()) if found.tried else ""

    def _is_whole(self) -> bool:
        """Tell whether everything was run, save what the target leaves out."""
        everything = {Path(Runner.DEFAULT_DIRECTORY).resolve(), Path(self.config.base_dir)}
        if (
            not {Path(str(path)).resolve() for path in self.config.paths} <= everything
            or self.config.include_re
            or self.config.exclude_re
        ):
            return False
        not_run = [s for s in self._scenarios if s.status in NOT_RUN]
        return all(scenario.skip_reason == LEFT_OUT for scenario in not_run)


def use_summary(config: Any, contract: Path) -> None:
    """Put `Summary` in the place of behave's own, unless it was not asked for or nothing is going to run."""
    if config.dry_run:
        return
    for number, reporter in enumerate(config.reporters):
        if isinstance(reporter, SummaryReporter):
            config.reporters[number] = Summary(config, contract)
