"""Runs of behave, as the tools see them from outside."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.children import TIMED_OUT, run_child
from tools.outcomes import Outcome, OutcomesFormatter
from tools.prefork import Prefork

ROOT = Path(__file__).resolve().parent.parent
HOUR = 3600.0


@dataclass(frozen=True)
class BehaveRun:
    """A run of behave: its exit code (`tools.children.TIMED_OUT` if it did not end), and what became of what ran.

    `unfinished` holds the scenarios (`file:line name`) during which behave died.
    """

    exit_code: int
    outcomes: tuple[Outcome, ...]
    unfinished: tuple[str, ...]
    seconds: float
    log: Path

    @property
    def passed(self) -> int:
        """The number of scenarios that held."""
        return sum(outcome.passed for outcome in self.outcomes)

    @property
    def failures(self) -> list[Outcome]:
        """The scenarios that did not hold, or were to run and did not."""
        return [outcome for outcome in self.outcomes if not (outcome.passed or outcome.left_out)]

    @property
    def failed(self) -> int:
        """The number of failures: of scenarios, of crashes, or at least one when the run as a whole failed."""
        failed = len(self.failures) + len(self.unfinished)
        wrong = self.exit_code != 0 or not self.outcomes
        return failed or int(wrong)

    @property
    def green(self) -> bool:
        """Tell whether something ran and all of it held."""
        return self.passed > 0 and self.failed == 0

    def tail(self, lines: int = 25) -> str:
        """Return the last lines of what behave printed."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def run_behave(
    arguments: Sequence[str],
    *,
    log: Path,
    folder: Path = ROOT,
    watch: Callable[[Outcome], None] | None = None,
    progress: bool = False,
    deadline: float | None = HOUR,
    prefork: Prefork | None = None,
    tick: Callable[[], None] = lambda: None,
) -> BehaveRun:
    """Run behave with `arguments` in `folder`; what it prints goes to `log`, outcomes go to `watch` as they come.

    With `progress` the lines on standard error are left on standard error. With `prefork` the run is forked from there,
    whose folder counts. After `deadline` seconds it is ended. `tick` is called a few times a second; what it raises
    ends the run. Raises KeyboardInterrupt once behave has cleaned up.
    """
    with tempfile.TemporaryDirectory(prefix="outcomes-") as temporary:
        report = Path(temporary) / "outcomes.jsonl"
        formats = [
            "-f",
            "pretty",
            "-o",
            "-",
            "-f",
            f"{OutcomesFormatter.__module__}:{OutcomesFormatter.__name__}",
            "-o",
            str(report),
        ]
        reader = _Reader(report, watch)

        def look() -> None:
            reader.read()
            tick()

        begun = time.monotonic()
        log.parent.mkdir(parents=True, exist_ok=True)
        if prefork is not None:
            exit_code = prefork.run([*formats, *arguments], log=log, deadline=deadline, tick=look)
        else:
            with log.open("wb") as output:
                exit_code = run_child(
                    [sys.executable, "-m", "behave", *formats, *arguments],
                    folder=folder,
                    stdout=output,
                    stderr=None if progress else subprocess.STDOUT,
                    deadline=deadline,
                    tick=look,
                )
        reader.read()
        return BehaveRun(exit_code, tuple(reader.outcomes), reader.unfinished, time.monotonic() - begun, log)


class _Reader:
    """Reads the lines of a report while it grows."""

    def __init__(self, path: Path, watch: Callable[[Outcome], None] | None) -> None:
        self._path, self._watch = path, watch
        self._position = 0
        self._begun: dict[str, None] = {}
        self.outcomes: list[Outcome] = []

    @property
    def unfinished(self) -> tuple[str, ...]:
        return tuple(self._begun)

    def read(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as report:
            report.seek(self._position)
            new = report.read()
        complete = new[: new.rfind(b"\n") + 1]
        self._position += len(complete)
        for line in complete.splitlines():
            self._take(json.loads(line))

    def _take(self, line: dict[str, Any]) -> None:
        event = line.pop("event")
        if event == "begun":
            self._begun[line["place"]] = None
        elif event == "ended":
            outcome = Outcome(**{**line, "tags": tuple(line["tags"])})
            self._begun.pop(f"{outcome.place} {outcome.name}", None)
            self.outcomes.append(outcome)
            if self._watch is not None:
                self._watch(outcome)


def describe_exit(run: BehaveRun) -> str:
    """Say in words how a run ended that did not come to a verdict."""
    if run.exit_code == TIMED_OUT:
        return f"behave did not end within {run.seconds:.0f} s"
    return f"behave ended with exit code {run.exit_code}"
