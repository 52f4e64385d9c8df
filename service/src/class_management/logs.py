"""Log lines: JSON, one object a line, with what the work in hand is about (M1), and nothing personal (S1)."""

import asyncio
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from urllib.parse import unquote, urlsplit

from class_management.settings import Settings

QUIET_SECONDS = 5.0
CLOSING = ("Exception closing connection", "Exception terminating connection")

_context: ContextVar[dict[str, str]] = ContextVar("log_context", default={})  # noqa: B039 -- never changed in place

_PLAIN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
_AT = ("@", "%40", r"\uff20")
"""How the sign of an address is written in a line: plain, as in a URL, and the wide one of Asian keyboards."""
_EMAIL = re.compile(rf"""(?:\\"[^"]*\\"|[^\s@"'(<]+)(?:{"|".join(map(re.escape, _AT))})[^\s@"')>]+""", re.IGNORECASE)
HIDDEN = "***"
SHORTEST_SECRET = 4
"""What is shorter is in ordinary words, too, and cannot be told from them."""


@contextmanager
def about(**ids: str | None) -> Iterator[None]:
    """Put ids (correlation_id, event_id, batch_id) into every line logged inside, also by tasks begun there."""
    token = _context.set({**_context.get(), **{name: id_ for name, id_ in ids.items() if id_ is not None}})
    try:
        yield
    finally:
        _context.reset(token)


def current_correlation_id() -> str:
    """The correlation id of the work in hand; empty outside of any."""
    return _context.get().get("correlation_id", "")


class OncePerWhile(logging.Filter):
    """Lets a library repeat itself only every QUIET_SECONDS: aiokafka complains hundreds of times a second of a lost
    broker.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is ours, or news."""
        if record.name.startswith("class_management"):
            return True
        saying = (record.name, str(record.msg))
        if record.created - self._said.get(saying, 0) < QUIET_SECONDS:
            return False
        self._said[saying] = record.created
        return True


class GivenUp(logging.Filter):
    """Makes a warning of what SQLAlchemy calls an error: that closing a connection was given up, for its server did not
    answer in time. What was to be kept is committed by then, and the server undoes the rest.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        error = record.exc_info[1] if record.exc_info else None
        is_of_the_pool = record.name.startswith("sqlalchemy.pool") and str(record.msg).startswith(CLOSING)
        if is_of_the_pool and isinstance(error, (asyncio.CancelledError, TimeoutError)):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info, record.__dict__["error"] = None, type(error).__name__
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a record: timestamp, level, event, logger, the ids of `about`, and the record's extra fields.

    E-mail addresses anywhere in it are masked, and so are the `secrets`: a net below those who take care to log none.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = [json.dumps(secret)[1:-1] for secret in secrets if len(secret) >= SHORTEST_SECRET]

    def format(self, record: logging.LogRecord) -> str:
        """Render the record."""
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": _event(record),
            "logger": record.name,
            **_context.get(),
        }
        line.update((name, value) for name, value in record.__dict__.items() if name not in _PLAIN)
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _describe(record.exc_info[1])
        text = json.dumps(line, default=str)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        if any(at in text for at in _AT):  # the search takes longer than all the rest
            text = _EMAIL.sub(HIDDEN, text)
        return text


def _event(record: logging.LogRecord) -> str:
    """What happened; of a message whose arguments do not fit, the message: it must not cost the line its form."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _describe(error: BaseException) -> str:
    """The error and where it was raised; not the errors it came from.

    What it says is told of our own errors and the system's alone: others quote the values that they could not bear.
    """
    is_careful = type(error).__module__.startswith("class_management") or isinstance(error, OSError)
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return " < ".join([f"{type(error).__name__}: {error}" if is_careful else type(error).__name__, *reversed(frames)])


def configure(settings: Settings | None = None) -> None:
    """Send all log lines to standard output; libraries are heard from WARNING on, and so is Python itself.

    What nobody has caught is a line like any other, too, wherever in the process it happens.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(_secrets(settings) if settings else ()))
    handler.addFilter(OncePerWhile())
    handler.addFilter(GivenUp())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("class_management").setLevel(settings.log_level if settings else logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_thread


def _secrets(settings: Settings) -> set[str]:
    """The secrets of the settings, as they are written there and as they are meant."""
    passwords = [urlsplit(url).password or "" for url in (settings.database_url, settings.redis_url)]
    return {settings.internal_api_key, *passwords, *map(unquote, passwords)}


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("class_management").critical("ended by a failure", exc_info=(kind, error, trace))


def _uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    error = found.exc_value
    logging.getLogger("class_management").error("a thread has failed", exc_info=error)


def _unraisable(found: "sys.UnraisableHookArgs") -> None:
    logging.getLogger("class_management").error("a failure that nobody could be told of", exc_info=found.exc_value)
