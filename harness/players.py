"""Several scenarios at a time: they are played ahead, and told when it is their turn in the report.

behave runs scenario after scenario. Here each is run by behave's own code, too, but in another thread, before behave
comes to it. What its formatters would have been told is kept meanwhile, with the time, and told when behave gets there:
reports read as if all had happened in the order of the features.
"""

import functools
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from behave.model import Scenario
from behave.reporter.base import Reporter
from behave.runner import Context, ModelRunner

from harness.errors import InfrastructureError, UnexpectedLogError
from harness.laboratories import WORTH_ANOTHER
from harness.reports.behave_messages.clock import as_of
from harness.signals import unheard
from harness.stage import LOG_DEADLINE, SCENARIO_CLOSE_DEADLINE

if TYPE_CHECKING:
    from harness.suite import Suite

SHARED = ("suite", "artifacts", "selected")
"""What the hooks find in behave's context, for the run."""
WATCHED = ("before_tag", "before_scenario", "after_scenario", "after_tag")
"""The hooks of a scenario; those of its steps are theirs."""
NEAR = 8
"""Scenarios of which one is played before its turn, because it fits to what the last one has left."""
LOOKS_UP = 0.2
"""Seconds after which somebody who waits looks up."""
ENDS_WITHIN = SCENARIO_CLOSE_DEADLINE + 3 * LOG_DEADLINE
"""Seconds in which all players have cleaned up behind them when a run is ended early."""


class HookedRunner(ModelRunner):  # type: ignore[misc]  # behave has no types
    """A runner of behave's that knows the suite, which its hooks have opened, and the hooks as the project has them."""

    own_hooks: dict[str, Callable[..., Any]]

    @property
    def suite(self) -> "Suite | None":
        """The suite, once it is opened."""
        return getattr(self.context, "suite", None)

    def run_hook(self, hook_name: str, *args: Any) -> bool:
        """Run a hook; when infrastructure did not come up in it, there is no sense in going on."""
        passed = bool(super().run_hook(hook_name, *args))
        if hook_name == "after_scenario" and isinstance(args[0].exception, UnexpectedLogError):
            args[0].error_message = str(args[0].exception)  # it is the scenario that has failed, not the hook
        if self.has_nothing_left:
            self.abort(reason="there is nothing left to run on")
        return passed

    @property
    def has_nothing_left(self) -> bool:
        """Whether there is nothing left to run on."""
        return self.suite is not None and self.suite.is_over


@dataclass(frozen=True)
class _Told:
    """What formatters are to be told: the name of their method, its arguments, and when it was (nanoseconds)."""

    what: str
    arguments: tuple[Any, ...]
    at: int


class _Script:
    """Takes the place of the formatters where a scenario is played ahead: it writes down what they are to be told.

    Beside what behave tells formatters, these are the beginnings and ends of hooks, which step begins, and the end.
    """

    def __init__(self, scenario: Any) -> None:
        self._steps = iter(scenario.all_steps)
        self._lines: queue.SimpleQueue[_Told] = queue.SimpleQueue()
        self._has_ended = threading.Event()

    def _write(self, what: str, *arguments: Any) -> None:
        self._lines.put(_Told(what, arguments, time.time_ns()))

    def scenario(self, scenario: Any) -> None:
        """See behave's `Formatter`."""
        self._write("scenario", scenario)

    def step(self, step: Any) -> None:
        """See behave's `Formatter`."""
        self._write("step", step)

    def match(self, match: Any) -> None:
        """See behave's `Formatter`; with it comes the step, which behave does not name."""
        self._write("match", match, next(self._steps))

    def result(self, step: Any) -> None:
        """See behave's `Formatter`."""
        self._write("result", step)

    def embedding(self, mime_type: str, data: bytes | str) -> None:
        """See behave's `Formatter`."""
        self._write("embedding", mime_type, data)

    def watched(self, name: str, hook: Callable[..., Any]) -> Callable[..., Any]:
        """Return `hook`, of which is written down when it begins and ends, and how."""

        @functools.wraps(hook)
        def watched(*arguments: Any) -> Any:
            begun, error = time.perf_counter(), None
            self._write("hook_begins", name)
            try:
                return hook(*arguments)
            except BaseException as raised:
                error = raised
                raise
            finally:
                self._write("hook_ends", time.perf_counter() - begun, error)

        return watched

    def ends(self, scenario: Any) -> None:
        """Write down that the scenario has ended, and that nothing follows."""
        self._write("scenario_finished", scenario)
        self._has_ended.set()

    def __iter__(self) -> Iterator[_Told]:
        """Read, as far as it is written, and wait for what comes, up to the end."""
        while True:
            # Not a last line: it would be lost to who is interrupted just as he gets it, and then be waited for again.
            all_is_written = self._has_ended.is_set()
            try:
                yield self._lines.get(timeout=0 if all_is_written else LOOKS_UP)
            except queue.Empty:  # a signal that another thread was told of is heeded here
                if all_is_written:
                    return


class _Player(HookedRunner):
    """Stands for the `runner` where a scenario is played ahead; tells a script instead of formatters."""

    def __init__(self, runner: HookedRunner, script: _Script, shared: Mapping[str, Any]) -> None:
        super().__init__(runner.config, step_registry=runner.step_registry)
        self.formatters = [script]
        # Formatters have put a watch on the runner's hooks: here the script has one on those of the project.
        hooks = runner.own_hooks
        self.hooks = hooks | {name: script.watched(name, hooks[name]) for name in WATCHED if name in hooks}
        self.context = Context(self)
        with self.context.use_with_user_mode():
            for name, value in shared.items():
                setattr(self.context, name, value)

    def abort(self, reason: str | None = None) -> None:  # noqa: ARG002 -- behave's signature
        """End the scenario; that the run ends, its own runner tells."""
        self.aborted = True

    def setup_capture(self, name: str | None = None) -> None:
        """Capture nothing: there is one standard output for all."""

    start_capture = stop_capture = teardown_capture = setup_capture


class _Performance:
    """A scenario that is played ahead."""

    def __init__(self, scenario: Any) -> None:
        self.scenario = scenario
        self.script = _Script(scenario)
        self.player: _Player | None = None
        self.failed = self.is_told = False
        self.crash: BaseException | None = None

    def play(self, runner: HookedRunner, shared: Mapping[str, Any]) -> None:
        """Have behave run it; `shared` is what its context has from the run's."""
        try:
            self.player = _Player(runner, self.script, shared)
            self.failed = bool(Scenario.run(self.scenario, self.player))
        except BaseException as crash:  # noqa: BLE001 -- it is raised where behave would have run the scenario
            self.crash = crash
        finally:
            self.script.ends(self.scenario)

    def give_up(self) -> None:
        """Let nobody wait for it."""
        self.script.ends(self.scenario)


class Waiting:
    """Scenarios that are still to be played, in the order of the report; may be used from several threads."""

    def __init__(self, performances: Iterable[_Performance]) -> None:
        self._all = list(performances)
        self._passed_over = 0
        self._taking = threading.Lock()

    def __len__(self) -> int:
        return len(self._all)

    def take(self, fits: Callable[[Any], bool]) -> _Performance | None:
        """Return what to play next, None when nothing is left: of the NEAR next the first that fits.

        The first of all is not passed over more often than that, for the report waits for it.
        """
        with self._taking:
            near = self._all[: 1 if self._passed_over == NEAR else NEAR]
            if not near:
                return None
            chosen = next((each for each in near if fits(each.scenario)), near[0])
            self._passed_over = 0 if chosen is near[0] else self._passed_over + 1
            self._all.remove(chosen)
            return chosen


class Players(Reporter):  # type: ignore[misc]  # behave has no types
    """Play the scenarios of a `runner` ahead, `number` at a time; behave hears of each in its turn.

    One player has the `others`, on the shared site, in their order, and then helps those who play `in_laboratories`.
    The first of its reporters: where a run ends early, what was not told counts as not come to.
    """

    def __init__(
        self, runner: HookedRunner, in_laboratories: Sequence[Any], number: int, others: Sequence[Any]
    ) -> None:
        super().__init__(runner.config)
        self._runner = runner
        assert runner.suite is not None, "no suite was opened"
        self._suite = runner.suite
        # Read now: behave's context must not be read while behave's own thread goes into a feature, or leaves it.
        self._shared = {name: getattr(runner.context, name) for name in SHARED}
        self._performances = {id(scenario): _Performance(scenario) for scenario in (*in_laboratories, *others)}
        for performance in self._performances.values():
            performance.scenario.run = functools.partial(self._tell, performance)
        self._is_over = False
        runner.config.reporters.insert(0, self)
        runner.config.capture_hooks = False  # there is one standard output for all
        ahead, beside = (Waiting(self._performances[id(each)] for each in lot) for lot in (in_laboratories, others))
        works = [functools.partial(self._play_in_laboratory, n, ahead) for n in range(number - 1)]
        works.append(functools.partial(self._play_beside, beside, number - 1, ahead))
        self._threads = [threading.Thread(target=work, name=f"player-{n}", daemon=True) for n, work in enumerate(works)]
        for thread in self._threads:
            thread.start()

    def _play_in_laboratory(self, number: int, ahead: Waiting) -> None:
        with suppress(InfrastructureError, KeyboardInterrupt):  # the suite keeps the one, and the other ends the run
            self._suite.bring_up_laboratory(number)
        self._play(ahead, self._suite.goes_on_with)

    def _play_beside(self, beside: Waiting, number: int, ahead: Waiting) -> None:
        self._play(beside, lambda _: True)
        if len(ahead) >= WORTH_ANOTHER and not (self._is_over or self._suite.is_over):
            self._play_in_laboratory(number, ahead)

    def _play(self, waiting: Waiting, fits: Callable[[Any], bool]) -> None:
        while (performance := waiting.take(fits)) is not None:
            if self._is_over or self._suite.is_over:
                performance.give_up()
            else:
                performance.play(self._runner, self._shared)

    def _tell(self, performance: _Performance, runner: HookedRunner) -> bool:
        """Tell the runner's formatters what they are to be told of a scenario, as it comes: behave's `Scenario.run`."""
        performance.is_told = True
        for formatter in runner.formatters:  # what has run here has ended before what is told now is dated back
            _tell(formatter, _Told("scenario_finished", (None,), 0))
        try:
            if runner.aborted:
                self._end()
            self._tell_all(performance)
        except KeyboardInterrupt:
            runner.abort(reason="KeyboardInterrupt")
            self._end()
            self._tell_all(performance)
        if performance.crash is not None:
            raise performance.crash
        if runner.has_nothing_left:
            runner.abort(reason="there is nothing left to run on")
        if performance.player is not None:
            runner.hook_failures += performance.player.hook_failures
            runner.undefined_steps.extend(performance.player.undefined_steps)
        return performance.failed or bool(runner.aborted)

    def _tell_all(self, performance: _Performance) -> None:
        for told in performance.script:
            with as_of(told.at):
                for formatter in self._runner.formatters:
                    _tell(formatter, told)

    @property
    def have_more_to_tell(self) -> bool:
        """Whether a scenario was begun that is not told yet, and no trouble with infrastructure ends the run.

        Where the shared service has ended, one of them has brought that about, and another one has seen it.
        """
        played = (each.player is not None and not each.is_told for each in self._performances.values())
        return self._suite.trouble is None and any(played)

    def feature(self, feature: Any) -> None:
        """See behave's `Reporter`: a feature has ended, or is not going to be run."""
        scenarios = [self._performances.get(id(scenario)) for scenario in feature.walk_scenarios()]
        if any(performance is not None and not performance.is_told for performance in scenarios):
            self._end()

    def end(self) -> None:
        """See behave's `Reporter`."""

    def stop(self) -> None:
        """See that nobody plays any more, or is waited for, now that the run ends."""
        if any(thread.is_alive() for thread in self._threads):
            self._end()

    def _end(self) -> None:
        """Begin with nothing more, cut short what is being played, and wait until all is cleaned up behind it."""
        if self._is_over:
            return
        self._is_over = True
        with unheard():
            self._suite.turns.end()
            self._suite.loop.ends_for_others()
            deadline = time.monotonic() + ENDS_WITHIN * self._suite.factor
            for thread in self._threads:
                thread.join(max(0.0, deadline - time.monotonic()))
            for performance in self._performances.values():
                if not performance.is_told:
                    performance.scenario.reset()


def _tell(formatter: Any, told: _Told) -> None:
    """Tell a formatter, in the words that it knows, if it wants to know."""
    if told.what == "match" and not hasattr(formatter, "step_begins"):
        formatter.match(told.arguments[0])
    elif told.what == "match":
        formatter.step_begins(told.arguments[1])
    elif (method := getattr(formatter, told.what, None)) is not None:
        method(*told.arguments)
