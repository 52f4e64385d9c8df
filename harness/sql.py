"""Statements for SQLAlchemy, which takes a fifth of a second to load: at the first one, not before the first step."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import TextClause


def text(statement: str) -> "TextClause":
    """Return `statement`, whose parameters are written `:name`, as SQLAlchemy's connections take it."""
    from sqlalchemy import text as clause  # noqa: PLC0415 -- see above

    return clause(statement)
