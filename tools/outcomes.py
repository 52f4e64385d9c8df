"""What became of every scenario: a formatter that writes it down while behave runs.

    behave -f tools.outcomes:OutcomesFormatter -o outcomes.jsonl features/

behave's own reports lose rules and give no time to them, and a run that dies leaves none; this one is written line by
line: `begun` when a scenario begins, `ended` when it and its hooks have ended, `closed` when the run has.
"""

import json
import os
import re
from dataclasses import asdict, dataclass
from typing import Any

from behave.formatter.base import Formatter
from behave.reporter.base import Reporter

from harness.errors import UnexpectedLogError
from harness.reports.behave_messages import clock
from harness.target import LEFT_OUT


@dataclass(frozen=True)
class Outcome:
    """What became of one scenario (of one row of an outline). Times are in seconds.

    `seconds` is from the scenario's begin to the end of its clean-up, `step_seconds` what its steps took. `step`,
    `step_status` and `message` are those of the step that failed; a hook's failure has a message and no step.
    """

    file: str
    line: int
    name: str
    tags: tuple[str, ...]
    status: str
    seconds: float = 0.0
    step_seconds: float = 0.0
    step: str = ""
    step_status: str = ""
    message: str = ""
    reason: str = ""
    swept: bool = False
    """Whether all steps held, but the service had logged errors that nobody expects."""

    @property
    def place(self) -> str:
        """Where it stands, as `file:line`."""
        return f"{self.file}:{self.line}"

    @property
    def title(self) -> str:
        """The name, for a row of an outline without the number that behave appends."""
        return re.sub(r" -- @\d+\.\d+.*", "", self.name)

    @property
    def passed(self) -> bool:
        """Tell whether it held."""
        return self.status == "passed"

    @property
    def left_out(self) -> bool:
        """Tell whether the target left it out; any other scenario that did not run counts as failed."""
        return self.status == "skipped" and self.reason == LEFT_OUT

    @property
    def refuted(self) -> bool:
        """Tell whether a step of its own, or the service's log, showed it broken; a failing hook, a crash does not."""
        return self.swept or self.step_status in ("failed", "error")

    def brief(self, lines: int = 4) -> str:
        """Return the first lines of the message, or the last ones of a traceback, without blank ones."""
        said = [line for line in self.message.splitlines() if line.strip()]
        chosen = said[-lines:] if said and said[0].startswith("Traceback") else said[:lines]
        return "\n".join(chosen)


class OutcomesFormatter(Formatter):  # type: ignore[misc]  # behave has no types
    """Writes one JSON object a line; see this module."""

    name = "outcomes"
    description = "What became of every scenario, as JSON lines"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self.stream = self.open()
        self._current: Any = None
        self._begun = 0.0
        self._written: set[tuple[str, int]] = set()
        config.reporters.append(_AtFeatureEnd(self, config))

    def scenario(self, scenario: Any) -> None:
        """Note that a scenario begins: the one before has ended, its hooks included."""
        self._end_current()
        if not self._asked_for(scenario):  # shown all the same with show_skipped
            return
        self._current, self._begun = scenario, clock.seconds()
        self._write({"event": "begun", "place": f"{_file(scenario)}:{scenario.line} {scenario.name.strip()}"})

    def rule(self, rule: Any) -> None:  # noqa: ARG002 -- behave's signature
        """Note that a rule begins."""
        self._end_current()

    def rule_finished(self) -> None:
        """Note that a rule has ended."""
        self._end_current()

    def scenario_finished(self, scenario: Any) -> None:  # noqa: ARG002 -- the one that has begun
        """Note that a scenario has ended, of which behave itself tells nothing."""
        self._end_current()

    def eof(self) -> None:
        """Note that a feature has ended."""
        self._end_current()

    def close(self) -> None:
        """Note that the run has ended."""
        self._end_current()
        self._write({"event": "closed"})
        super().close()

    def end(self, scenario: Any, seconds: float = 0.0) -> None:
        """Write down what became of `scenario`, once, if it was asked for by tags and name."""
        place = (_file(scenario), scenario.line)
        if place not in self._written and self._asked_for(scenario):
            self._written.add(place)
            self._write({"event": "ended", **asdict(outcome_of(scenario, seconds))})

    def _end_current(self) -> None:
        if self._current is not None:
            self.end(self._current, clock.seconds() - self._begun)
            self._current = None

    def _asked_for(self, scenario: Any) -> bool:
        tags_fit = scenario.should_run_with_tags(self.config.tag_expression)
        return bool(tags_fit and scenario.should_run_with_name_select(self.config))

    def _write(self, line: dict[str, object]) -> None:
        self.stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.stream.flush()


class _AtFeatureEnd(Reporter):  # type: ignore[misc]  # behave has no types
    """Hands over the scenarios that never began: behave tells reporters about features that were not run, too."""

    def __init__(self, outcomes: OutcomesFormatter, config: Any) -> None:
        super().__init__(config)
        self._outcomes = outcomes

    def feature(self, feature: Any) -> None:
        for scenario in feature.walk_scenarios():
            self._outcomes.end(scenario)

    def end(self) -> None:
        """Nothing is left to do."""


def outcome_of(scenario: Any, seconds: float) -> Outcome:
    """Return the outcome of behave's `scenario`."""
    steps = list(scenario.all_steps)
    failing = next((step for step in steps if step.status.has_failed()), None)
    return Outcome(
        file=_file(scenario),
        line=scenario.line,
        name=scenario.name.strip(),
        tags=tuple(sorted(map(str, scenario.effective_tags))),
        status=scenario.status.name if steps else "empty",  # behave lets one without steps pass
        seconds=round(seconds, 4),
        step_seconds=round(scenario.duration, 4),
        step=f"{failing.keyword} {failing.name}" if failing else "",
        step_status=failing.status.name if failing else "",
        message=(failing.error_message if failing else scenario.error_message) or "",
        reason=scenario.skip_reason or "",
        swept=failing is None and isinstance(scenario.exception, UnexpectedLogError),
    )


def _file(scenario: Any) -> str:
    return str(os.path.relpath(scenario.filename))
