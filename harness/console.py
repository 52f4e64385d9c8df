"""Progress for the person who waits: one line a thing done, on standard error, flushed at once."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(line: str) -> None:
    """Print one line of progress."""
    sys.stderr.write(f"· {line}\n")  # one write, so that lines of several threads do not mix
    sys.stderr.flush()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce `what` before, and print how long it took (in seconds) after; silent about failures (raise instead)."""
    say(f"{what} …")
    begun = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - begun:.1f} s")
