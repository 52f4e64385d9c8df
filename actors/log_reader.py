"""What the service's log tells about an event."""

import re
from collections.abc import Callable

from actors.auditor import Auditor
from actors.nlp_service import NlpService
from harness.eventually import Patience
from harness.journal import Journal
from harness.names import Names


class LogReader:
    """Reads what the service wrote since the scenario began."""

    def __init__(self, auditor: Auditor, nlp: NlpService, names: Names, journal: Journal, patience: Patience) -> None:
        self._auditor, self._nlp, self._names, self._patience = auditor, nlp, names, patience
        self._since = journal.begun

    async def tells_of_unknown_student(self, student: str, essay: str, other: str) -> None:
        """Wait for a line that names the student, or is about the essay and unlike any about the `other` (P4)."""
        student_id = str(self._names.id("student", student))
        what = f'the unknown student "{student}" for "{essay}"'
        await self._wait_for(
            what, lambda lines: any(student_id in line for line in lines) or self._set_apart(lines, essay, other)
        )

    async def tells_of_kept_association(self, essay: str, other: str) -> None:
        """Wait for a line about an essay that has its association, unlike any about the `other`, stored anew (P5)."""
        what = f'"{essay}", which has its association already,'
        await self._wait_for(what, lambda lines: self._set_apart(lines, essay, other))

    async def tells_of_failed_essay(self, essay: str, *others: str) -> None:
        """Wait for a line about an essay unlike any about the `others` of its batch, which were stored (P7)."""
        what = f'the essay "{essay}", which could not be stored,'
        await self._wait_for(what, lambda lines: self._set_apart(lines, essay, *others))

    def _set_apart(self, lines: list[str], essay: str, *others: str) -> bool:
        """Tell whether a line about `essay` says what no line about the `others` says."""
        one, rest = self._nlp.essay_id(essay), [self._nlp.essay_id(other) for other in others]
        usual = {_gist(line, essay_id) for line in lines for essay_id in rest if essay_id in line}
        return any(one in line and _gist(line, one) not in usual for line in lines)

    async def tells_of_the_event(self) -> None:
        """Wait for a line about the last event (P2)."""
        await self._wait_for("the event", bool)

    async def warns_about_the_event(self) -> None:
        """Wait for a warning about the last event (I1)."""
        await self._wait_for("a conflict, as a warning,", lambda lines: any("warn" in line.lower() for line in lines))

    async def _lines(self) -> list[str]:
        return await self._auditor.log_lines(self._nlp.last_event.correlation_id, since=self._since)

    async def _wait_for(self, what: str, do_tell: Callable[[list[str]], bool]) -> None:
        async def look() -> None:
            lines = await self._lines()
            if not do_tell(lines):
                told = "\n".join(f"    {line[:300]}" for line in lines) or "    (no line at all)"
                raise AssertionError(
                    f"the log does not tell of {what} under the event's correlation id "
                    f"{self._nlp.last_event.correlation_id}, only\n{told}"
                )

        await self._patience.eventually(look)

    async def carries_the_correlation_id_throughout(self) -> None:
        """Raise AssertionError if a line about the last event lacks its correlation id, or there is none (P9)."""
        event = self._nlp.last_event
        data = event.envelope["data"]
        ids = [event.event_id, data["batch_id"], *(result["essay_id"] for result in data["match_results"])]
        await self._wait_for("the event", bool)
        lines = await self._auditor.log_lines(*map(str, ids), since=self._since)
        without = [line for line in lines if event.correlation_id not in line]
        if without:
            raise AssertionError(
                f"{len(without)} of {len(lines)} log lines about the event lack its correlation id "
                f"{event.correlation_id}, such as\n    {without[0][:500]}"
            )


def _gist(line: str, essay_id: str) -> str:
    """Return what a line says without the id, the times and the numbers in it."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", line.replace(essay_id, "#"))
