"""What the service's log tells about an event."""

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

    async def tells_of(self, name: str) -> None:
        """Wait for a line that names a student or an essay together with the last event's correlation id (P4, P7)."""
        kind = "student" if self._names.knows("student", name) else "essay"
        words = str(self._names.id(kind, name)) if self._names.knows(kind, name) else name
        await self._wait_for_line(f'the {kind} "{name}"', words)

    async def tells_of_the_event(self) -> None:
        """Wait for a line about the last event (P2)."""
        await self._wait_for_line("the event", "")

    async def warns_about_the_event(self) -> None:
        """Wait for a warning about the last event (I1)."""
        await self._wait_for_line("a conflict, as a warning,", "warn")

    async def _wait_for_line(self, what: str, word: str) -> None:
        correlation_id = self._nlp.last_event.correlation_id

        async def look() -> None:
            lines = await self._auditor.log_lines(correlation_id, since=self._since)
            if not any(word.lower() in line.lower() for line in lines):
                told = "\n".join(f"    {line[:300]}" for line in lines) or "    (no line at all)"
                raise AssertionError(
                    f"the log does not tell of {what} under the correlation id {correlation_id}, only\n{told}"
                )

        await self._patience.eventually(look)

    async def carries_the_correlation_id_throughout(self) -> None:
        """Raise AssertionError if a line about the last event lacks its correlation id, or there is none (P9)."""
        event = self._nlp.last_event
        data = event.envelope["data"]
        ids = [event.event_id, data["batch_id"], *(result["essay_id"] for result in data["match_results"])]
        await self._wait_for_line("the event", "")
        lines = await self._auditor.log_lines(*map(str, ids), since=self._since)
        without = [line for line in lines if event.correlation_id not in line]
        if without:
            raise AssertionError(
                f"{len(without)} of {len(lines)} log lines about the event lack its correlation id "
                f"{event.correlation_id}, such as\n    {without[0][:500]}"
            )
