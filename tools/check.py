"""Everything that can be checked, one after the other: format, lint, types, imports, features, tests, the suite itself.

A failure stops nothing, so that everything is reported. Counted are each static check as one, each test, and each
scenario; what was skipped or never ran counts as failed, save what the target leaves out. At the end all that failed
is named once more, and the last line is `N passed, M failed`. Exit code 0 when nothing failed, 1 when something did, 3
when infrastructure did not come up, 130 when interrupted.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from harness.errors import EXIT_INFRASTRUCTURE
from tools.children import heed_signals, run_child
from tools.outcomes import Outcome
from tools.runs import HOUR, ROOT, describe_exit, run_behave

INTERRUPTED = 130
PYTHON = sys.executable
STATIC = (
    ("format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
    ("lint", [PYTHON, "-m", "ruff", "check", "."]),
    ("types", [PYTHON, "-m", "mypy"]),
    ("imports", [PYTHON, "-m", "tools.arrows"]),
    ("features and steps", [PYTHON, "-m", "tools.steps_check"]),
)
SHORT = 200
"""Characters of a message in the list of all that failed."""
NAMES = [*(name for name, _ in STATIC), "tests", "scenarios"]


@dataclass(frozen=True)
class Tally:
    """How many things passed and failed, the exit code that says why, if anything did, and what those are called."""

    passed: int
    failed: int
    exit_code: int = 0
    names: tuple[str, ...] = ()


Check = Callable[[], Tally]


def static_check(command: Sequence[str], root: Path) -> Check:
    """Return a check that runs `command` and shows what it printed only if it failed."""

    def check() -> Tally:
        done = subprocess.run(  # noqa: S603 -- our own tools, no shell
            command,
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode == 0:
            return Tally(1, 0)
        print(done.stdout.decode(errors="replace").rstrip(), flush=True)
        return Tally(0, 1, 1)

    return check


def tests(root: Path) -> Tally:
    """Run pytest, its output left as it is, and count by its report."""
    with tempfile.TemporaryDirectory(prefix="tests-") as temporary:
        report = Path(temporary) / "report.xml"
        exit_code = run_child([PYTHON, "-m", "pytest", f"--junit-xml={report}"], folder=root, deadline=HOUR)
        return count_tests(report, exit_code)


def count_tests(report: Path, exit_code: int) -> Tally:
    """Count the tests in pytest's XML report; at least one failure when pytest itself failed or wrote none.

    Skipped tests count as failed: they prove nothing.
    """
    passed, failed = 0, []
    if report.exists():
        for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 -- pytest wrote it, just now
            troubles = [child for child in case if child.tag in {"failure", "error", "skipped"}]
            passed += not troubles
            if troubles:
                why = (troubles[0].get("message") or "").strip().partition("\n")[0]
                failed.append(
                    f"{case.get('classname')}::{case.get('name')}  [{troubles[0].tag}] {why[:SHORT]}".rstrip()
                )
    wrong = exit_code != 0 or failed or not passed
    return Tally(passed, len(failed) or (1 if wrong else 0), 1 if wrong else 0, tuple(failed))


def scenarios(root: Path, log: Path, arguments: Sequence[str]) -> Tally:
    """Run behave, with a line for each feature as it goes, and everything that it printed if anything failed."""
    progress = Progress()
    run = run_behave(["features/", *arguments], log=log, folder=root, watch=progress.take, progress=True)
    progress.feature_ends()
    if run.green:
        return Tally(run.passed, 0)
    print(run.log.read_text(encoding="utf-8", errors="replace").rstrip())
    names = [f"{o.place}  {o.name}  [{o.status}] {o.brief(1)[:SHORT]}".rstrip() for o in run.failures]
    names += [f"{place}  [behave ended during it]" for place in run.unfinished]
    exit_code = EXIT_INFRASTRUCTURE if run.exit_code == EXIT_INFRASTRUCTURE else 1
    return Tally(run.passed, run.failed, exit_code, tuple(names) or (f"{describe_exit(run)}.",))


class Progress:
    """One line for each feature, when its last scenario has ended."""

    def __init__(self) -> None:
        self._of_feature: list[Outcome] = []

    def take(self, outcome: Outcome) -> None:
        """Take the next outcome."""
        if self._of_feature and self._of_feature[0].file != outcome.file:
            self.feature_ends()
        self._of_feature.append(outcome)

    def feature_ends(self) -> None:
        """Print the line of the feature that has just ended."""
        done, self._of_feature = self._of_feature, []
        if done:
            tried = [outcome for outcome in done if not outcome.left_out]
            held = sum(outcome.passed for outcome in tried)
            seconds = sum(outcome.seconds for outcome in tried)
            left_out = f", {len(done) - len(tried)} not tried" if len(tried) < len(done) else ""
            print(f"  {done[0].file}: {held} of {len(tried)} held{left_out} ({seconds:.1f} s)", flush=True)


def run_all(checks: Sequence[tuple[str, Check]]) -> int:
    """Run the checks, print a heading and the time for each, and the last line; returns the exit code."""
    tallies: list[Tally] = []
    try:
        for name, check in checks:
            print(f"\n== {name} ==", flush=True)
            begun = time.monotonic()
            tally = check()
            tallies.append(tally)
            verdict = f"{tally.passed} passed, {tally.failed} failed" if tally.failed else f"{tally.passed} passed"
            print(f"-- {name}: {verdict} ({time.monotonic() - begun:.1f} s)", flush=True)
    except KeyboardInterrupt:
        print("\nInterrupted.")
        tallies.append(Tally(0, 1, INTERRUPTED))
    failed = [(name, tally) for (name, _), tally in zip(checks, tallies, strict=False) if tally.failed]
    if failed:
        print("\nFailed:")
    for name, tally in failed:
        for what in tally.names or (f"see {name} above",):
            print(f"  {name}: {what}")
    print(f"\n{sum(t.passed for t in tallies)} passed, {sum(t.failed for t in tallies)} failed", flush=True)
    return max(tally.exit_code for tally in tallies)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks that were asked for (all, unless told otherwise)."""
    parser = argparse.ArgumentParser(prog="python -m tools.check", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, help="run this check only; may be given again")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository (default: this one)")
    parser.add_argument("behave", nargs="*", metavar="-- ARGUMENT", help="further arguments for behave")
    asked = parser.parse_args(arguments)
    root = asked.root.resolve()
    heed_signals()
    checks: list[tuple[str, Check]] = [(name, static_check(command, root)) for name, command in STATIC]
    checks.append(("tests", lambda: tests(root)))
    checks.append(("scenarios", lambda: scenarios(root, root / "artifacts" / "behave.log", asked.behave)))
    return run_all([(name, check) for name, check in checks if not asked.only or name in asked.only])


if __name__ == "__main__":
    sys.exit(main())
