"""Wheels of a Python service and its dependencies, made on the host: an image's build then needs no package index."""

import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness import processes
from harness.console import step
from harness.engine import explained
from harness.errors import InfrastructureError
from harness.images.recipe import digest, failed_command, files_of

PYTHON = "3.11"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
"""The engine's name of an architecture → the wheels' name."""

GLIBC = ("2_36", "2_35", "2_34", "2_31", "2_28", "2_27", "2_26", "2_24", "2_17")
"""Versions of the manylinux standard that Debian 12 can run (glibc 2.36), newest first."""

DEADLINE = 600.0


def platforms(architecture: str) -> list[str]:
    """Return the wheel platforms for the engine's `architecture`; raises `InfrastructureError` for an unknown one."""
    if architecture not in MACHINES:
        raise InfrastructureError(
            f"The container engine runs on {architecture}, for which no wheels are chosen.",
            remedy=f"Use an engine on one of {', '.join(MACHINES)}.",
        )
    machine = MACHINES[architecture]
    return [f"manylinux_{version}_{machine}" for version in GLIBC] + [f"manylinux2014_{machine}", f"linux_{machine}"]


def dependencies(project: dict[str, Any], constraints: Path, architecture: str, cache: Path) -> Path:
    """Return a folder with the wheels of the project's dependencies, pinned by `constraints`.

    `project` is what pyproject.toml says. Downloaded once for each set of requirements; a second call needs no
    network. Raises `InfrastructureError` with what pip said.
    """
    wanted = sorted(project["project"].get("dependencies", []))
    platform = [f"--platform={name}" for name in platforms(architecture)]
    options = [
        f"--constraint={constraints}",
        "--only-binary=:all:",
        "--implementation=cp",
        f"--python-version={PYTHON}",
    ]
    key = digest([("constraints", constraints)], *wanted, *platform)

    def download(folder: Path) -> None:
        if wanted:
            _pip("download", f"--dest={folder}", *options, *platform, *wanted)

    return _kept(cache / "wheels" / key, "Downloading the service's dependencies", download)


@contextmanager
def service_wheel(context: Path, project: dict[str, Any], constraints: Path, cache: Path) -> Iterator[Path]:
    """Build the wheel of the project in `context`, in a folder that is gone afterwards; `context` stays as it is.

    Raises `InfrastructureError` with what the project's build system or pip said.
    """
    system = project.get("build-system", {})
    tools = _build_tools(sorted(system.get("requires", ["setuptools"])), constraints, cache)
    with tempfile.TemporaryDirectory() as work:
        copy, into = Path(work) / context.name, Path(work) / "wheel"
        into.mkdir()
        for name, path in files_of(context):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / name)
        # The project's build system, called as the standard (PEP 517) says; `pip wheel` does the same in 4 s, not 0.5.
        backend = system.get("build-backend", "setuptools.build_meta")
        call = (
            "import functools, importlib, sys; module, _, name = sys.argv[1].partition(':'); "
            "functools.reduce(getattr, filter(None, name.split('.')), importlib.import_module(module))"
            ".build_wheel(sys.argv[2])"
        )
        on_the_path = os.pathsep.join([str(tools), *(str(copy / folder) for folder in system.get("backend-path", []))])
        with step("Building the service's wheel"):
            _run("build the wheel", [sys.executable, "-c", call, backend, str(into)], copy, {"PYTHONPATH": on_the_path})
        yield into


def _build_tools(wanted: list[str], constraints: Path, cache: Path) -> Path:
    key = digest([("constraints", constraints)], *wanted, *map(str, sys.version_info[:2]))

    def install(folder: Path) -> None:
        _pip("install", f"--target={folder}", f"--constraint={constraints}", *wanted)

    return _kept(cache / "tools" / key, "Getting the service's build tools", install)


def read_project(context: Path) -> dict[str, Any]:
    """Return what pyproject.toml in `context` says; raises `InfrastructureError`."""
    try:
        return tomllib.loads((context / "pyproject.toml").read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InfrastructureError(
            f"{context / 'pyproject.toml'} cannot be read: {error}",
            remedy="Name a folder with a Python project, or an image, in the target file.",
        ) from error


def _kept(folder: Path, doing: str, fill: Callable[[Path], None]) -> Path:
    """Return `folder` of the cache, filled when it is not there yet."""
    if folder.exists():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Made beside its place and moved there when complete: what the cache has is whole, whenever this is killed.
        with step(doing), tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as work:
            unfinished = Path(work) / folder.name
            unfinished.mkdir()
            fill(unfinished)
            unfinished.rename(folder)
    except OSError as error:
        raise explained(error, doing) from error
    return folder


def _pip(verb: str, *arguments: str) -> None:
    command = [sys.executable, "-m", "pip", verb, "--quiet", "--disable-pip-version-check", "--no-input", *arguments]
    _run(f"pip {verb}", command, Path.cwd(), {})


def _run(name: str, command: list[str], folder: Path, environment: dict[str, str]) -> None:
    ended = processes.run(command, deadline=DEADLINE, folder=folder, environment=environment)
    if ended.status != 0:
        raise failed_command(name, ended.said, ended.status, "Making the wheels of the service")
