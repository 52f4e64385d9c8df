"""Programs in Go: static, built on this machine from modules of the Go proxy, for the engine's architecture."""

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness import packages, processes
from harness.console import step
from harness.engine import explained
from harness.images.recipe import digest, failed_command

DEADLINE = 900.0
CHOOSES_ITS_TOOLCHAIN = (1, 21)
"""From this version on Go fetches a newer toolchain by itself where a module asks for one."""
TOOLCHAIN = "golang.org/toolchain@v0.0.1-go1.24.6"
"""The toolchain, itself a module, for a Go that is older (Debian 12 has 1.19)."""


def program(module: Path, architecture: str, cache: Path) -> Path:
    """Return a folder with the program whose package and version stand in the file `module`; built once.

    `architecture` is the engine's word for it, which is Go's too. Raises `InfrastructureError` with what Go said.
    """
    folder = cache / "programs" / digest([(module.name, module)], architecture)
    if folder.exists():
        return folder
    package = module.read_text().strip()
    go = packages.need("go", "golang-go", purpose=f"build {package}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        step(f"Building {package}"),
        tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as work,
    ):
        places = {"GOPATH": work, "GOBIN": "", "GOCACHE": f"{work}/cache", "GOMODCACHE": f"{work}/mod"}
        # Read-only folders, Go's habit, could not be removed again.
        environment = {**places, "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "auto"}
        able = _able(go, environment)
        static = {"CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": architecture}
        _go([able, "install", "-trimpath", "-ldflags=-s -w", package], {**environment, **static})
        # Go puts what it built for another system than this one into a folder of its own.
        unfinished = Path(work) / folder.name
        unfinished.mkdir()
        (built,) = (path for path in (Path(work) / "bin").rglob("*") if path.is_file())
        built.rename(unfinished / built.name)
        unfinished.rename(folder)
    return folder


def _able(go: str, environment: Mapping[str, str]) -> str:
    """Return a `go` that can build modules of today: the given one, or one that it downloads."""
    version = _go([go, "version"], environment)
    found = re.search(r"go(\d+)\.(\d+)", version)
    if found and (int(found[1]), int(found[2])) >= CHOOSES_ITS_TOOLCHAIN:
        return go
    system, architecture = _go([go, "env", "GOHOSTOS", "GOHOSTARCH"], environment).split()
    module = f"{TOOLCHAIN}.{system}-{architecture}"
    _go([go, "mod", "download", module], environment)
    root = Path(environment["GOMODCACHE"]) / module
    # As a newer Go does with it: modules have no executable files, and none within another.
    for tool in (*root.glob("bin/*"), *root.glob("pkg/tool/*/*")):
        tool.chmod(0o755)
    for hidden in (root / "src/_go.mod", root / "src/cmd/_go.mod"):
        shutil.copy(hidden, hidden.with_name("go.mod"))
    return str(root / "bin" / "go")


def _go(command: list[str], environment: Mapping[str, str]) -> str:
    doing = f"`{' '.join(command[1:])}` of Go"
    try:
        ended = processes.run(command, deadline=DEADLINE, environment=environment)
    except OSError as error:
        raise explained(error, doing) from error
    if ended.status != 0:
        trouble = failed_command("go", ended.said, ended.status, doing)
        trouble.remedy = "Install Go 1.23 or newer (https://go.dev/dl/), make the Go module proxy (GOPROXY) reachable, or a registry."  # noqa: E501 -- one sentence
        raise trouble
    return ended.said
