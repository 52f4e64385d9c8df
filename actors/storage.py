"""What is stored, waited for and compared."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from actors import wire
from actors.auditor import Auditor
from actors.nlp_service import NlpService, Rows
from harness.compare import assert_exactly
from harness.eventually import Passing, Patience
from harness.names import Names

CLOCK_TOLERANCE = timedelta(minutes=2)
"""The engine's clock and this machine's may differ a little; a sender's clock or a time zone differs by more."""


class Storage:
    """The associations as the auditor finds them."""

    def __init__(self, auditor: Auditor, nlp: NlpService, names: Names, patience: Patience) -> None:
        self._auditor, self._nlp, self._names, self._patience = auditor, nlp, names, patience

    async def holds_exactly(self, batch: str, rows: Rows, within: float = 5.0) -> None:
        """Wait until exactly `rows` are stored for a batch, in the columns that they have; `within` is in seconds.

        A look counts once the event about the batch is acknowledged: that comes after its effect (P8), so what is
        not there by then never comes, and nothing more does.
        """
        await self.holds_together([batch], rows, within)

    async def holds_soon(self, batch: str, rows: Rows, within: float) -> None:
        """Wait as `holds_exactly` does; raises AssertionError that tells whose event the record says it is (I8)."""
        try:
            await self.holds_exactly(batch, rows, within)
        except AssertionError as late:
            record = await self._auditor.record(self._nlp.event_about(batch))
            raise AssertionError(f"not within {within} s: {late}\nits record meanwhile: {record}") from late

    async def holds_together(self, batches: Sequence[str], rows: Rows, within: float = 5.0) -> None:
        """Wait until exactly `rows` are stored for several batches together; see `holds_exactly`."""
        positions = [self._nlp.position_about(batch) for batch in batches]
        what = " and ".join(f'"{batch}"' for batch in batches)

        async def look() -> None:
            assert_exactly(rows, await self._auditor.associations(*batches), what=f"stored for {what}")

        await self._patience.until_settled(look, lambda: self._auditor.acknowledgement(*positions), within=within)

    async def holds_student_for(self, essay: str, student: str) -> None:
        """Raise AssertionError unless the association of an essay is with a student, whatever its batch."""
        row = await self._auditor.row_of_essay(essay)
        seen = self._names.name("student", row["student_id"]) if row else "nobody"
        if seen != student:
            raise AssertionError(f'the association of "{essay}" is with {seen}, expected {student}')

    async def holds_all_essays_of(self, batch: str) -> None:
        """Wait until the event about a batch counts as processed and every essay of it has an association."""
        event = self._nlp.event_about(batch)
        essays = {str(result["essay_id"]) for result in event.envelope["data"]["match_results"]}

        async def look() -> None:
            stored = {str(row["essay_id"]) for row in await self._auditor.rows(batch)}
            if stored != essays:
                raise AssertionError(f'of {len(essays)} essays of "{batch}" {len(stored)} are stored')

        await self.counts_as_processed()
        await look()

    async def counts_as_processed(self) -> None:
        """Wait until the event sent last is on record as completed and its offset is committed (P8)."""
        event, position = self._nlp.last_event, self._nlp.last_position

        async def look() -> None:
            record = await self._auditor.record(event)
            if record is None or record["status"] != "completed":
                raise AssertionError(f"the event is not on record as completed; its record is {record}")

        await self._patience.until_settled(look, lambda: self._auditor.acknowledgement(position))

    async def has_set_aside(self) -> None:
        """Wait until the last event is acknowledged, though nothing of it is stored (P10)."""
        await self._patience.eventually(self._is_acknowledged)
        await self.holds_nothing_now(self._nlp.last_batch)

    async def has_not_put_aside(self, batch: str) -> None:
        """Raise AssertionError if the event sent last about a batch is a dead letter, too."""
        if letters := await self._auditor.dead_letters_of(self._nlp.event_about(batch)):
            raise AssertionError(f'the event about "{batch}" is stored, and kept as {letters} dead letters as well')

    def acknowledgement_of(self, batch: str) -> Callable[[], Awaitable[Passing]]:
        """Return what tells whether the event about a batch has been acknowledged."""
        position = self._nlp.position_about(batch)
        return lambda: self._auditor.acknowledgement(position)

    async def _is_acknowledged(self) -> None:
        acknowledgement = await self._auditor.acknowledgement(self._nlp.last_position)
        if not acknowledgement.is_passed:
            raise AssertionError(f"the event is not acknowledged: {acknowledgement.seen}")

    async def holds_nothing_now(self, batch: str) -> None:
        """Raise AssertionError if anything is stored for a batch at this moment."""
        assert_exactly([], await self._auditor.associations(batch), what=f'stored for "{batch}"')

    async def holds_all_or_nothing_now(self, batch: str, rows: Rows) -> bool:
        """Tell whether `rows` are stored for a batch at this moment; raises AssertionError if it is half done (D5)."""
        stored = await self._auditor.associations(batch)
        if stored:
            assert_exactly(rows, stored, what=f'stored for "{batch}"')
        return bool(stored)

    async def neither_holds_nor_acknowledges(self, batch: str | None = None) -> None:
        """Raise AssertionError if the last event, or that about a batch, is stored or acknowledged now (P8, P11)."""
        batch = batch or self._nlp.last_batch
        await self.holds_nothing_now(batch)
        acknowledgement = await self._auditor.acknowledgement(self._nlp.position_about(batch))
        if acknowledgement.is_passed:
            raise AssertionError(f'nothing of "{batch}" is stored, and yet {acknowledgement.seen}')

    async def left_no_trace(self) -> None:
        """Raise AssertionError if the last event has a record or a dead letter, or is not acknowledged (P2)."""
        event = self._nlp.last_event
        keys, letters = await self._auditor.keys_of(event), await self._auditor.dead_letters_of(event)
        acknowledgement = await self._auditor.acknowledgement(self._nlp.last_position)
        if keys or letters or not acknowledgement.is_passed:
            raise AssertionError(
                f"records of the event: {keys or 'none'}; dead letters: {letters}; {acknowledgement.seen}"
            )

    async def holds_times_of_now(self) -> None:
        """Raise AssertionError unless the rows of the event sent last were created just now, in UTC (§5, P14)."""
        now = datetime.now(UTC).replace(tzinfo=None)
        for row in await self._rows_of_last_event():
            if abs(row["created_at"] - now) > CLOCK_TOLERANCE:
                raise AssertionError(f"created_at is {row['created_at']}, and it is {now} (UTC) now")

    async def holds_nothing_validated(self) -> None:
        """Raise AssertionError unless the rows of the event sent last wait for validation, with nobody's name."""
        for row in await self._rows_of_last_event():
            given = {c: row[c] for c in ("validated_by", "validated_at", "validation_method") if row[c] is not None}
            if given or row["validation_status"] != wire.PENDING:
                raise AssertionError(f"status {row['validation_status']}, validated: {given or 'by nobody'}")

    async def _rows_of_last_event(self) -> list[dict[str, Any]]:
        rows = await self._auditor.rows(self._nlp.last_batch)
        if not rows:
            raise AssertionError(f'nothing is stored for "{self._nlp.last_batch}"')
        return rows
