"""The files of mutants/: small patches, each with a header that says which promise it breaks. See mutants/README.md."""

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.requirements import looks_like_an_id

EVERYTHING = "*"
_KEYS = ("Breaks", "What", "Scenarios", "Spares")
_HEADER = re.compile(rf"({'|'.join(_KEYS)}): *(.*)")
_REASON = re.compile(r" +(?:—|--) +")


class PatchError(Exception):
    """A patch cannot be used as it is; says which, and why."""


@dataclass(frozen=True)
class Patch:
    """One broken service.

    `breaks` are the ids that it breaks; none means all of them (`Breaks: *`), and then `spares` maps what holds all
    the same (a scenario's name, a feature's file, or `FILE: NAME`) to the reasons why. `scenarios` is a regular
    expression for `behave --name`.
    """

    path: Path
    what: str
    breaks: tuple[str, ...]
    scenarios: str | None
    spares: dict[str, str]

    @property
    def name(self) -> str:
        """The name by which it is called: that of the file."""
        return self.path.stem

    @property
    def hollow(self) -> bool:
        """Tell whether it breaks everything."""
        return not self.breaks

    @property
    def tag_expression(self) -> str:
        """The tags of the scenarios that have to catch it, as behave's `--tags` takes them; empty for all."""
        return " or ".join(f"@{id_}" for id_ in self.breaks)

    def selects(self, name: str, tags: Iterable[str]) -> bool:
        """Tell whether the scenario of this name, with these tags, has to catch it."""
        fits = self.hollow or not set(tags).isdisjoint(self.breaks)
        return fits and (self.scenarios is None or re.search(self.scenarios, name) is not None)

    def apply(self, folder: Path, *, only_check: bool = False) -> None:
        """Apply it in `folder`, which holds a copy of service/; raises `PatchError` with git's own words.

        With `only_check` nothing is written.
        """
        check = ["--check"] if only_check else []
        done = subprocess.run(  # noqa: S603 -- no shell
            ["git", "apply", "--whitespace=nowarn", *check, str(self.path.resolve())],  # noqa: S607 -- git is wherever it is
            cwd=folder,
            env=_without_repository(folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise PatchError(f"the patch does not apply: {done.stderr.strip()}")


def _without_repository(folder: Path) -> dict[str, str]:
    """Return an environment in which git looks for no repository around `folder`: there it would skip files."""
    return {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
        "GIT_CEILING_DIRECTORIES": str(folder.resolve().parent)
    }


def read_patch(path: Path) -> Patch:
    """Read the header of a patch; raises `PatchError` when a line is missing or wrong."""
    values: dict[str, list[str]] = {key: [] for key in _KEYS}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("diff ", "--- ")):
            break
        if header := _HEADER.fullmatch(line.rstrip()):
            values[header[1]].append(header[2])
    else:
        raise PatchError(f"{path}: there is no diff in it")
    for key in ("Breaks", "What"):
        if len(values[key]) != 1 or not values[key][0]:
            raise PatchError(f"{path}: write one line `{key}: …` before the diff")
    breaks = _ids(path, values["Breaks"][0])
    if breaks and values["Spares"]:
        raise PatchError(f"{path}: `Spares:` goes with `Breaks: {EVERYTHING}` only")
    return Patch(
        path=path,
        what=values["What"][0],
        breaks=breaks,
        scenarios=values["Scenarios"][0] if values["Scenarios"] else None,
        spares=dict(_spared(path, line) for line in values["Spares"]),
    )


def read_patches(folder: Path) -> list[Patch]:
    """Read all patches of a folder, by name; raises `PatchError` for the first that is wrong."""
    return [read_patch(path) for path in sorted(folder.glob("*.patch"))]


def _ids(path: Path, text: str) -> tuple[str, ...]:
    if text == EVERYTHING:
        return ()
    ids = tuple(part.strip() for part in text.split(","))
    for id_ in ids:
        if not looks_like_an_id(id_):
            raise PatchError(f"{path}: `Breaks: {text}`: {id_!r} is not the id of a requirement")
    return ids


def _spared(path: Path, line: str) -> tuple[str, str]:
    name, *reason = _REASON.split(line, maxsplit=1)
    if not reason:
        raise PatchError(f"{path}: `Spares: {line}` lacks its reason: write `Spares: name of the scenario — reason`")
    return name.strip(), reason[0]
