"""Ids are strings on the wire and UUIDs inside."""

from uuid import UUID

# The driver's own kind of uuid.UUID, written in C: made and hashed several times as fast, and an event of 30 essays
# has a hundred ids. It takes 32 hexadecimal digits and dashes anywhere among them, nothing else.
from asyncpg.pgproto import pgproto


def parse_uuid(text: str) -> UUID | None:
    """The UUID that `text` spells in the usual form (8-4-4-4-12, either case), or None."""
    try:
        return pgproto.UUID(text) if text[8:24:5] == "----" else None
    except ValueError:
        return None
