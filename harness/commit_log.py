"""Every offset that a broker's groups have ever committed, in the order in which the broker took them.

A look at the committed offsets shows where they are now. Kafka's own log of them shows which were there in between,
and what came before what, without anybody's clock; in a cluster with one partition for it, across groups too.
"""

import struct
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from harness.broker import Broker
from harness.fence import Position

TOPIC = "__consumer_offsets"
OFFSET_COMMITS = (0, 1)
"""Versions of keys under which offsets lie; others are about the groups themselves."""


@dataclass(frozen=True)
class Commit:
    """One offset that a group has committed."""

    group: str
    topic: str
    partition: int
    offset: int
    at: float = field(default=0.0, compare=False)
    """When the broker took it, in Unix seconds by its clock."""


async def draw_line(broker: Broker, position: Position) -> str:
    """Commit an offset for a group that nobody else uses, and return its name: what is behind it came later."""
    line = f"acceptance.line.{uuid.uuid4().hex}"
    await broker.commit_at(line, [position])
    return line


async def read_commits(broker: Broker, since: float) -> list[Commit]:
    """Return what was committed since the moment `since` (Unix seconds), oldest first."""
    records = await broker.read_since(TOPIC, since)
    return list(_commits((record.key, record.value, record.timestamp / 1000) for record in records))


def before(commits: Sequence[Commit], line: str) -> Sequence[Commit]:
    """Return the commits before a line; raises AssertionError where it was never drawn."""
    places = [place for place, commit in enumerate(commits) if commit.group == line]
    assert places, f"there is no line {line} among {len(commits)} commits"
    return commits[: places[0]]


def taken_back(commits: Iterable[Commit]) -> list[tuple[Commit, Commit]]:
    """Return the commits that lie behind an earlier one of their group and partition, each with that one."""
    highest: dict[tuple[str, str, int], Commit] = {}
    found = []
    for commit in commits:
        place = (commit.group, commit.topic, commit.partition)
        reached = highest.setdefault(place, commit)
        if commit.offset < reached.offset:
            found.append((reached, commit))
        else:
            highest[place] = commit
    return found


def _commits(records: Iterable[tuple[bytes | None, bytes | None, float]]) -> Iterator[Commit]:
    for key, value, at in records:
        if key and value and int.from_bytes(key[:2]) in OFFSET_COMMITS:
            group, rest = _string(key[2:])
            topic, rest = _string(rest)
            (partition,) = struct.unpack(">i", rest)
            (offset,) = struct.unpack_from(">q", value, 2)
            yield Commit(group, topic, partition, offset, at)


def _string(raw: bytes) -> tuple[str, bytes]:
    """Return the string, with its length before it, at the beginning of `raw`, and the rest."""
    end = 2 + int.from_bytes(raw[:2])
    return raw[2:end].decode(), raw[end:]
