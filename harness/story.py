"""The short story of a step, for a reader of the report: what was done and seen in it, in lines and small tables."""

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dishka import AsyncContainer

from harness.console import say
from harness.journal import HIDDEN, Entry, Journal
from harness.loop import EventLoop
from harness.names import Names

LONGEST_TITLE = 100
DEADLINE = 5.0
MOST_ENTRIES = 20
MOST_LINES = 30
"""Lines of one entry; the journal in the evidence has all of it."""
LONGEST_CELL = 60
WIDTH = 100
_REST_OF_ID = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_NOTHING: tuple[Any, ...] = (None, "", "None", {}, HIDDEN)
"""Values that tell a reader nothing."""
_INDENT = "  "

LONGEST_INDEX = 20_000
"""Characters of the evidence; its folder has all."""

Spoken = Callable[[str], str]
"""Puts names where ids stand."""
Attach = Callable[[str, bytes], None]
"""Takes a media type, perhaps with a name, and what to attach: behave's `context.attach`."""


def tell_step(loop: EventLoop, scope: AsyncContainer, evidence: Path | None, attach: Attach) -> None:
    """Attach to the step that has ended in a scenario's `scope` what was done and seen in it, if anything was.

    `evidence` is the file of what it has left behind, if it has failed. Never fails: the step is what matters.
    """
    try:
        entries, spoken = loop.run(_fresh(scope), deadline=DEADLINE, what="Telling the step")
        told = [(title(entries, spoken), story(entries, spoken))] if entries else []
        if evidence is not None:
            told.append((evidence.name, evidence.read_text(encoding="utf-8")[:LONGEST_INDEX]))
        for name, text in told:
            # Nonsense that was sent may hold half a character.
            attach(f'text/plain; name="{name}"', text.encode("utf-8", "backslashreplace"))
    except Exception as trouble:  # noqa: BLE001 -- see above
        say(f"What was done and seen in the step could not be told: {trouble!r}")


async def _fresh(scope: AsyncContainer) -> tuple[list[Entry], Spoken]:
    return (await scope.get(Journal)).take_fresh(), (await scope.get(Names)).spoken


def title(entries: Iterable[Entry], spoken: Spoken) -> str:
    """Return who did what, in a line: `teacher: POST /classes (3); auditor: rows`."""
    counts: dict[str, dict[str, int]] = {}
    for entry in entries:
        of_actor = counts.setdefault(_readable(entry.actor), {})
        action = _short(spoken(entry.action))
        of_actor[action] = of_actor.get(action, 0) + 1
    told = "; ".join(
        f"{actor}: " + ", ".join(action if n == 1 else f"{action} ({n})" for action, n in actions.items())
        for actor, actions in counts.items()
    )
    return textwrap.shorten(told.replace('"', "'"), LONGEST_TITLE, placeholder=" …")


def story(entries: Sequence[Entry], spoken: Spoken) -> str:
    """Return what was done and seen, bounded in length; the last entries are the ones that matter most."""
    left_out = max(len(entries) - MOST_ENTRIES, 0)
    lines = [f"… {left_out} earlier ones"] if left_out else []
    for entry in entries[left_out:]:
        again = f" (the same {entry.times} times)" if entry.times > 1 else ""
        lines.append(f"{entry.at[11:23]}  {_readable(entry.actor)}: {_short(spoken(entry.action))}{again}")
        today = f"{entry.at[:10]}T"  # times of the same day need no date
        details = [f"{_INDENT}{line.replace(today, '')}" for line in _lines(_named(entry.details, spoken))]
        lines += details[:MOST_LINES]
        if len(details) > MOST_LINES:
            lines.append(f"{_INDENT}… {len(details) - MOST_LINES} more lines")
    return "\n".join(lines)


def _readable(actor: str) -> str:
    return actor.replace("_", " ")


def _short(text: str) -> str:
    """Return `text` with the beginning of each id that has no name."""
    return _REST_OF_ID.sub(r"\1…", text)


def _named(value: Any, spoken: Spoken) -> Any:
    """Return a JSON-like value with names for ids, and without what says nothing."""
    if isinstance(value, Mapping):
        told = {k: _named(v, spoken) for k, v in value.items()}
        return {k: v for k, v in told.items() if v not in _NOTHING}
    if isinstance(value, list | tuple):
        return [_named(item, spoken) for item in value]
    return _short(spoken(value)) if isinstance(value, str) else value


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _object(value)
    elif isinstance(value, list):
        yield from _list(value)
    else:
        yield from textwrap.wrap(str(value), WIDTH, break_on_hyphens=False)


def _object(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield the plain values on a line or two, and each of the others below its name."""
    plain = {k: v for k, v in value.items() if _is_plain(v)}
    if plain:
        yield from _pairs(plain)
    for key, content in value.items():
        if key in plain:
            continue
        lines = list(_lines(content))
        if len(lines) == 1 and isinstance(content, Mapping):
            yield f"{key}: {lines[0]}"
        else:
            yield from (f"{key}:", *(f"{_INDENT}{line}" for line in lines))


def _list(items: Sequence[Any]) -> Iterator[str]:
    if table := _table(items):
        yield from table
        return
    for item in items:
        for number, line in enumerate(_lines(item)):
            yield f"{'- ' if number == 0 else _INDENT}{line}"


def _table(items: Sequence[Any]) -> list[str]:
    """Return a table of objects whose values are plain; nothing when they are no such objects, or it is too wide.

    What is the same in all of them is said once, above it.
    """
    if not items or not all(isinstance(item, Mapping) and all(map(_is_plain, item.values())) for item in items):
        return []
    columns = list(dict.fromkeys(key for item in items for key in item))
    same = {c: items[0][c] for c in columns if c in items[0] and all(item.get(c) == items[0][c] for item in items)}
    if len(items) > 1 and len(same) < len(columns):
        columns = [column for column in columns if column not in same]
        above = _pairs(same, "all: ") if same else []
    else:
        above = []
    rows = [columns, *([_cell(item.get(column, "")) for column in columns] for item in items)]
    widths = [max(len(row[number]) for row in rows) for number in range(len(columns))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [*above, *lines] if len(lines[0]) <= WIDTH else []


def _pairs(plain: Mapping[str, Any], beginning: str = "") -> list[str]:
    """Return names and values, as many on a line as fit."""
    lines = [beginning]
    for pair in (f"{key}: {_cell(value)}" for key, value in plain.items()):
        if lines[-1] in ("", beginning):
            lines[-1] += pair
        elif len(lines[-1]) + len(pair) < WIDTH:
            lines[-1] += f" · {pair}"
        else:
            lines.append(pair)
    return lines


def _is_plain(value: Any) -> bool:
    """Tell whether a value fits into a line: everything but objects and lists of them."""
    return not value or _is_scalar(value) or (isinstance(value, list) and all(map(_is_scalar, value)))


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, Mapping | list)


def _cell(value: Any) -> str:
    if value == []:
        return "none"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
