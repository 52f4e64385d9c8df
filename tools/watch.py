"""Runs scenarios on every change: those of the feature file that was saved last, before that those tagged @wip.

A change while they run ends the run in good order and begins anew. Ctrl-C ends. The stacks are left standing, so that
the next run is at its first step at once; `make down` removes them. Exit code 0.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from harness.console import say
from harness.target import WIP
from tools.children import heed_signals, run_child
from tools.runs import ROOT

WATCHED = ("features", "steps", "actors", "harness", "service", "environment.py")
BUILT = ("build", "wheels")
"""Folders with what a build has made; a change of these is no change."""
POLL, QUIET = 100, 100
"""Milliseconds: how long to look for changes at a time, and how long none must come until they are taken."""
EVERY_SCENARIO = f"@{WIP} or not @{WIP}"
"""A tag expression that names wip, so that scenarios tagged so run as well."""
_WIP_TAG = re.compile(rf"^\s*(?:@\S+\s+)*@{WIP}(?!\S)", re.MULTILINE)


@dataclass(frozen=True)
class Selection:
    """What is to run: behave's arguments (none: nothing), and in words what it is."""

    arguments: tuple[str, ...]
    words: str


class Focus:
    """What somebody is at work on in the repository `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._features: tuple[str, ...] = ()

    def after(self, saved: frozenset[str]) -> Selection:
        """Return what to run after the files `saved` (relative to the root) have changed."""
        features = sorted(path for path in saved if path.endswith(".feature") and (self._root / path).exists())
        self._features = tuple(features) or tuple(f for f in self._features if (self._root / f).exists())
        if self._features:
            return Selection(("--tags", EVERY_SCENARIO, *self._features), f"the scenarios of {_listed(self._features)}")
        if self._has_wip():
            return Selection(("--tags", f"@{WIP}", "features/"), f"the scenarios tagged @{WIP}")
        return Selection((), f"nothing: no scenario is tagged @{WIP}, and no feature file was saved")

    def _has_wip(self) -> bool:
        files = (self._root / "features").rglob("*.feature")
        return any(_WIP_TAG.search(path.read_text(encoding="utf-8", errors="replace")) for path in files)


class Saved(Exception):  # noqa: N818 -- no error: it ends a run
    """Files were saved while a run was on its way."""

    def __init__(self, files: frozenset[str]) -> None:
        super().__init__()
        self.files = files


class Sources(DefaultFilter):
    """Lets through changes of what somebody writes, not of what programs make of it."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, *BUILT)

    def __call__(self, change: Change, path: str) -> bool:
        """Tell whether the change counts."""
        return ".egg-info" not in path and super().__call__(change, path)


def changes(root: Path) -> Iterator[frozenset[str]]:
    """Iterate for ever over sets of files that have changed, relative to `root`; an empty one after `POLL` ms."""
    places = [root / name for name in WATCHED if (root / name).exists()]
    found = watch(*places, watch_filter=Sources(), step=QUIET, rust_timeout=POLL, yield_on_timeout=True)
    for some in found:
        yield frozenset(str(Path(path).relative_to(root)) for _, path in some)


def run(root: Path, arguments: Sequence[str], coming: Iterator[frozenset[str]]) -> frozenset[str]:
    """Run behave; returns what was saved meanwhile, which has ended it, or nothing once it has ended by itself."""

    def look() -> None:
        if files := next(coming):
            raise Saved(files)

    try:
        run_child([sys.executable, "-m", "behave", *arguments], folder=root, tick=look)
    except Saved as saved:
        return saved.files
    return frozenset()


def watch_on(root: Path, arguments: Sequence[str]) -> None:
    """Run and wait, in turns, until interrupted; `arguments` go to behave every time."""
    focus, coming, saved = Focus(root), changes(root), frozenset[str]()
    next(coming)  # from here on changes are seen
    while True:
        selection = focus.after(saved)
        lasting = [file for file in sorted(saved) if (root / file).exists()]  # editors write files beside, for a moment
        why = f"{_listed(lasting or sorted(saved))} changed" if saved else "To begin with"
        say(f"{why}: {selection.words}")
        saved = frozenset()
        if selection.arguments:
            saved = run(root, ["-D", "keep=yes", *selection.arguments, *arguments], coming)
        if not saved:
            say(f"Waiting for a change; Ctrl-C ends ({', '.join(WATCHED)})")
        while not saved:
            saved = next(coming)


def _listed(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"


def main(arguments: Sequence[str] | None = None) -> int:
    """Watch until interrupted, which is how it ends: returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.watch", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository (default: this one)")
    parser.add_argument("behave", nargs="*", metavar="-- ARGUMENT", help="further arguments for behave")
    asked = parser.parse_args(arguments)
    heed_signals()
    try:
        watch_on(asked.root.resolve(), asked.behave)
    except KeyboardInterrupt:
        say("The watch has ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
