"""One scenario under way: what is ahead of it, what it is at, and the messages of its beginning and end."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cucumber_messages as m

from . import results
from .definitions import CLEAN_UP, Definitions
from .stream import Stream

NOT_COME_TO = ("untested", "executing")


@dataclass(frozen=True)
class Planned:
    """A step or a hook that is ahead of a scenario; one of the two."""

    id: str
    step: Any = None
    hook: str = ""


class Attempt:
    """A test case from its start to its end; begins when constructed.

    behave tells a formatter of the steps that it runs. Those that it passes over, after a failure or in a dry run, get
    their result when something behind them begins, or at the end.
    """

    def __init__(self, stream: Stream, definitions: Definitions, scenario: Any, pickle: Any, with_hooks: bool) -> None:
        self._stream = stream
        self._definitions = definitions
        self._with_hooks = with_hooks
        self.scenario = scenario
        self.failed = False
        self._current: Planned | None = None
        self._ahead: deque[Planned] = deque()
        case = m.TestCase(id=stream.new_id(), pickle_id=pickle["id"], test_steps=list(self._plan(pickle)))
        stream.write(test_case=case)
        self.id = stream.new_id()
        started = m.TestCaseStarted(attempt=0, id=self.id, test_case_id=case.id, timestamp=results.now())
        stream.write(test_case_started=started)

    def _plan(self, pickle: Any) -> Iterator[m.TestStep]:
        yield from self._plan_hooks(["before_tag"] * len(self.scenario.tags) + ["before_scenario"])
        for step, pickle_step in zip(self.scenario.all_steps, pickle["steps"], strict=False):
            ids, arguments = self._definitions.match(step)
            planned = Planned(self._stream.new_id(), step=step)
            self._ahead.append(planned)
            yield m.TestStep(
                id=planned.id,
                pickle_step_id=pickle_step["id"],
                step_definition_ids=ids,
                step_match_arguments_lists=arguments,
            )
        yield from self._plan_hooks(["after_scenario"] + ["after_tag"] * len(self.scenario.tags) + [CLEAN_UP])

    def _plan_hooks(self, names: list[str]) -> Iterator[m.TestStep]:
        for name in names if self._with_hooks else []:
            if self._definitions.has_hook(name) or name == CLEAN_UP:
                planned = Planned(self._stream.new_id(), hook=name)
                self._ahead.append(planned)
                yield m.TestStep(id=planned.id, hook_id=self._definitions.hook(name))

    @property
    def current(self) -> str | None:
        """The id of the step or hook that runs, if any does."""
        return self._current.id if self._current else None

    def hook_begins(self, name: str) -> None:
        """Say that a hook of the scenario begins."""
        self._begin(next((p for p in self._ahead if p.hook == name), None))

    def hook_ends(self, seconds: float, error: BaseException | None) -> None:
        """Say that the hook has ended, after `seconds`, with `error` if it raised one."""
        self._finish(results.failed(results.story_of(error), error, seconds) if error else results.passed(seconds))

    def step_begins(self, step: Any = None) -> None:
        """Say that a step begins; without `step` it is the next one, for behave does not name it."""
        ahead = [planned for planned in self._ahead if planned.step]
        self._begin(next((p for p in ahead if (p.step is step if step else p.step.status.name in NOT_COME_TO)), None))

    def step_ends(self, step: Any) -> None:
        """Say that behave has finished a step; its status, duration and error are known now."""
        if self._current is None:
            self._begin(next((p for p in self._ahead if p.step is step), None))
        self._finish(results.of_step(step, self.scenario.skip_reason))

    def end(self, clean_up_errors: list[str]) -> None:
        """End the test case; `clean_up_errors` says what its clean-up raised."""
        while self._ahead:
            self._pass_over(self._ahead.popleft(), clean_up_errors)
        finished = m.TestCaseFinished(test_case_started_id=self.id, timestamp=results.now(), will_be_retried=False)
        self._stream.write(test_case_finished=finished)

    def _begin(self, planned: Planned | None) -> None:
        if planned is None:
            return
        while self._ahead[0] is not planned:
            self._pass_over(self._ahead.popleft())
        self._current = self._ahead.popleft()
        self._write_started(self._current)

    def _finish(self, result: m.TestStepResult) -> None:
        if self._current is not None:
            self._write_finished(self._current, result)
            self._current = None

    def _pass_over(self, planned: Planned, clean_up_errors: list[str] | None = None) -> None:
        self._write_started(planned)
        if planned.step is not None:
            result = results.of_step(planned.step, self.scenario.skip_reason)
        elif planned.hook != CLEAN_UP:
            result = results.skipped()
        elif self.scenario.status.name == "cleanup_error":
            result = results.failed("\n".join(clean_up_errors or []) or "The clean-up raised an error.")
        else:
            result = results.passed()
        self._write_finished(planned, result)

    def _write_started(self, planned: Planned) -> None:
        started = m.TestStepStarted(test_case_started_id=self.id, test_step_id=planned.id, timestamp=results.now())
        self._stream.write(test_step_started=started)

    def _write_finished(self, planned: Planned, result: m.TestStepResult) -> None:
        accepted = planned.step is not None and planned.step.status.name == "pending_warn"
        if result.status.name not in ("passed", "skipped") and not accepted:
            self.failed = True
        finished = m.TestStepFinished(
            test_case_started_id=self.id, test_step_id=planned.id, test_step_result=result, timestamp=results.now()
        )
        self._stream.write(test_step_finished=finished)
