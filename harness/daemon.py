"""Starting the machine's own container engine, whatever an earlier one left lying about."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness import packages
from harness.console import say, step
from harness.errors import InfrastructureError
from harness.locks import exclusive

START_DEADLINE = 60.0
SERVICE_DEADLINE = 30.0
PAUSE = 0.1
SELDOM = "400"
"""How often the engine collects garbage, in the words of Go's GOGC (100 is usual). For each container that starts it
runs itself four times, for some milliseconds of work; a third of what that took was the search for garbage."""


@dataclass(frozen=True)
class Daemon:
    """Where a docker daemon has its things; the defaults are the daemon's own."""

    socket: Path = Path("/var/run/docker.sock")
    pid_file: Path = Path("/var/run/docker.pid")
    exec_root: Path = Path("/var/run/docker")
    data_root: Path = Path("/var/lib/docker")
    log: Path = Path("/var/log/acceptance-dockerd.log")
    lock: Path = Path("/run/lock/acceptance-engine.lock")
    more: tuple[str, ...] = ()
    """Further arguments."""

    @property
    def address(self) -> str:
        """The address for clients."""
        return f"unix://{self.socket}"

    @property
    def is_the_machines_own(self) -> bool:
        """Tell whether this is the daemon that the system's service manager would start."""
        return self.socket == Daemon.socket

    @property
    def arguments(self) -> list[str]:
        """What the daemon has to be told; nothing for the machine's own, whose `daemon.json` may say the same."""
        if self.is_the_machines_own:
            return [*self.more]
        return [
            f"--host={self.address}",
            f"--pidfile={self.pid_file}",
            f"--exec-root={self.exec_root}",
            f"--data-root={self.data_root}",
            *self.more,
        ]


def can_start() -> bool:
    """Tell whether an engine could be started here: Linux, root, and there or installable."""
    is_there = packages.find("dockerd") is not None
    return sys.platform == "linux" and os.geteuid() == 0 and (is_there or packages.can_install())


def start(daemon: Daemon, answers: Callable[[], bool]) -> None:
    """Install the engine where it is missing, and start it so that it outlives this process.

    `answers` tells whether the engine answers. Two processes do not start two. Raises `InfrastructureError`.
    """
    with exclusive(daemon.lock, what="starting the container engine"):
        if answers():
            return
        dockerd = packages.need("dockerd", "docker.io", "iptables", purpose="run containers")
        packages.need("iptables", "iptables", purpose="publish the ports of containers")
        if daemon.is_the_machines_own and _started_by_system(answers):
            return
        _start_by_hand(daemon, dockerd, answers)


def remove_stale_files(daemon: Daemon) -> list[Path]:
    """Remove what a dead engine left that would keep a new one from starting; returns what was removed.

    A daemon refuses to start while its pid file names any living process, and waits for the containerd named
    beside it: after a crash both may name a stranger.
    """
    containerd = daemon.exec_root / "containerd"
    stale = [daemon.pid_file] if not _runs(daemon.pid_file, "dockerd") else []
    if not _runs(containerd / "containerd.pid", "containerd", its_argument=str(containerd)):
        stale.append(containerd / "containerd.pid")
    stale += [path for path in (daemon.socket, containerd / "containerd.sock") if not _somebody_listens(path)]
    removed = [path for path in stale if path.exists() or path.is_symlink()]
    for path in removed:
        path.unlink(missing_ok=True)
    return removed


def _started_by_system(answers: Callable[[], bool]) -> bool:
    """Have the service manager start the engine, where there is one that may."""
    if Path("/run/systemd/system").exists():
        command = ["systemctl", "start", "docker"]
    elif Path("/etc/init.d/docker").exists() and Path("/proc/1/comm").read_text().strip() == "init":
        command = ["service", "docker", "start"]
    else:
        return False
    try:
        with step(f"Starting the container engine (`{' '.join(command)}`)"):
            subprocess.run(command, check=True, capture_output=True, timeout=SERVICE_DEADLINE)  # noqa: S603 -- fixed words
    except (OSError, subprocess.SubprocessError) as error:
        say(f"That did not work ({error}); starting it by hand.")
        return False
    return _wait(answers, SERVICE_DEADLINE)


def _start_by_hand(daemon: Daemon, dockerd: str, answers: Callable[[], bool]) -> None:
    for path in remove_stale_files(daemon):
        say(f"Removed {path}, left by an engine that is gone.")
    if _runs(daemon.pid_file, "dockerd"):
        if _wait(answers, START_DEADLINE):
            return
        raise InfrastructureError(
            f"The container engine (process {daemon.pid_file.read_text().strip()}) runs, but does not answer.",
            remedy=f"End it (`kill $(cat {daemon.pid_file})`), then run again.",
        )
    with step(f"Starting the container engine (its log: {daemon.log})"):
        process = _launched(daemon, dockerd)
        if _wait(lambda: process.poll() is not None or answers(), START_DEADLINE) and process.poll() is None:
            return
    state = "ended at once" if process.poll() is not None else f"does not answer after {START_DEADLINE:.0f} s"
    raise InfrastructureError(
        f"The container engine was started and {state}.",
        remedy=f"Mend what it says (its whole log: {daemon.log}), then run again; `make doctor` looks for more.",
        details=_last_words(daemon.log),
    )


def _last_words(log: Path) -> str:
    """Return the end of the engine's log, without what it says in good health too."""
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join([line for line in lines if "level=info" not in line][-12:])


def _launched(daemon: Daemon, dockerd: str) -> subprocess.Popen[bytes]:
    """Start the daemon in a session of its own: it outlives this process, and Ctrl-C does not reach it."""
    # The daemon looks for iptables and containerd on its PATH, which a user's may lack.
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"
    daemon.log.parent.mkdir(parents=True, exist_ok=True)
    with daemon.log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603 -- a program of the system
            [dockerd, *daemon.arguments],
            cwd="/",
            env={"GOGC": SELDOM, **os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait(condition: Callable[[], bool], deadline: float) -> bool:
    end = time.monotonic() + deadline
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE)
    return True


def _runs(pid_file: Path, name: str, its_argument: str = "") -> bool:
    """Tell whether the process that `pid_file` names is alive and is `name` (started with `its_argument`)."""
    try:
        process = Path("/proc") / str(int(pid_file.read_text()))
        command = (process / "cmdline").read_bytes().decode(errors="replace")  # empty for one that nobody waited for
        return (process / "comm").read_text().strip() == name and command != "" and its_argument in command
    except (OSError, ValueError):
        return False


def _somebody_listens(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            probe.connect(str(path))
    except TimeoutError:
        return True  # there is somebody, who does not accept: that is not stale
    except OSError:
        return False
    return True
