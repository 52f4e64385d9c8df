"""Ids are strings on the wire and UUIDs inside."""

import re
from uuid import UUID

_CANONICAL = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def parse_uuid(text: str) -> UUID | None:
    """The UUID that `text` spells in the usual form (8-4-4-4-12, either case), or None."""
    return UUID(text) if _CANONICAL.fullmatch(text) else None
