"""Locks between processes: the kernel gives them back when their holder dies, SIGKILL included."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from harness.console import say
from harness.errors import InfrastructureError

PAUSE = 0.05


@contextmanager
def exclusive(path: Path, *, deadline: float = 600.0, what: str = "") -> Iterator[None]:
    """Hold the lock file `path`; waits up to `deadline` seconds for another process (or thread) that holds it.

    `what` says on the console what the other one does. Raises `InfrastructureError` when it does not end in time.
    """
    with _opened(path) as file:
        if not _taken(file):
            if what:
                say(f"Another process is {what}; waiting for it.")
            _wait_for(file, path, deadline)
        yield


def hold(path: Path, *, together: bool = False) -> IO[str] | None:
    """Take the lock file `path` until the returned file is closed; None when somebody else holds it.

    With `together` others may hold it together too; then only somebody who holds it alone is in the way.
    """
    file = _opened(path)
    if _taken(file, fcntl.LOCK_SH if together else fcntl.LOCK_EX):
        return file
    file.close()
    return None


def share(file: IO[str]) -> bool:
    """Let others hold together the lock that was held alone so far; False when somebody else has got it in between."""
    return _taken(file, fcntl.LOCK_SH)


def _opened(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a")
    except OSError as error:
        raise InfrastructureError(
            f"The lock file {path} cannot be opened: {os.strerror(error.errno or 0)}.",
            remedy="Free disk space, or make its folder writable for you.",
        ) from error


def _taken(file: IO[str], kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(file: IO[str], path: Path, deadline: float) -> None:
    end = time.monotonic() + deadline
    while not _taken(file):
        if time.monotonic() > end:
            raise InfrastructureError(
                f"Another process has held {path} for more than {deadline:.0f} s.",
                remedy=f"See who it is with `fuser -v {path}`, end it, and run again.",
            )
        time.sleep(PAUSE)
