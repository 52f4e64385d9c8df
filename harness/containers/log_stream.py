"""The log of a container, followed while it is written: looking at it costs the same however long it has become."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import docker.errors
import requests

CATCH_UP = 5.0
"""Seconds in which the stream has to deliver something more of what the engine has already."""


class LogStream:
    """Follows what `container` (of docker's SDK) writes, on both of its streams, in a thread of its own.

    It begins with the container's first line, or at the moment `since` (Unix seconds) if given.
    """

    def __init__(self, container: Any, since: float | None = None) -> None:
        self._container, self._since = container, since
        self._beginning = threading.Lock()
        self._news = threading.Condition()
        self._lines: list[tuple[str, str]] = []
        self._drained = 0
        self._last = ""
        self._is_partial = False
        self._stream: Any = None
        self._reader: threading.Thread | None = None

    def catch_up(self, within: float = CATCH_UP) -> None:
        """Wait until all is here that the engine has of the log by now, or for `within` seconds nothing more; blocks.

        However much it is: thousands of lines take more than a second where the processor has other work. What comes
        later than that is not lost: it is among the next `lines`.
        """
        try:
            newest = next(_stamped(self._container.logs(tail=1, timestamps=True)), ("", ""))[0]
            with self._beginning:
                if self._last < newest and (self._reader is None or not self._reader.is_alive()):
                    self._follow()
        except docker.errors.APIError:
            newest = "9"  # the container is gone: all there is comes before the stream's end
        with self._news:
            # Told of each line, and of the end; that nothing was told is what `wait` returns False for.
            while self._last < newest and self._is_following() and self._news.wait(within):
                pass

    def _is_following(self) -> bool:
        return self._stream is not None

    def _follow(self) -> None:
        """Begin to read, or go on where the stream ended with a process that was started again."""
        since = datetime.fromisoformat(self._last).timestamp() - 1 if self._last else self._since
        self._stream = self._container.logs(stream=True, follow=True, timestamps=True, since=since)
        self._reader = threading.Thread(target=self._read, args=(self._stream, self._last), daemon=True)
        self._reader.start()

    def _read(self, stream: Any, after: str) -> None:
        with contextlib.suppress(docker.errors.APIError, requests.RequestException, OSError, ValueError):
            for frame in stream:
                for at, text in _stamped(frame):
                    if at > after:
                        self._take(at, text)
        with self._news:
            self._stream = None
            self._news.notify_all()

    def _take(self, at: str, text: str) -> None:
        with self._news:
            if self._is_partial and len(self._lines) > self._drained:  # the engine cuts lines at 16 KiB
                self._lines[-1] = (self._lines[-1][0], self._lines[-1][1] + text.removesuffix("\n"))
            else:
                self._lines.append((at, text.removesuffix("\n")))
            self._is_partial = not text.endswith("\n")
            self._last = max(self._last, at)
            self._news.notify_all()

    def lines(self, since: float = 0.0) -> list[str]:
        """Return the lines since the moment `since` (Unix seconds, of the engine's clock) that are kept yet."""
        with self._news:
            written = list(self._lines)
        return [text for at, text in written if datetime.fromisoformat(at).timestamp() >= since]

    def drain(self) -> list[str]:
        """Return all lines that were not drained before; those that were are forgotten."""
        with self._news:
            del self._lines[: self._drained]
            self._drained = len(self._lines)
            return [text for _, text in self._lines]

    def close(self) -> None:
        """Stop following."""
        with contextlib.suppress(Exception):
            if (stream := self._stream) is not None:
                stream.close()


def _stamped(raw: bytes) -> Iterator[tuple[str, str]]:
    """Yield the moment (as the engine writes it, so that texts sort as moments do) and the text of each line."""
    for line in raw.decode(errors="replace").splitlines(keepends=True):
        at, _, text = line.partition(" ")
        if at.endswith("Z") and text:
            yield at, text
