"""What a service wrote: lines of JSON or plain text, put together to entries with a level and the ids in them."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

LEVELS = {
    "TRACE": 5,
    "DEBUG": 10,
    "INFO": 20,
    "NOTICE": 25,
    "WARNING": 30,
    "WARN": 30,
    "ERROR": 40,
    "ERR": 40,
    "EXCEPTION": 40,
    "CRITICAL": 50,
    "FATAL": 50,
}
WARNING, ERROR = 30, 40
TRACEBACK = "Traceback (most recent call last)"
_LEVEL_FIELDS = ("level", "levelname", "severity", "log_level", "log.level", "lvl")
_EVENT_FIELDS = ("event", "message", "msg")
_DULL_FIELDS = {"timestamp", "time", "ts", "logger", "logger_name", "name", *_LEVEL_FIELDS, *_EVENT_FIELDS}
_LEVEL_WORD = re.compile(rf"\b({'|'.join(LEVELS)})\b")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_END_OF_TRACEBACK = re.compile(r"[A-Za-z_][\w.]*(:|$)")
_BETWEEN_TRACEBACKS = ("During handling of the above exception", "The above exception was the direct cause")


@dataclass(frozen=True)
class LogEntry:
    """One thing that was logged: a line, or a line with the traceback below it. `level` is 0 where none is told."""

    text: str
    level: int
    fields: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def ids(self) -> frozenset[str]:
        """All UUIDs in it, in lower case."""
        return ids_in(self.text)

    @property
    def correlation_id(self) -> str:
        """Its correlation id, empty where it has no field of that name (plain text has none)."""
        return str(self.fields.get("correlation_id") or "").lower()

    @property
    def is_trouble(self) -> bool:
        """Tell whether it is an error, or holds a traceback whatever its level."""
        return self.level >= ERROR or TRACEBACK in self.text

    def brief(self) -> str:
        """Return it in one line: level, what happened, and what else it tells; the last line of a traceback."""
        if not self.fields:
            lines = self.text.splitlines()
            return lines[0] if len(lines) == 1 else f"{lines[0]} … {lines[-1].strip()}"
        level = next((name for name, number in LEVELS.items() if number == self.level), "")
        event = next((str(self.fields[name]) for name in _EVENT_FIELDS if self.fields.get(name)), "")
        more = ", ".join(f"{k}={_plain(v)}" for k, v in self.fields.items() if k not in _DULL_FIELDS)
        return f"{level} {event}{f' ({more})' if more else ''}".strip()


def counted(lines: Iterable[str], most: int) -> list[str]:
    """Return each line once, with how often it came; of more than `most` different ones the first and the last."""
    counts = Counter(lines)
    shown = [line if times == 1 else f"{line} ({times} times)" for line, times in counts.items()]
    half = most // 2
    return shown if len(shown) <= most else [*shown[:half], f"… {len(shown) - 2 * half} more …", *shown[-half:]]


def ids_in(text: str) -> frozenset[str]:
    """Return all UUIDs in `text`, in lower case."""
    return frozenset(found.lower() for found in _UUID.findall(text))


def entries(lines: Iterable[str]) -> list[LogEntry]:
    """Put lines together to entries: a traceback in plain text belongs to the line above it if that is an error."""
    groups: list[list[str]] = []
    in_traceback = False
    for line in lines:
        if line.startswith(TRACEBACK):
            if not (groups and (in_traceback or _level_of_text(groups[-1][0]) >= ERROR)):
                groups.append([])
            groups[-1].append(line)
            in_traceback = True
        elif in_traceback and _goes_on(line, groups[-1][-1]):
            groups[-1].append(line)
        elif line.strip():
            groups.append([line])
            in_traceback = False
    return [_entry(group) for group in groups]


def _goes_on(line: str, before: str) -> bool:
    """Tell whether `line` belongs to the traceback that the line `before` is of."""
    if not line.strip() or line[0].isspace() or line.startswith(_BETWEEN_TRACEBACKS):
        return True
    return before[:1].isspace() and _END_OF_TRACEBACK.match(line) is not None


def _entry(lines: list[str]) -> LogEntry:
    text = "\n".join(lines).rstrip()
    fields = _object(text) if len(lines) == 1 else {}
    if not fields:
        return LogEntry(text, _level_of_text(lines[0]))
    told = next((str(fields[name]).upper() for name in _LEVEL_FIELDS if fields.get(name)), "")
    return LogEntry(text, LEVELS.get(told, 0), fields)


def _object(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {}
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _level_of_text(line: str) -> int:
    """Return the level of a line of plain text: the first word in it that is one, in capitals; of JSON none."""
    found = None if line.startswith("{") else _LEVEL_WORD.search(line)
    return LEVELS[found.group()] if found else 0


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
