"""Copies of this repository, whose stacks are not those that somebody has standing."""

import shutil
from collections.abc import Iterable
from pathlib import Path

LEFT_BEHIND = ("__pycache__", "*.egg-info", ".*_cache", "wheels", "build")
"""What builds and checks leave in a folder."""
NOT_NEEDED = (".*", "artifacts", "mutants", "tests", *LEFT_BEHIND)


def clone(root: Path, into: Path, shared: Iterable[str] = (".cache",)) -> None:
    """Copy what runs of the suite need of the repository `root`; the `shared` folders are the same for both."""
    shutil.copytree(root, into, ignore=shutil.ignore_patterns(*NOT_NEEDED))
    for name in shared:
        (root / name).mkdir(exist_ok=True)
        (into / name).symlink_to(root / name)
