"""The formatter: what behave tells, and what its runner and hooks show, as Cucumber Messages."""

import base64
import functools
import platform
import time
from collections.abc import Callable
from email.message import Message
from importlib import metadata
from typing import Any

import cucumber_messages as m
from behave.formatter.base import Formatter
from behave.runner import ModelRunner, the_step_registry

from . import results
from .attempt import Attempt
from .definitions import CLEAN_UP, Definitions
from .documents import Documents
from .stream import Stream

HOOKS = frozenset(
    f"{when}_{what}" for when in ("before", "after") for what in ("all", "feature", "rule", "scenario", "step", "tag")
)
STEP_HOOKS = ("before_step", "after_step")
"""These belong to their step, as in Cucumber's own reports: they have no result but the step's."""


class CucumberMessages(Formatter):  # type: ignore[misc]  # behave has no types
    """Writes Cucumber Messages.

    Scenarios that the command line leaves out are not written; those skipped for a reason are, as skipped. What
    behave does for features and rules (hooks, clean-ups) is written as hooks of the test run.
    """

    name = "messages"
    description = "Cucumber Messages (ndjson), the input of Cucumber's own reports"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self.stream = self.open()
        self._out = Stream(self.stream)
        self._documents = Documents(self._out.ids)
        self._definitions: Definitions
        self._runner: Any = None
        self._run_id = ""
        self._not_begun: dict[int, Any] = {}
        self._attempt: Attempt | None = None
        self._run_hook: str | None = None
        self._feature: Any = None
        self._rule: Any = None
        self._failed = False
        self._clean_up_errors: list[str] = []
        _meet_the_runner(self)

    def run_begins(self, runner: Any) -> None:
        """Write down what there is to run, and that the run begins; from here on the runner's hooks are watched."""
        self._runner = runner
        self._out.write(meta=_meta())
        selected = [s for f in runner.features for s in f.walk_scenarios() if _is_selected(s, self.config)]
        self._not_begun = {id(scenario): scenario for scenario in selected}
        for filename in dict.fromkeys(scenario.filename for scenario in selected):
            for envelope in self._documents.read(filename, {s.line for s in selected if s.filename == filename}):
                self._out.write_raw(envelope)
        # The hooks are among all names of environment.py, and behave adds one of its own.
        own = {n: h for n, h in runner.hooks.items() if n in HOOKS and getattr(h, "__self__", None) is not runner}
        self._definitions = Definitions(self._out, runner.step_registry or the_step_registry, own)
        self._run_id = self._out.new_id()
        self._out.write(test_run_started=m.TestRunStarted(id=self._run_id, timestamp=results.now()))
        for name in own:
            if name not in STEP_HOOKS:
                runner.hooks[name] = self._watched(name, runner.hooks[name])
        with runner.context.use_with_user_mode():  # a project that listens itself may set it again
            runner.context.on_cleanup_error = self._clean_up_failed

    def _watched(self, name: str, hook: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(hook)
        def watched(context: Any, *arguments: Any) -> Any:
            begun, error = time.perf_counter(), None
            attempt = self._hook_begins(name, context)
            try:
                return hook(context, *arguments)
            except BaseException as raised:
                error = raised
                raise
            finally:
                self._hook_ends(attempt, time.perf_counter() - begun, error)

        return watched

    def _hook_begins(self, name: str, context: Any) -> Attempt | None:
        """Write that a hook begins; returns the attempt that it belongs to, None when it is one of the run."""
        scenario = context.scenario if "scenario" in context else None
        if scenario is not None:
            self.hook_begins(name)
            return self._attempt
        self._end_attempt()
        self._begin_run_hook(name)
        return None

    def _hook_ends(self, attempt: Attempt | None, seconds: float, error: BaseException | None) -> None:
        if attempt is not None:
            attempt.hook_ends(seconds, error)
        elif self._run_hook is not None:
            story = results.failed(results.story_of(error), error, seconds) if error else results.passed(seconds)
            self._end_run_hook(story)

    # -- What a runner tells that runs scenarios where the hooks are not watched, with the formatter's clock set back.

    def hook_begins(self, name: str) -> None:
        """A hook of the scenario begins."""
        if self._attempt is not None:
            self._attempt.hook_begins(name)

    def hook_ends(self, seconds: float, error: BaseException | None) -> None:
        """A hook of the scenario has ended, after `seconds`, with `error` if it raised one."""
        if self._attempt is not None:
            self._attempt.hook_ends(seconds, error)

    def step_begins(self, step: Any) -> None:
        """A step begins."""
        if self._attempt is not None:
            self._attempt.step_begins(step)

    def scenario_finished(self, scenario: Any) -> None:  # noqa: ARG002 -- the one that has begun
        """A scenario has ended."""
        self._end_attempt()

    def _begin_run_hook(self, name: str) -> None:
        self._run_hook = self._out.new_id()
        started = m.TestRunHookStarted(
            hook_id=self._definitions.hook(name),
            id=self._run_hook,
            test_run_started_id=self._run_id,
            timestamp=results.now(),
        )
        self._out.write(test_run_hook_started=started)

    def _end_run_hook(self, result: m.TestStepResult) -> None:
        finished = m.TestRunHookFinished(
            result=result, test_run_hook_started_id=str(self._run_hook), timestamp=results.now()
        )
        self._out.write(test_run_hook_finished=finished)
        self._run_hook = None
        self._failed = self._failed or result.status is m.TestStepResultStatus.failed

    def _clean_up_failed(self, context: Any, clean_up: Any, error: BaseException) -> None:
        self._clean_up_errors.append(results.story_of(error))
        context.print_cleanup_error(context, clean_up, error)

    def _report_clean_up(self, of: Any) -> None:
        """Write that the clean-up of a feature, a rule or the run failed, if it did; `of` is None for the run."""
        if (of is None and self._clean_up_errors) or (of is not None and of.status.name == "cleanup_error"):
            self._begin_run_hook(CLEAN_UP)
            self._end_run_hook(results.failed("\n".join(self._clean_up_errors) or "The clean-up raised an error."))
        self._clean_up_errors.clear()

    # -- What behave tells a formatter.

    def feature(self, feature: Any) -> None:
        """A feature begins."""
        self._feature = feature

    def rule(self, rule: Any) -> None:
        """A rule begins."""
        self._end_attempt()
        self._rule = rule

    def scenario(self, scenario: Any) -> None:
        """A scenario begins, and the one before it has ended."""
        self._end_attempt()
        pickle = self._documents.pickle(scenario)
        if pickle is not None and self._not_begun.pop(id(scenario), None) is not None:
            self._attempt = Attempt(self._out, self._definitions, scenario, pickle, not self.config.dry_run)

    def match(self, match: Any) -> None:  # noqa: ARG002 -- behave's signature
        """The next step begins."""
        if self._attempt is not None:
            self._attempt.step_begins()

    def result(self, step: Any) -> None:
        """A step has ended."""
        if self._attempt is not None:
            self._attempt.step_ends(step)

    def embedding(self, mime_type: str, data: bytes | str) -> None:
        """Somebody attaches something to what runs now; `text/plain; name="a title"` gives it a title.

        Only text goes into the stream as it is.
        """
        described = Message()
        described["Content-Type"] = mime_type
        is_text = isinstance(data, str) or described.get_content_maintype() == "text"
        body = data.decode("utf-8", "replace") if is_text and isinstance(data, bytes) else data
        if isinstance(body, bytes):
            body = base64.b64encode(body).decode("ascii")
        encoding = m.AttachmentContentEncoding.identity if is_text else m.AttachmentContentEncoding.base64
        attempt = self._attempt if self._run_hook is None else None
        attachment = m.Attachment(
            body=body,
            content_encoding=encoding,
            media_type=described.get_content_type(),
            file_name=described.get_filename(),
            timestamp=results.now(),
            test_case_started_id=attempt.id if attempt else None,
            test_step_id=attempt.current if attempt else None,
            test_run_hook_started_id=self._run_hook,
        )
        self._out.write(attachment=attachment)

    def rule_finished(self) -> None:
        """A rule has ended, its clean-up too."""
        self._end_attempt()
        self._report_clean_up(self._rule)

    def eof(self) -> None:
        """A feature has ended, its clean-up too."""
        self._end_attempt()
        self._report_clean_up(self._feature)

    def close(self) -> None:
        """The run has ended, its clean-up too."""
        if self._runner is not None:
            self._end_attempt()
            self._write_skipped()
            self._report_clean_up(None)
            self._out.write(test_run_finished=self._finished())
        self.close_stream()

    def _end_attempt(self) -> None:
        if self._attempt is not None:
            self._attempt.end(self._clean_up_errors)
            self._failed = self._failed or self._attempt.failed
            self._clean_up_errors.clear()
            self._attempt = None

    def _write_skipped(self) -> None:
        """Write the scenarios that behave has not told of since they were skipped; what was not come to is left."""
        for scenario in [s for s in self._not_begun.values() if s.status.name == "skipped"]:
            pickle = self._documents.pickle(scenario)
            if pickle is not None:
                self._attempt = Attempt(self._out, self._definitions, scenario, pickle, with_hooks=False)
                self._end_attempt()

    def _finished(self) -> m.TestRunFinished:
        aborted = bool(self._runner.aborted)
        untested = sum(s.status.name == "untested" for s in self._not_begun.values())
        said = "The run was aborted." if aborted else None
        if untested and not self.config.dry_run:
            said = f"{said or 'The run was ended early.'} Scenarios not come to: {untested}."
        success = not (self._failed or aborted or self._runner.hook_failures)
        return m.TestRunFinished(
            success=success, timestamp=results.now(), message=said, test_run_started_id=self._run_id
        )


def _meet_the_runner(formatter: CucumberMessages) -> None:
    """Let `formatter` know the runner as soon as it runs: behave gives formatters neither it nor the hooks."""
    run_model = ModelRunner.run_model

    @functools.wraps(run_model)
    def meet_and_run(runner: Any, features: Any = None) -> Any:
        ModelRunner.run_model = run_model
        if formatter in runner.formatters:
            formatter.run_begins(runner)
        return run_model(runner, features)

    ModelRunner.run_model = meet_and_run


def _is_selected(scenario: Any, config: Any) -> bool:
    """Tell whether the command line selects a scenario; behave skips those outside of `file:line` without a reason."""
    return bool(
        not (scenario.should_skip and not scenario.skip_reason)
        and scenario.should_run_with_tags(config.tag_expression)
        and scenario.should_run_with_name_select(config)
    )


def _meta() -> m.Meta:
    def product(name: str, version: str) -> m.Product:
        return m.Product(name=name, version=version)

    return m.Meta(
        protocol_version=metadata.version("cucumber-messages"),
        implementation=product("behave", metadata.version("behave")),
        runtime=product(platform.python_implementation(), platform.python_version()),
        os=product(platform.system(), platform.release().partition("-")[0]),  # what follows is the machine's own
        cpu=m.Product(name=platform.machine()),
    )
