"""What time it is for the reports: now, or, for what is told later than it happened, when it happened."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_AS_OF: ContextVar[int | None] = ContextVar("as_of", default=None)


def now() -> int:
    """Return the time, in nanoseconds since the epoch."""
    as_of = _AS_OF.get()
    return time.time_ns() if as_of is None else as_of


def seconds() -> float:
    """Return the time, in seconds since the epoch."""
    return now() / 1e9


@contextmanager
def as_of(moment: int) -> Iterator[None]:
    """Have the clock stand at `moment` (nanoseconds since the epoch) for whatever is told inside."""
    token = _AS_OF.set(moment)
    try:
        yield
    finally:
        _AS_OF.reset(token)
