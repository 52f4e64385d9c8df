"""All that actors sent and saw, written down once; evidence, verdicts and reports read it."""

import json
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

LONGEST_TEXT = 2_000
LONGEST_JOURNAL = 5_000
HIDDEN = "(redacted)"


class Redaction:
    """What is never told, by journal, evidence, console or report: secrets by value, personal data by field name."""

    def __init__(self, secrets: frozenset[str], personal_fields: frozenset[str]) -> None:
        self._secrets = re.compile(_one_of(secrets))
        self._fields = personal_fields
        # JSON, also where it is broken, cut in the middle, or text in other JSON (with backslashes before its quotes);
        # Python's repr of objects and of their attributes; "email is '…'". What does not end is hidden to the last.
        self._written_fields = re.compile(
            rf"""(?P<field>(?<![\w-])(?:{_one_of(personal_fields)})(?P<after>\\*["']?)(?:\s*[:=]\s*|\ is\ ))
            (?:b?(?P<quote>\\*(?P<plain>["'])).*?(?:(?<!\\)(?P=quote)|(?=(?<!\\)(?P=plain))|\Z)
              |-?\d[\w.+-]*
              |[\[{{].*)""",
            re.DOTALL | re.VERBOSE,
        )

    def hidden(self, text: str) -> str:
        """Return all of `text` without secrets, and without what stands behind the name of a personal field."""
        clean = self._secrets.sub(HIDDEN, text)
        if not any(field in clean for field in self._fields):  # a hundred times faster, and most texts are so
            return clean
        return self._written_fields.sub(_without_value, clean)

    def text(self, text: str, longest: int = LONGEST_TEXT) -> str:
        """Return `text` without secrets and personal data, then cut to `longest` characters."""
        return self._cut(self.hidden(text), longest)

    @staticmethod
    def _cut(text: str, longest: int = LONGEST_TEXT) -> str:
        return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"

    def value(self, value: Any) -> Any:
        """Return a JSON-like value without secrets and personal data."""
        if isinstance(value, Mapping):
            return {k: HIDDEN if k in self._fields else self.value(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        if isinstance(value, bytes):
            return self._bytes(value)
        return self.text(value) if isinstance(value, str) else value

    def _bytes(self, raw: bytes) -> Any:
        try:
            return self.value(json.loads(raw))
        except (ValueError, RecursionError):
            # Hidden before it is repr, which puts backslashes where they cannot be told from the text's own.
            return self._cut(repr(self.hidden(raw.decode("latin-1")).encode("latin-1")))


def _one_of(texts: frozenset[str]) -> str:
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)) or r"(?!)"


def _without_value(found: re.Match[str]) -> str:
    quote = found["quote"] or found["after"] or '"'
    return f"{found['field']}{quote}{HIDDEN}{quote}"


@dataclass
class Entry:
    """One thing that an actor did or saw."""

    at: str
    actor: str
    action: str
    correlation_id: str | None
    details: dict[str, Any] = field(default_factory=dict)
    times: int = 1
    """How often the actor saw the same again while nothing was done; `at` is the first time."""


class Journal:
    """The journal of one scenario, bounded: past its length the oldest entries make room."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._entries: deque[Entry] = deque(maxlen=LONGEST_JOURNAL)
        self._looks: dict[tuple[str, str], Entry] = {}
        self._correlation_ids: set[str] = set()
        self._fresh: dict[int, Entry] = {}
        self.expected: list[dict[str, Any]] = []
        """The messages that an actor has waited for, as `topic` and `message`; a failure shows what came nearest."""
        self.begun = time.time()

    def write(self, actor: str, action: str, *, correlation_id: str | None = None, **details: Any) -> None:
        """Write down that `actor` did `action`, with details that are redacted on the way in."""
        self._looks.clear()
        self._add(actor, action, correlation_id, details)

    def look(self, actor: str, action: str, *, correlation_id: str | None = None, **details: Any) -> None:
        """Write down what `actor` saw; the same sight again, with nothing done in between, is only counted."""
        last = self._looks.get((actor, action))
        entry = self._add(actor, action, correlation_id, details, unless_like=last)
        self._looks[actor, action] = entry

    def expects(self, actor: str, topic: str, message: Mapping[str, Any]) -> None:
        """Write down what `actor` expects on `topic`: those parts of headers, key and value that are known."""
        self.write(actor, f"expects a message on {topic}", message=message)
        self.expected.append({"topic": topic, "message": dict(message)})

    @property
    def correlation_ids(self) -> frozenset[str]:
        """All correlation ids under which something was done, also by entries that have made room."""
        return frozenset(self._correlation_ids)

    def _add(
        self,
        actor: str,
        action: str,
        correlation_id: str | None,
        details: dict[str, Any],
        unless_like: Entry | None = None,
    ) -> Entry:
        entry = Entry(
            datetime.now(UTC).isoformat(timespec="milliseconds"),
            actor,
            action,
            correlation_id,
            self._redaction.value(details),
        )
        if correlation_id:
            self._correlation_ids.add(correlation_id.lower())
        if unless_like is not None and unless_like.details == entry.details:
            unless_like.times += 1
            return self._freshen(unless_like)
        self._entries.append(entry)
        return self._freshen(entry)

    def _freshen(self, entry: Entry) -> Entry:
        self._fresh[id(entry)] = entry
        if len(self._fresh) > LONGEST_JOURNAL:
            del self._fresh[next(iter(self._fresh))]
        return entry

    def take_fresh(self) -> list[Entry]:
        """Return the entries that were written, or seen again, since this was asked last; oldest first."""
        fresh, self._fresh = list(self._fresh.values()), {}
        return fresh

    @property
    def entries(self) -> list[Entry]:
        """The entries, oldest first."""
        return list(self._entries)

    def lines(self) -> list[str]:
        """Return the journal as JSON, one object a line."""
        return [json.dumps(asdict(entry), ensure_ascii=False, default=str) for entry in self._entries]
