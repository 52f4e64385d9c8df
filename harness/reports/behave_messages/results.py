"""behave's statuses, times and errors in the words of Cucumber Messages."""

import traceback
from pathlib import Path
from typing import Any

import behave
import cucumber_messages as m

from . import clock

_Status = m.TestStepResultStatus
_STATUSES = {
    "passed": _Status.passed,
    "xfailed": _Status.passed,
    "xpassed": _Status.failed,
    "failed": _Status.failed,
    "error": _Status.failed,
    "hook_error": _Status.failed,
    "cleanup_error": _Status.failed,
    "undefined": _Status.undefined,
    "untested_undefined": _Status.undefined,
    "pending": _Status.pending,
    "pending_warn": _Status.pending,
    "untested_pending": _Status.pending,
    "skipped": _Status.skipped,
    # What was not come to, as Cucumber has it for the steps after a failed one and for dry runs.
    "untested": _Status.skipped,
}
_NANOS = 1_000_000_000
_FRAMEWORK = (str(Path(behave.__file__).parent), str(Path(__file__).parent))
"""Frames of behave and of this package say nothing about an error."""


def now() -> m.Timestamp:
    """Return the time, or when that was which is told now."""
    seconds, nanos = divmod(clock.now(), _NANOS)
    return m.Timestamp(nanos=nanos, seconds=seconds)


def duration(seconds: float) -> m.Duration:
    """Return `seconds` as a duration; never negative, whatever the clock did."""
    whole, nanos = divmod(max(round(seconds * _NANOS), 0), _NANOS)
    return m.Duration(nanos=nanos, seconds=whole)


def passed(seconds: float = 0.0) -> m.TestStepResult:
    """Return the result of something that went well."""
    return m.TestStepResult(duration=duration(seconds), status=_Status.passed)


def skipped(why: str | None = None) -> m.TestStepResult:
    """Return the result of something that was not tried."""
    return m.TestStepResult(duration=duration(0), status=_Status.skipped, message=why)


def failed(message: str, error: BaseException | None = None, seconds: float = 0.0) -> m.TestStepResult:
    """Return the result of something that went wrong; `message` is what to read about it."""
    return m.TestStepResult(
        duration=duration(seconds), status=_Status.failed, message=message, exception=_exception(error)
    )


def of_step(step: Any, skip_reason: str | None = None) -> m.TestStepResult:
    """Return the result of behave's `step` as its status, error and duration tell it."""
    status = _STATUSES.get(step.status.name, _Status.unknown)
    message = step.error_message if step.hook_failed or not step.exception else story_of(step.exception)
    if status is _Status.skipped:
        message = skip_reason
    return m.TestStepResult(
        duration=duration(step.duration), status=status, message=message, exception=_exception(step.exception)
    )


def story_of(error: BaseException) -> str:
    """Return what a failed assertion says, or the traceback of any other error, without the frameworks' frames."""
    if isinstance(error, AssertionError) and str(error):
        return str(error)
    told = traceback.TracebackException.from_exception(error)
    own = [frame for frame in told.stack if not frame.filename.startswith(_FRAMEWORK)]
    told.stack = traceback.StackSummary.from_list(own or told.stack)
    return "".join(told.format())


def _exception(error: BaseException | None) -> Any:
    if error is None:
        return None
    return m.Exception(type=type(error).__name__, message=str(error), stack_trace=story_of(error))
