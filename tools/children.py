"""Programs that a tool starts: they end before the tool does, however it ends."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

FAREWELL = 90.0
"""Seconds that an interrupted program gets to clean up before it is killed."""
TIMED_OUT = -1
"""The exit code reported for a program that was ended because its deadline had passed."""
_TICK = 0.2


def heed_signals() -> None:
    """Make SIGTERM and SIGHUP end this tool as Ctrl-C does: with KeyboardInterrupt, so that children are ended too."""

    def interrupt(number: int, _: FrameType | None) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def run_child(
    command: Sequence[str],
    *,
    folder: Path,
    stdout: IO[bytes] | None = None,
    stderr: IO[bytes] | int | None = None,
    environment: Mapping[str, str] | None = None,
    deadline: float | None = None,
    tick: Callable[[], None] | None = None,
) -> int:
    """Run `command` in `folder` and return its exit code; `TIMED_OUT` after `deadline` seconds.

    `tick` is called a few times a second. The child has a process group of its own, so that Ctrl-C reaches this tool
    alone, which then interrupts the child once, waits for its clean-up and raises KeyboardInterrupt.
    """
    child = subprocess.Popen(  # noqa: S603 -- our own tools, no shell
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env={**os.environ, **(environment or {})},
        process_group=0,
        preexec_fn=_hear_interrupts,  # noqa: PLW1509 -- no threads here
    )
    left = deadline
    try:
        while True:
            try:
                return child.wait(_TICK)
            except subprocess.TimeoutExpired:
                left = left and left - _TICK
            if tick is not None:
                tick()
            if left is not None and left <= 0:
                return TIMED_OUT
    finally:
        _end(child)


def _hear_interrupts() -> None:
    """Let the child be interrupted even where this tool is not: a background job of a shell ignores SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Interrupt the child if it still runs, and kill it if that is of no use."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGINT)
    try:
        child.wait(FAREWELL)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):  # out of patience, or a second Ctrl-C
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
