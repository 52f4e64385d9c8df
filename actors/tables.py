"""The features' tables as rows."""

from typing import Any


def rows(table: Any) -> list[dict[str, str]]:
    """Return behave's `table` as rows; raises AssertionError for a heading that the suite does not know."""
    unknown = set(table.headings) - HEADINGS
    if unknown:
        raise AssertionError(f"no column is called {', '.join(sorted(unknown))}; known: {', '.join(sorted(HEADINGS))}")
    return [dict(row.items()) for row in table]


HEADINGS = frozenset(
    {"essay", "student", "class", "confidence", "reasons", "status", "stored by"}
    | {"code", "name", "language", "course", "students", "legal name", "e-mail", "request", "answer", "batch"}
    | {"setting", "what is wrong"}
    | {"field", "wrong"}
    | {"counted", "as", "times"}
    | {"announcement", "called", "joins", "leaves", "by", "method"}
)
