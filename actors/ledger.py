"""The ledger: what was stored at a moment, to compare with later."""

from typing import Any

from actors import marker
from actors.auditor import Auditor
from harness.names import Names

Rows = dict[str, dict[str, str]]


class Ledger:
    """Remembers all rows of the scenario's batches, every column; empty until `remembers` is called."""

    def __init__(self, auditor: Auditor, names: Names) -> None:
        self._auditor, self._names = auditor, names
        self._remembered: Rows = {}

    async def remembers(self) -> None:
        """Remember what is stored now."""
        self._remembered = await self._rows()

    async def _rows(self) -> Rows:
        rows = await self._auditor.rows(*(b for b in self._names.of_kind("batch") if b != marker.BATCH))
        told = [{column: str(value) for column, value in row.items()} for row in rows]
        found: Rows = {}
        for row in told:
            essay = row["essay_id"]
            if essay in found:
                both = " and ".join(map(self._tell, (found[essay], row)))
                raise AssertionError(f"an essay has two associations: {both}")
            found[essay] = row
        return found

    async def assert_unchanged(self) -> None:
        """Raise AssertionError unless exactly the remembered rows are stored, every column as it was."""
        now = await self._rows()
        problems = [f"  gone:     {self._tell(row)}" for essay, row in self._remembered.items() if essay not in now]
        problems += [f"  too much: {self._tell(row)}" for essay, row in now.items() if essay not in self._remembered]
        for essay in now.keys() & self._remembered.keys():
            problems += self._changes(self._remembered[essay], now[essay])
        if problems:
            raise AssertionError("What is stored has changed:\n" + "\n".join(problems))

    def assert_essay_unchanged(self, essay: str, row: dict[str, Any] | None) -> None:
        """Raise AssertionError unless `row` is what was remembered of `essay`."""
        before = self._remembered[str(self._names.id("essay", essay))]
        now = {column: str(value) for column, value in (row or {}).items()}
        if before != now:
            problems = self._changes(before, now) if now else [f"  gone: {self._tell(before)}"]
            raise AssertionError(f'The association of "{essay}" has changed:\n' + "\n".join(problems))

    def _changes(self, before: dict[str, str], now: dict[str, str]) -> list[str]:
        return [
            f"  changed:  {column} of {self._names.name('essay', before['essay_id'])}: "
            f"was {before[column]}, is {now.get(column)}"
            for column in before
            if before[column] != now.get(column)
        ]

    def _tell(self, row: dict[str, str]) -> str:
        essay, student = self._names.name("essay", row["essay_id"]), self._names.name("student", row["student_id"])
        return f"{essay} → {student} (confidence {row['confidence_score']}, row {row['id']})"
