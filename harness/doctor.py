"""`python -m harness.doctor`: what is missing for a run, and how to get it. Changes nothing."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import docker

from harness import daemon, engine, leftovers, packages
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.images import ImageChoice, Images
from harness.images.images import KINDS
from harness.images.pull import PullError, look_up
from harness.images.wheels import MACHINES
from harness.ports import HIGHEST, LOWEST, free_port
from harness.settings import ROOT

GIGABYTE = 1_000_000_000
CACHE_BYTES = GIGABYTE
BUILD_BYTES = 2 * GIGABYTE
"""Room for images that are still to be pulled or built."""
MEMORY_BYTES = 2 * GIGABYTE
OLDEST_ENGINE = (20, 10)
OLDEST_PYTHON = (3, 11)

BUILD_TOOLS = {
    "mmdebstrap": ("mmdebstrap", {"postgres", "kafka", "redis", "python"}),
    "mvn": ("maven", {"kafka"}),
    "go": ("golang-go", {"toxiproxy"}),
}
"""Command → Debian package that brings it, images that it builds. Java is not needed but by Maven, which brings it."""


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, and how to get it if it is missing."""

    what: str
    missing: str = ""

    def __str__(self) -> str:
        return f"missing  {self.what}\n         → {self.missing}" if self.missing else f"ok       {self.what}"


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Print the report; returns the exit code, 0 if a run can start."""
    missing = 0
    for finding in examine(environment):
        print(finding, flush=True)  # noqa: T201 -- the report
        missing += bool(finding.missing)
    print("A run can start." if not missing else f"A run cannot start: {missing} missing.")  # noqa: T201 -- the report
    return EXIT_INFRASTRUCTURE if missing else 0


def examine(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Look at everything that a run needs, in the order in which a run needs it."""
    yield python(sys.version_info[:3])
    cache = ROOT / ".cache"
    yield disk("wheels, jars and evidence", cache if cache.exists() else ROOT, CACHE_BYTES)
    yield memory(Path("/proc/meminfo"))
    yield ports()
    chosen = None
    try:
        chosen = engine.chosen_address()
        client = engine.connect(chosen or daemon.Daemon().address)
    except InfrastructureError as trouble:
        yield no_engine(trouble, can_start=chosen is None and daemon.can_start())
        return
    with closing(client):
        yield engine_version(client.version())
        if root := engine.local_data_root(client):
            yield disk("containers", root, engine.LEAST_FREE_BYTES)
        try:
            yield from images(Images(client, ImageChoice.from_mapping(environment)), client, root)
            yield left_behind(client)
        except InfrastructureError as trouble:
            yield Finding(trouble.problem, trouble.remedy)


def python(version: tuple[int, ...]) -> Finding:
    """Look at the interpreter."""
    wanted = ".".join(map(str, OLDEST_PYTHON))
    too_old = version < OLDEST_PYTHON
    return Finding(f"Python {'.'.join(map(str, version))}", f"Install Python {wanted} or newer." if too_old else "")


def disk(purpose: str, folder: Path, wanted: int) -> Finding:
    """Look at the disk under `folder`, where `wanted` bytes have to be free."""
    free = shutil.disk_usage(folder).free
    what = f"disk for {purpose}: {free / GIGABYTE:.1f} GB free under {folder}"
    if not os.access(folder, os.W_OK) and purpose.startswith("wheels"):
        return Finding(f"{what}, not writable", f"Make {folder} writable for you.")
    return Finding(what, f"{wanted / GIGABYTE:.0f} GB are needed. {engine.FREE_DISK}" if free < wanted else "")


def memory(meminfo: Path) -> Finding:
    """Look at the memory that is available."""
    try:
        fields = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
        available = int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return Finding("memory: cannot be told here")
    enough = available >= MEMORY_BYTES
    what = f"memory: {available / GIGABYTE:.1f} GB available"
    return Finding(what, "" if enough else f"{MEMORY_BYTES / GIGABYTE:.0f} GB are needed; end what you do not need.")


def ports() -> Finding:
    """Look for free ports."""
    try:
        free_port()
    except OSError as error:
        return Finding(str(error), "End what listens there (`ss -ltnp`).")
    return Finding(f"ports: free ones between {LOWEST} and {HIGHEST}")


def no_engine(trouble: InfrastructureError, *, can_start: bool) -> Finding:
    """Tell what a run would do about a missing engine."""
    if isinstance(trouble, engine.NoEngineError) and can_start:
        how = "started" if packages.find("dockerd") else "installed and started"
        return Finding(f"container engine: none runs; a run has one {how}, and then looks for images")
    return Finding(f"container engine: {trouble.problem}", trouble.remedy)


def engine_version(version: Mapping[str, str]) -> Finding:
    """Look at what the engine is."""
    what = f"container engine {version['Version']} ({version['Os']}/{version['Arch']})"
    if version["Os"] != "linux":
        return Finding(what, "Switch it to Linux containers.")
    if version["Arch"] not in MACHINES:
        return Finding(what, f"Use an engine on one of {', '.join(MACHINES)}.")
    numbers = tuple(int(part) for part in version["Version"].split(".")[:2] if part.isdigit())
    return Finding(what, "Install Docker 20.10 or newer." if numbers < OLDEST_ENGINE else "")


def images(had: Images, client: docker.DockerClient, root: Path | None) -> Iterator[Finding]:
    """Tell how each image will be had; `root` is where the engine keeps them, if that is on this machine."""
    to_build, to_have = [], []
    for kind in KINDS:
        if found := had.plan(kind):
            yield Finding(f"image of {kind}: {found.reference} ({found.how})")
            continue
        to_have.append(kind)
        if reason := _why_not_pulled(had, client, kind):
            if not had.may_build(kind):
                yield Finding(
                    f"image of {kind}: {reason}", "Make its registry reachable, or choose ACCEPTANCE_IMAGES=build."
                )
                continue
            to_build.append(kind)
            yield Finding(f"image of {kind}: will be built ({reason})")
        else:
            yield Finding(f"image of {kind}: will be pulled, {had.choice.published(kind)}")
    if root and to_have:
        yield disk("new images", root, BUILD_BYTES)
    for command, (package, builds) in BUILD_TOOLS.items():
        if builds & set(to_build):
            yield build_tool(command, package, can_install=packages.can_install())


def build_tool(command: str, package: str, *, can_install: bool) -> Finding:
    """Look for a command that building needs."""
    what = f"`{command}` for building images"
    if packages.find(command):
        return Finding(what)
    if can_install:
        return Finding(f"{what}: will be installed")
    return Finding(
        what, f"Install it (Debian and Ubuntu: `sudo apt-get install {package}`), or make a registry reachable."
    )


def left_behind(client: docker.DockerClient) -> Finding:
    """Look for what killed runs left; the next run removes it."""
    dead = leftovers.find_leftovers(client)
    return Finding(f"leftovers: of run {', '.join(dead)}; the next run removes them" if dead else "leftovers: none")


def _why_not_pulled(had: Images, client: docker.DockerClient, kind: str) -> str:
    if had.choice.mode == "build":
        return "as chosen"
    try:
        look_up(client, had.choice.published(kind))
    except PullError as error:
        return f"{had.choice.published(kind)} cannot be pulled: {error}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
