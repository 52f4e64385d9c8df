"""Packages of the operating system: installed on Debian and Ubuntu as root, asked for elsewhere."""

import os
import shutil
from pathlib import Path

from harness import processes
from harness.console import step
from harness.errors import InfrastructureError
from harness.locks import exclusive

LOCK = Path("/run/lock/acceptance-apt.lock")
DEADLINE = 900.0


def can_install(os_release: Path = Path("/etc/os-release")) -> bool:
    """Tell whether this is Debian or Ubuntu (or a descendant), with the rights to install packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and is_debian(os_release)


def is_debian(os_release: Path = Path("/etc/os-release")) -> bool:
    """Tell whether this is Debian, Ubuntu, or a descendant of theirs."""
    try:
        lines = os_release.read_text().splitlines()
    except OSError:
        return False
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    names = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".replace('"', "").split()
    return "debian" in names or "ubuntu" in names


def need(command: str, *packages: str, purpose: str) -> str:
    """Return the path of `command`, installing `packages` that bring it where that is possible.

    `purpose` completes "… is needed to …". Raises `InfrastructureError` saying what to install.
    """
    if found := find(command):
        return found
    if not can_install():
        raise InfrastructureError(
            f"`{command}` is needed to {purpose}, and is not installed.",
            remedy=f"Install it (Debian and Ubuntu: `sudo apt-get install {' '.join(packages)}`), then run again.",
        )
    install(*packages)
    if found := find(command):
        return found
    raise InfrastructureError(f"`{command}` is missing though {' '.join(packages)} is installed.")


def find(command: str) -> str | None:
    """Return the path of `command`, looked for in the system's own folders too (a user's PATH may lack them)."""
    return shutil.which(command, path=f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin")


def install(*packages: str) -> None:
    """Install Debian packages; raises `InfrastructureError` with what apt-get said."""
    with exclusive(LOCK, deadline=DEADLINE, what="installing packages"), step(f"Installing {' '.join(packages)}"):
        # Java's packages fail where a slimmed-down system has no folder for their manuals.
        Path("/usr/share/man/man1").mkdir(parents=True, exist_ok=True)
        # Lists of other sources that cannot be reached are no reason to fail while these packages can be had.
        updated = _apt_get("update")
        installed = _apt_get("install", "-y", "--no-install-recommends", *packages)
        if installed.status != 0:
            raise InfrastructureError(
                f"apt-get could not install {' '.join(packages)} (exit code {installed.status}).",
                remedy="Mend what it says above, or install them yourself, then run again.",
                details=_tail(updated.said if updated.status else "") + _tail(installed.said),
            )


def _apt_get(*arguments: str) -> processes.Ended:
    command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments]
    return processes.run(
        command, deadline=DEADLINE, environment={"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    )


def _tail(text: str, lines: int = 12) -> str:
    return "".join(f"{line}\n" for line in text.splitlines()[-lines:])
