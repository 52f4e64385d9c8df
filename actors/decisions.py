"""What has become of suggestions: who wrote what, for certain, as the auditor finds it (§5, H7, T1)."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from actors import wire
from actors.announcements import Announcements
from actors.auditor import Auditor, shown_score
from actors.calendar import Calendar
from actors.essay_lifecycle import EssayLifecycle
from actors.storage import CLOCK_TOLERANCE
from actors.teacher import Teacher
from harness.compare import Row, assert_exactly
from harness.eventually import Patience
from harness.names import Names

CONFIRMED, REJECTED, PENDING = "confirmed", "rejected", "pending"
SERVER_ERRORS = 500


class Decisions:
    """The associations of a batch, each confirmed, rejected or pending, and by whom."""

    def __init__(
        self,
        auditor: Auditor,
        teacher: Teacher,
        lifecycle: EssayLifecycle,
        announcements: Announcements,
        calendar: Calendar,
        *,
        names: Names,
        patience: Patience,
    ) -> None:
        self._auditor, self._teacher, self._lifecycle = auditor, teacher, lifecycle
        self._announcements, self._calendar = announcements, calendar
        self._names, self._patience = names, patience
        self._sent: list[list[Row]] = []
        self._answers: list[asyncio.Task[httpx.Response]] = []

    async def hold_exactly(self, batches: Sequence[str], rows: Sequence[Row]) -> None:
        """Wait until exactly `rows` are stored for batches; the times of validation are now, or none while pending."""

        async def look() -> None:
            stored = await self._auditor.rows(*batches)
            await self._calendar.knows_unknown_students()
            assert_exactly(rows, [self._shown(row) for row in stored], what=f"decided about {', '.join(batches)}")
            if wrong := [problem for row in stored if (problem := _problem(row))]:
                raise AssertionError("\n".join(wrong))

        await self._patience.eventually(look)

    def _shown(self, row: dict[str, Any]) -> Row:
        status = row["validation_status"]
        return {
            "batch": self._names.name("batch", row["batch_id"]),
            "essay": self._names.name("essay", row["essay_id"]),
            "student": self._names.name("student", row["student_id"]),
            "confidence": shown_score(row["confidence_score"]),
            "status": PENDING if status == wire.PENDING else status,
            "by": self._lifecycle.who(row["validated_by"] or ""),
            "method": row["validation_method"] or "",
        }

    def sends(self, batch: str, *answers: Sequence[Row], times: int = 1) -> None:
        """Send answers about a batch, each so many times and all at once, without waiting for what comes back."""
        self._sent = [sorted(answer, key=lambda row: row["essay"]) for answer in answers]
        rows = [answer for _ in range(times) for answer in answers]
        self._answers = [asyncio.create_task(self._teacher.sends_answers(batch, answer)) for answer in rows]

    async def are_answered(self) -> None:
        """Wait until all that was sent is answered; who comes late may be told so, but without an error."""
        answers = await asyncio.gather(*self._answers)
        failed = [answer for answer in answers if answer.status_code >= SERVER_ERRORS]
        assert not failed, (
            f"{len(failed)} of {len(answers)} requests failed, the first with {failed[0].status_code}: "
            f"{failed[0].text[:300]}"
        )

    async def give_up(self) -> None:
        """Wait no longer for what was sent."""
        for task in self._answers:
            task.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)

    async def are_one_of_those_sent(self, batch: str) -> None:
        """Raise AssertionError unless one of the answers that were sent is stored as a whole."""
        rows = [self._shown(row) for row in await self._auditor.rows(batch)]
        stored = {row["essay"]: row["status"] for row in rows}
        wanted = [{row["essay"]: row["answer"] for row in answer} for answer in self._sent]
        assert stored in wanted, f"stored is {stored}, which is none of the answers as a whole: {wanted}"

    async def are_of_one_hand(self, batch: str) -> None:
        """Wait until all of a batch is decided; raises AssertionError unless the same one has decided about all."""
        await self._patience.eventually(lambda: self._are_decided(batch))
        hands = {row["by"] for row in map(self._shown, await self._auditor.rows(batch))}
        assert len(hands) == 1, f'about "{batch}" has decided: {" and ".join(sorted(hands))}'

    async def _are_decided(self, batch: str) -> None:
        pending = [
            row["essay"] for row in map(self._shown, await self._auditor.rows(batch)) if row["status"] == PENDING
        ]
        assert not pending, f"still pending: {', '.join(pending)}"

    async def are_announced_once(self, *batches: str) -> None:
        """Wait until exactly what is stored as confirmed is announced as such, in one announcement a batch."""
        for batch in batches:
            await self._is_announced_once(batch)

    async def _is_announced_once(self, batch: str) -> None:
        await self._patience.eventually(lambda: self._are_decided(batch))
        stored = [self._shown(row) for row in await self._auditor.rows(batch)]
        told = ("essay", "student", "by", "method")
        rows = [{column: row[column] for column in told} for row in stored if row["status"] == CONFIRMED]
        await self._announcements.confirm_exactly(batch, rows, times=1 if rows else 0)


def opposite(rows: Sequence[Row]) -> list[Row]:
    """Return answers that contradict others in every row."""
    return [{**row, "answer": REJECTED if row["answer"] == CONFIRMED else CONFIRMED} for row in rows]


def _problem(row: dict[str, Any]) -> str:
    """Return what is wrong with the time of validation of a stored association, empty if nothing is."""
    at = row["validated_at"]
    if row["validation_status"] == wire.PENDING:
        return f"an association that is pending was validated at {at}" if at else ""
    now = datetime.now(UTC).replace(tzinfo=None)
    if at is None or abs(at - now) > CLOCK_TOLERANCE:
        return f"validated_at is {at}, and it is {now} (UTC) now"
    return ""
