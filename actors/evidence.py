"""What a failing scenario leaves behind of the things that only the contract knows: its rows, by their names."""

from typing import Any

from harness.evidence import Collector, Finding
from harness.journal import Redaction
from harness.names import Names
from harness.sites import Site
from harness.sql import text

KINDS = ("batch", "essay", "class", "student")
_ROWS = (
    "SELECT * FROM essay_student_associations WHERE batch_id = ANY(:batch) OR essay_id = ANY(:essay)"
    " ORDER BY batch_id, created_at, essay_id"
)
_KNOWN = "SELECT id FROM students WHERE id = ANY(:student) UNION ALL SELECT id FROM classes WHERE id = ANY(:class)"


def collectors(site: Site, names: Names, redaction: Redaction) -> tuple[Collector, ...]:
    """Return the collectors of the actors: each looks for itself, with nothing that a failing step may have spoilt."""

    async def rows() -> Finding:
        ids = {kind: [names.id(kind, name) for name in names.of_kind(kind)] for kind in KINDS}
        async with site.engine.connect() as connection:
            found = [
                dict(row)
                for row in (await connection.execute(text(_ROWS), {k: ids[k] for k in ("batch", "essay")})).mappings()
            ]
            known = {
                str(i)
                for i in (await connection.execute(text(_KNOWN), {k: ids[k] for k in ("class", "student")})).scalars()
            }
        lines = [_told(names, redaction, row) for row in found] or ["(no row about this scenario's batches and essays)"]
        lines.append("")
        lines += [
            f'{kind} "{name}" {names.id(kind, name)}: {"is" if str(names.id(kind, name)) in known else "is not"} stored'
            for kind in ("class", "student")
            for name in names.of_kind(kind)
        ]
        return Finding(lines)

    return (Collector("Associations of the scenario's batches and essays", "rows.txt", rows),)


def _told(names: Names, redaction: Redaction, row: dict[str, Any]) -> str:
    shown = redaction.value({column: value if value is None else str(value) for column, value in row.items()})
    return names.annotated("; ".join(f"{column}: {value}" for column, value in shown.items()))
