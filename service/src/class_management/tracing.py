"""Spans: what was done, how long it took, and in whose trace (W3C trace context, as `traceparent` carries it).

Here is what all parts know of them, and that is nothing at all without a collector: `adapters/otlp.py`, which is loaded
only where one is configured, sends them. Attributes hold ids, never names or addresses of students (S1).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum

Attributes = Mapping[str, str | int]

TRACEPARENT = "traceparent"
"""The name in an envelope's metadata, and of the header of HTTP."""

_traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


class Kind(Enum):
    """What a span is of."""

    REQUEST = "request"
    EVENT = "event"
    PUBLICATION = "publication"
    OWN_WORK = "own work"


def current_traceparent() -> str | None:
    """The span in hand, for others to continue its trace; None where there is none."""
    return _traceparent.get()


@contextmanager
def in_hand(traceparent: str) -> Iterator[None]:
    """Have the span be the one in hand, also for tasks begun inside."""
    token = _traceparent.set(traceparent)
    try:
        yield
    finally:
        _traceparent.reset(token)


class Span:
    """Something being done; this one is told to nobody."""

    def rename(self, name: str) -> None:
        """Call it by a better name, known by now."""

    def note(self, attributes: Attributes) -> None:
        """Add attributes."""

    def fail(self, reason: str) -> None:
        """Take note that it did not succeed."""


_SPAN = Span()


class Tracing:
    """The way to a collector; this one leads nowhere."""

    @contextmanager
    def span(self, name: str, kind: Kind, parent: str | None = None) -> Iterator[Span]:  # noqa: ARG002 -- see above
        """Do what is inside as a span, in the trace of `parent`, a traceparent, if it is one."""
        yield _SPAN

    def record(
        self,
        name: str,
        kind: Kind,
        *,
        parent: str | None,
        seconds: float,
        attributes: Attributes,
        failure: str | None = None,
    ) -> None:
        """Tell of what has just been done, and has taken so long."""
