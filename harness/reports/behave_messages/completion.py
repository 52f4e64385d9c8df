"""Reading messages, also those of a run that was killed: what is missing is completed and says that it is."""

import json
from collections.abc import Iterable
from typing import Any

ENDED_HERE = "Not finished: the run ended during this step."
ENDED_EARLY = "The run did not finish: it was killed, or is still running."


class NotMessagesError(ValueError):
    """This is no stream of Cucumber Messages."""


def complete(lines: Iterable[str]) -> list[Any]:
    """Return the messages of `lines`; where the run did not finish, its end is added.

    The step that ran then has failed ("not finished"), those behind it are skipped. Raises `NotMessagesError` when a
    line other than the last is no message, or the run never began.
    """
    messages = _parsed(list(lines))
    if not any("testRunStarted" in message for message in messages):
        raise NotMessagesError("There is no test run in it.")
    if "testRunFinished" not in messages[-1]:
        messages += _missing(messages)
    return messages


def _parsed(lines: list[str]) -> list[Any]:
    messages: list[Any] = []
    for number, line in enumerate(lines, start=1):
        try:
            message = json.loads(line)
        except ValueError:
            if number == len(lines) and messages:  # half a line: the run was killed while it wrote
                break
            raise NotMessagesError(f"Line {number} is no Cucumber message: {line.strip()[:60]!r}") from None
        if not isinstance(message, dict) or len(message) != 1:
            raise NotMessagesError(f"Line {number} is no Cucumber message: {line.strip()[:60]!r}")
        messages.append(message)
    return messages


def _missing(messages: list[Any]) -> list[Any]:
    """Return the ends of what has none, at the time of the last message."""
    by_kind: dict[str, list[Any]] = {}
    for message in messages:
        for kind, content in message.items():
            by_kind.setdefault(kind, []).append(content)
    at = [c["timestamp"] for message in messages for c in message.values() if "timestamp" in c][-1]
    added = _hooks(by_kind, at)
    cases = {case["id"]: case for case in by_kind.get("testCase", [])}
    finished = {each["testCaseStartedId"] for each in by_kind.get("testCaseFinished", [])}
    for attempt in by_kind.get("testCaseStarted", []):
        if attempt["id"] not in finished:
            added += _rest(attempt["id"], cases[attempt["testCaseId"]], by_kind, at)
    end = {"success": False, "message": ENDED_EARLY, "timestamp": at}
    if run_id := by_kind["testRunStarted"][0].get("id"):
        end["testRunStartedId"] = run_id
    return [*added, {"testRunFinished": end}]


def _hooks(by_kind: dict[str, list[Any]], at: Any) -> list[Any]:
    finished = {each["testRunHookStartedId"] for each in by_kind.get("testRunHookFinished", [])}
    return [
        {"testRunHookFinished": {"testRunHookStartedId": hook["id"], "result": _result(True), "timestamp": at}}
        for hook in by_kind.get("testRunHookStarted", [])
        if hook["id"] not in finished
    ]


def _rest(attempt: str, case: Any, by_kind: dict[str, list[Any]], at: Any) -> list[Any]:
    """Return the rest of a test case: its first open step did not finish, the ones behind it were not come to."""

    def steps(kind: str) -> set[str]:
        return {each["testStepId"] for each in by_kind.get(kind, []) if each["testCaseStartedId"] == attempt}

    begun, ended = steps("testStepStarted"), steps("testStepFinished")
    added: list[Any] = []
    is_first = True
    for step in case["testSteps"]:
        at_step = {"testCaseStartedId": attempt, "testStepId": step["id"], "timestamp": at}
        if step["id"] in ended:
            continue
        if step["id"] not in begun:
            added.append({"testStepStarted": at_step})
        added.append({"testStepFinished": {**at_step, "testStepResult": _result(is_first)}})
        is_first = False
    return [*added, {"testCaseFinished": {"testCaseStartedId": attempt, "timestamp": at, "willBeRetried": False}}]


def _result(ended_here: bool) -> Any:
    result: dict[str, Any] = {"status": "SKIPPED", "duration": {"seconds": 0, "nanos": 0}}
    return {**result, "status": "FAILED", "message": ENDED_HERE} if ended_here else result
