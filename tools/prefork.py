"""Runs of behave that need not begin from nothing: each is forked from a process that has imported the suite already.

To import it takes a second of a core, as long as a scenario.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, cast

from tools.children import FAREWELL, TIMED_OUT

SERVER = Path(__file__).with_name("prefork_server.py")
_TICK = 0.2


class Prefork:
    """Runs behave in `folder`, one run after the other, from what the suite there was when this was made."""

    def __init__(self, folder: Path) -> None:
        self._server = subprocess.Popen(  # noqa: S603 -- our own script, no shell
            [sys.executable, str(SERVER)],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # what has been read ahead could not be waited for
            process_group=0,  # Ctrl-C reaches the tool alone, which then interrupts the run
        )
        self._requests = cast("IO[bytes]", self._server.stdin)
        self._answers = cast("IO[bytes]", self._server.stdout)
        try:
            self._answer()  # that it has imported everything: who interrupts it by then leaves no run behind
        except BaseException:
            self._server.kill()
            self._server.wait()
            raise

    def run(
        self, arguments: Sequence[str], *, log: Path, deadline: float | None, tick: Callable[[], None] | None = None
    ) -> int:
        """Run behave with `arguments`, what it prints going to `log`, and return its exit code.

        `TIMED_OUT` after `deadline` seconds. `tick` is called a few times a second. Raises KeyboardInterrupt once
        behave has cleaned up.
        """
        request = json.dumps({"arguments": list(arguments), "log": str(log.resolve())}).encode() + b"\n"
        until = None if deadline is None else time.monotonic() + deadline
        asked, run = False, 0
        try:
            asked = bool(self._requests.write(request))
            run = int(self._answer())
            while not self._answers_within(_TICK):
                if tick is not None:
                    tick()
                if until is not None and time.monotonic() >= until:
                    self._end(run)
                    return TIMED_OUT
        except BaseException:
            if asked:
                self._end(run or int(self._answer()))
            raise
        return int(self._answer())

    def close(self) -> None:
        """End the process from which runs are forked; none is under way."""
        self._requests.close()
        try:
            self._server.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._answers.close()

    def _answers_within(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            return bool(selector.select(seconds))

    def _answer(self) -> bytes:
        line = self._answers.readline()
        if not line:
            raise RuntimeError("the process from which runs of behave are forked has died")
        return line

    def _end(self, run: int) -> None:
        """Interrupt a run, and kill it if that is of no use."""
        if not self._answers_within(0):
            os.kill(run, signal.SIGINT)
        try:
            ended = self._answers_within(FAREWELL)
        except KeyboardInterrupt:  # a second Ctrl-C
            ended = False
        if not ended:
            os.killpg(run, signal.SIGKILL)
        self._answer()
