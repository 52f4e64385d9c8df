"""One scenario on its stage: its scope, from its opening to its closing."""

import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from dishka import AsyncContainer
from dishka.exceptions import ExitError

from harness.errors import InfrastructureError, UnexpectedLogError
from harness.evidence import Kept, keep_evidence
from harness.log_watch import LogWatch
from harness.story import Attach, tell_step
from harness.tellable import tellable

if TYPE_CHECKING:
    from harness.suite import Suite

SCENARIO_CLOSE_DEADLINE = 150.0
"""More than the faults of a scenario may take to heal, one after the other, and its containers to go."""
EVIDENCE_DEADLINE = 5.0
LOG_DEADLINE = 10.0


def where(*, laboratory: bool) -> str:
    """Return in words where a scenario takes place."""
    return "in a laboratory" if laboratory else "on the shared site"


class Stage:
    """The SCENARIO scope `scope` of a run, `suite`, with the `watch` over the service's log; it is open when made."""

    def __init__(self, suite: "Suite", scope: AsyncContainer, watch: LogWatch) -> None:
        self._suite, self._scope, self._watch = suite, scope, watch
        self._kept: Kept | None = None

    def run_step(self, step: Callable[[AsyncContainer], Awaitable[None]], deadline: float, phrase: str) -> None:
        """Run a step in the scope; `deadline` is in seconds. A failure names the folder of its evidence."""
        self._suite.timings.step_begins()
        self._kept = None

        async def take() -> None:
            async with tellable(self._scope):
                await step(self._scope)

        try:
            self._suite.loop.run(take(), deadline=deadline * self._suite.factor, what="The step")
        except InfrastructureError as trouble:
            self._suite.has_trouble(trouble)
            raise
        except KeyboardInterrupt:  # what the service makes of it that the scenario ends half-way is nobody's business
            self._watch.has_failed = True
            raise
        except Exception as error:
            self._suite.has_refuted = self._watch.has_failed = True
            told = self._keep_evidence(phrase, error)
            if not isinstance(error, AssertionError):
                error.add_note(told)
                raise
            raise AssertionError(f"{error}\n{told}") from None

    def _keep_evidence(self, phrase: str, failure: Exception) -> str:
        """Return the digest of the evidence and where it is, or why there is none; never hides the failure."""
        try:
            with self._suite.timings.taking("evidence"):
                keeping = keep_evidence(self._scope, self._suite.artifacts, phrase, failure)
                self._kept = self._suite.loop.run(keeping, deadline=EVIDENCE_DEADLINE, what="Keeping the evidence")
        except Exception as trouble:  # noqa: BLE001 -- whatever it is, the failure matters more
            return f"  evidence could not be kept: {trouble!r}"
        digest = [*self._kept.digest, f"evidence: {os.path.relpath(self._kept.folder)}"]
        return "\n".join(f"  {line}" for line in digest)

    def tell_step(self, attach: Attach) -> None:
        """Attach to the step that has ended what was done and seen in it, and the evidence if it has left some."""
        tell_step(self._suite.loop, self._scope, self._kept.index if self._kept else None, attach)

    def close(self) -> None:
        """Close the scope: whatever it opened is closed, however the scenario ended.

        Raises `UnexpectedLogError` when every step has held but the service has logged errors that nobody expects.
        """
        try:
            with self._suite.keeping_trouble("Cleaning up after the scenario"):
                try:
                    told = self._sweep_log()
                finally:
                    with self._suite.timings.taking(f"clean-up {where(laboratory=self._watch.is_alone)}"):
                        self._close_scope()
        finally:
            self._suite.turns.leave()
        if self._watch.unexpected and not self._watch.has_failed:
            self._suite.has_refuted = True
            raise UnexpectedLogError("\n".join(filter(None, [self._watch.told(), told])))

    def _sweep_log(self) -> str:
        """Look at the service's log while the site still stands; keep evidence if that alone fails the scenario."""
        with self._suite.timings.taking("log sweep"):
            self._look_at_log(self._watch.look())
        if self._watch.has_failed or not self._watch.unexpected:
            return ""
        kept = self._keep_evidence("after the last step", UnexpectedLogError(self._watch.told()))
        return kept.splitlines()[-1]  # the rest of it would say the same once more

    def _look_at_log(self, look: Coroutine[Any, Any, None]) -> None:
        deadline = LOG_DEADLINE * self._suite.factor
        self._suite.loop.run(look, deadline=deadline, what="Looking at the log", must_end=True)

    def _close_scope(self) -> None:
        deadline = SCENARIO_CLOSE_DEADLINE * self._suite.factor
        try:
            self._suite.loop.run(self._scope.close(), deadline=deadline, what="Cleaning up", must_end=True)
        except ExitError as errors:
            causes = "; ".join(f"{type(e).__name__}: {e}" for e in errors.exceptions)
            raise InfrastructureError(f"Cleaning up after the scenario failed: {causes}") from errors
