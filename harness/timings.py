"""What a run spent its time on."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def seconds_since_process_start() -> float:
    """Return how long this process has been running, in seconds (Linux; elsewhere since this module was loaded)."""
    try:
        started = int(Path("/proc/self/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[19])
        uptime = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    except OSError:
        return time.monotonic() - _LOADED
    return uptime - started / os.sysconf("SC_CLK_TCK")


_LOADED = time.monotonic()


class Timings:
    """Durations by kind, in seconds, in the order in which they were measured."""

    def __init__(self) -> None:
        self.first_step_after: float | None = None
        self._taken: dict[str, list[float]] = defaultdict(list)
        self.parts: dict[str, float] = {}

    @contextmanager
    def taking(self, kind: str) -> Iterator[None]:
        """Measure what happens inside."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._taken[kind].append(time.perf_counter() - begun)

    def note_parts(self, stack: str, started: Mapping[str, float]) -> None:
        """Note after how long each part of a stack was ready, in seconds since the stack's start began."""
        self.parts |= {f"{stack} {part}": seconds for part, seconds in started.items()}

    def step_begins(self) -> None:
        """Note when the first step begins, counted from the start of the process."""
        if self.first_step_after is None:
            self.first_step_after = seconds_since_process_start()

    def write(self, path: Path) -> None:
        """Write everything to `path` as JSON."""
        content = {"first_step_after": self.first_step_after, "parts": self.parts, "taken": self._taken}
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")
