"""The signals that ask a run to end; it cleans up and obeys."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def unheard() -> Iterator[None]:
    """Let those who ask for the end wait: what is done inside is the cleaning up."""
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
