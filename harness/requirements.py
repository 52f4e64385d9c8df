"""The requirements of a contract, one a row of its Markdown tables, and how tags speak of them."""

import re
from dataclasses import dataclass
from pathlib import Path

MARKS = ("core", "beyond", "inside")
_ROW = re.compile(rf"^\|\s*(?P<id>[A-Z]+\d+)\s*\|\s*(?P<text>.*?)\s*\|\s*(?P<mark>{'|'.join(MARKS)})\s*\|\s*$")
_LIKE_AN_ID = re.compile(r"[A-Z]{1,2}\d+")


@dataclass(frozen=True)
class Requirement:
    """One row of a table of the contract."""

    id: str
    mark: str
    text: str


def read_contract(path: Path) -> dict[str, Requirement]:
    """Return the requirements by id, in the contract's order.

    Raises ValueError when an id stands there twice, or none does; OSError when the file cannot be read.
    """
    found: dict[str, Requirement] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = _ROW.match(line)
        if row is None:
            continue
        if row["id"] in found:
            raise ValueError(f"{path}: {row['id']} stands there twice")
        found[row["id"]] = Requirement(row["id"], row["mark"], row["text"])
    if not found:
        raise ValueError(f"{path}: no table row like `| P1 | text | core |`")
    return found


def looks_like_an_id(tag: str) -> bool:
    """Tell whether a tag is meant as the id of a requirement, known or not."""
    return _LIKE_AN_ID.fullmatch(tag) is not None
