"""Commands of this machine: each with all its children, and none that outlives the suite."""

import atexit
import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.errors import InfrastructureError

GRACE = 5.0
"""Seconds that a command which is ended has to tidy up."""

_running: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    status: int
    said: str


def run(
    command: list[str],
    *,
    deadline: float,
    output: IO[bytes] | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run `command` to its end; its standard output goes to `output` if given, else to what it said.

    It has a process group of its own: one that signals its group when it fails (mmdebstrap does) does not hit the
    suite, and whatever it started ends with it. `environment` is added to the suite's own. Raises
    `InfrastructureError` after `deadline` seconds, OSError when it cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603 -- the callers' own commands
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=output or subprocess.PIPE,
        stderr=subprocess.PIPE if output else subprocess.STDOUT,
        process_group=0,
    )
    _running.add(process)
    try:
        out, err = process.communicate(timeout=deadline)
    except subprocess.TimeoutExpired as error:
        end(process)
        raise InfrastructureError(f"`{' '.join(command)}` has not ended within {deadline:.0f} s.") from error
    except BaseException:
        end(process)
        raise
    finally:
        _running.discard(process)
    return Ended(process.returncode, ((err if output else out) or b"").decode(errors="replace"))


def end(process: subprocess.Popen[bytes]) -> None:
    """End `process` and all that it started, kindly at first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
            return


@atexit.register
def _end_all() -> None:
    """End what daemon threads still run when the suite ends (Ctrl-C while images are built)."""
    for process in list(_running):
        end(process)
