"""Progress in the console: where the run is, how much is left of it, and every failure in full.

    behave -f harness.reports.console:ConsoleFormatter

On a terminal a line at the bottom tells what runs just now; elsewhere only whole lines are written, and no control
characters. Colours are used as behave's `--color` says, by default on a terminal, and not if NO_COLOR is set.
"""

import os
import time
from collections import deque
from pathlib import Path
from typing import Any

from behave.formatter.ansi_escapes import colors, escapes
from behave.formatter.base import Formatter

from harness.reports.behave_messages import clock
from harness.reports.bottom_line import BottomLine
from harness.reports.durations import DURATIONS, Durations, about, key_of
from harness.reports.telling import FAILED, NOT_RUN, PASSED, failure, message, place, title

INDENT = "    "
PACE_KEPT = 60.0
"""Seconds of scenarios told after which the pace is as much this run's as the last one's."""


class ConsoleFormatter(Formatter):  # type: ignore[misc]  # behave has no types
    """Chapters, features and rules as headings, a line a scenario; see this module."""

    name = "console"
    description = "Progress to follow: a line a scenario, the time left, failures in full"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self.stream = self.open()
        if hasattr(self.stream, "reconfigure"):
            self.stream.reconfigure(errors="backslashreplace")  # a mark that a terminal lacks must not end the run
        self._colours = _wants_colours(config, self.stream)
        self._line = BottomLine(self.stream, *((colors["grey"], escapes["reset"]) if self._colours else ()))
        self._durations = Durations(DURATIONS)
        self._ahead: deque[str] = deque()
        self._total = self._number = self._failed = 0
        self._feature: Any = None
        self._rule: Any = None
        self._written: list[Any] = [None, None, None]
        self._current: Any = None
        self._begun = self._first_begun = self._spent = 0.0
        self._steps_done = 0
        self._told = False

    def expect(self, scenarios: list[Any]) -> None:
        """Take the scenarios that are going to be run, in their order; without them no total is known."""
        self._ahead = deque(map(key_of, scenarios))
        self._total = len(scenarios)

    def feature(self, feature: Any) -> None:
        """Note that a feature begins; its heading is written once a scenario of it runs."""
        self._end_current()
        self._feature, self._rule = feature, None

    def rule(self, rule: Any) -> None:
        """Note that a rule begins."""
        self._end_current()
        self._rule = rule

    def rule_finished(self) -> None:
        """Note that a rule has ended."""
        self._end_current()
        self._rule = None

    def scenario_finished(self, scenario: Any) -> None:  # noqa: ARG002 -- the one that has begun
        """Note that a scenario has ended, of which behave itself tells nothing."""
        self._end_current()

    def eof(self) -> None:
        """Note that a feature has ended."""
        self._end_current()

    def close(self) -> None:
        """Note that the run has ended."""
        self._end_current()
        self._line.close()
        if self._spent:
            self._durations.note(self._as_many, self._pace())
        self._durations.save()
        super().close()

    def scenario(self, scenario: Any) -> None:
        """Note that a scenario begins: the one before has ended, its hooks included."""
        self._end_current()
        if not scenario.should_run(self.config):  # shown all the same with show_skipped
            return
        self._current, self._begun, self._steps_done, self._told = scenario, clock.seconds(), 0, False
        self._number += 1
        if self._number == 1:
            self._first_begun = time.time()
        if self._ahead:
            self._ahead.popleft()
        self._write_headings()
        self._show()

    def step(self, step: Any) -> None:  # noqa: ARG002 -- behave's signature
        """Note that a scenario is set up; the first one's set-up is that of the whole run, and not counted."""
        if self._number == 1:
            self._begun, self._first_begun = clock.seconds(), time.time()

    def match(self, match: Any) -> None:  # noqa: ARG002 -- behave's signature
        """Note that a step begins."""
        self._show()

    def result(self, step: Any) -> None:
        """Take what became of a step; a failure is told in full at once."""
        self._steps_done += 1
        if self._current is not None and step.status.has_failed():
            self._told = True
            self._failed += 1
            story = (
                f"{INDENT * 3}{self._paint(s, 'red' * s.startswith(FAILED))}" for s in failure(self._current, step)
            )
            self._write("\n".join([self._mark(FAILED, "red", title(self._current)), *story]))

    def _end_current(self) -> None:
        """Write the line of the scenario that has just ended, if there is one and a failing step has not done so."""
        scenario, self._current = self._current, None
        if scenario is None:
            return
        seconds = clock.seconds() - self._begun
        self._spent += seconds
        name, status = title(scenario), scenario.status
        if status.is_passed():
            self._durations.note(key_of(scenario), seconds)
            took = f"  {seconds:.1f} s" if self.config.show_timings else ""
            self._write(self._mark(PASSED, "green", name) + self._paint(took, "grey"))
        elif not status.has_failed():
            self._write(self._mark(NOT_RUN, "cyan", f"{name}: {scenario.skip_reason or status.name}"))
        elif not self._told:  # a hook, which behave itself has told about
            self._failed += 1
            self._write(self._mark(FAILED, "red", name))
            self._write(f"{INDENT * 3}{place(scenario)}\n{INDENT * 3}{message(scenario)}")

    def _mark(self, mark: str, colour: str, text: str) -> str:
        total = str(self._total or "")
        count = f"{self._number:>{len(total)}}/{total}" if total else str(self._number)
        return f"{INDENT}  {self._paint(mark, colour)} {self._paint(count, 'grey')} {text}"

    def _write_headings(self) -> None:
        """Write chapter, feature and rule of the scenario that begins, as far as they are new."""
        folder = Path(self._feature.filename).parent.name
        wanted = [folder, id(self._feature), id(self._rule)]  # behave's rules cannot be compared with None
        known = next((depth for depth in range(len(wanted)) if wanted[depth] != self._written[depth]), len(wanted))
        left = "" if self._line.is_there or not (left := self._left()) else f" ({left} left)"
        headings = [
            f"\n{self._paint(folder.replace('_', ' ').capitalize(), 'bold')}",
            f"  {self._feature.name}{self._paint(left, 'grey')}",
            *([f"{INDENT}{self._tags(self._rule)}{self._rule.name}"] if self._rule else []),
        ]
        if headings[known:]:
            self._write("\n".join(headings[known:]))
        self._written = wanted

    def _tags(self, rule: Any) -> str:
        return "".join(f"{self._paint(f'@{tag}', 'cyan')} " for tag in rule.tags)

    def _show(self) -> None:
        """Show on the bottom line where the run is."""
        if not self._line.is_there or self._current is None:
            return
        steps = list(self._current.all_steps)
        parts = [
            f"{self._number} of {self._total}" if self._total else str(self._number),
            f"{self._failed} failed" if self._failed else "",
            f"{left} left" if (left := self._left()) else "",
            title(self._current),
            f"{(now := steps[self._steps_done]).keyword} {now.name}" if self._steps_done < len(steps) else "",
        ]
        self._line.show(" · ".join(filter(None, parts)))

    def _left(self) -> str:
        left = self._durations.left(self._ahead, key_of(self._current), clock.seconds() - self._begun)
        return "" if left is None else about(left * self._pace())

    def _pace(self) -> float:
        """Return how much sooner all is done than one after the other: 0.5 is twice.

        It is that of the last run of as many scenarios, and more and more that of what was told so far.
        """
        before = self._durations.known(self._as_many, 1.0)
        return min(1.0, (time.time() - self._first_begun + PACE_KEPT * before) / (self._spent + PACE_KEPT))

    @property
    def _as_many(self) -> str:
        return f"pace of {self._total} scenarios"

    def _write(self, line: str) -> None:
        self._line.print(f"{line}\n")

    def _paint(self, text: str, colour: str) -> str:
        return f"{colors[colour]}{text}{escapes['reset']}" if self._colours and text and colour else text


def _wants_colours(config: Any, stream: Any) -> bool:
    if config.color == "auto" and os.environ.get("NO_COLOR"):
        return False
    return bool(config.has_colored_mode(stream))
