"""Log lines: JSON, one object a line, with what the work in hand is about (M1), and nothing personal (S1)."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from class_management.settings import Settings

QUIET_SECONDS = 5.0

_context: ContextVar[dict[str, str]] = ContextVar("log_context", default={})  # noqa: B039 -- never changed in place

_PLAIN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
_EMAIL = re.compile(r"[^\s@\"'(<]+@[^\s@\"')>]+")


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


class JsonFormatter(logging.Formatter):
    """One JSON object a record: timestamp, level, event, logger, the ids of `about`, and the record's extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Render the record; an e-mail address anywhere in it is masked."""
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": record.getMessage(),
            "logger": record.name,
            **_context.get(),
        }
        line.update((name, value) for name, value in record.__dict__.items() if name not in _PLAIN)
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _describe(record.exc_info[1])
        text = json.dumps(line, default=str)
        return _EMAIL.sub("***", text) if "@" in text else text  # the search takes longer than all the rest


def _describe(error: BaseException) -> str:
    """The error and where it was raised; not its source lines' values, nor the errors it came from."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return " < ".join([f"{type(error).__name__}: {error}", *reversed(frames)])


def configure(settings: Settings | None = None) -> None:
    """Send all log lines to standard output; libraries are heard from WARNING on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(OncePerWhile())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("class_management").setLevel(settings.log_level if settings else logging.INFO)
