"""A line at the bottom of a terminal that is rewritten, below everything else that is printed."""

import atexit
import os
import shutil
import sys
import threading
from typing import Any, TextIO

_ERASE = "\r\x1b[K"


class BottomLine:
    """The bottom line of the terminal that `stream` writes to; where it writes to something else, there is none.

    `before` and `after` are written around it, to give it a colour. While there is a line, whatever is printed to
    standard output or standard error goes above it. Threads may print.
    """

    def __init__(self, stream: TextIO, before: str = "", after: str = "") -> None:
        self._stream, self._before, self._after = stream, before, after
        self._text = ""
        self._drawn = False
        self._line_is_new = True
        self._lock = threading.RLock()
        self._replaced: dict[str, Any] = {}
        self.is_there = stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")

    def show(self, text: str) -> None:
        """Show `text`, cut to the terminal's width, instead of what the line has shown so far."""
        if not self.is_there:
            return
        with self._lock:
            self._give_way()
            self._erase()
            self._text = text[: shutil.get_terminal_size().columns - 1]
            self._draw()
            self._stream.flush()

    def print(self, text: str, stream: Any = None) -> None:
        """Write `text` above the line, to `stream` if it is another one than the line's own."""
        to = stream or self._stream
        with self._lock:
            self._erase()
            to.write(text)
            to.flush()
            self._line_is_new = text.endswith("\n") if text else self._line_is_new
            self._draw()
            self._stream.flush()

    def close(self) -> None:
        """Take the line away for good."""
        with self._lock:
            self._erase()
            self._text = ""
            self._stream.flush()
            for name, stream in self._replaced.items():
                if getattr(getattr(sys, name), "stream", None) is stream:
                    setattr(sys, name, stream)
            self._replaced.clear()
        atexit.unregister(self.close)

    def _give_way(self) -> None:
        """Let what others print go above, from now on."""
        if self._replaced:
            return
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream.isatty():
                self._replaced[name] = stream
                setattr(sys, name, _Above(stream, self))
        atexit.register(self.close)

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._drawn = False

    def _draw(self) -> None:
        if self._text and self._line_is_new:
            self._stream.write(f"{self._before}{self._text}{self._after}")
            self._drawn = True


class _Above:
    """A terminal's stream; what is written to it goes above the bottom line."""

    def __init__(self, stream: Any, line: BottomLine) -> None:
        self.stream = stream
        self._line = line

    def write(self, text: str) -> int:
        self._line.print(text, self.stream)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)
