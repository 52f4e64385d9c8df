"""Progress for the person who waits: one line a thing done, on standard error, flushed at once."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(line: str) -> None:
    """Print one line of progress."""
    print(f"· {line}", file=sys.stderr, flush=True)  # noqa: T201 -- the one place that prints progress


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce `what` before, and print how long it took (in seconds) after; silent about failures (raise instead)."""
    say(f"{what} …")
    begun = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - begun:.1f} s")
