"""The virtual environment: made only when needed, and a machine that cannot make one is told what to install."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_PYTHON = "exit 1"
NO_ENSUREPIP = """
case "$*" in
    *ensurepip*) exit 1 ;;
    *venv*print*|*print*venv*) echo python3.11-venv ;;
esac
"""
ANY_PYTHON = """
case "$*" in
    "-m venv .venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *"pip install"*) echo "$*" >> installed ;;
esac
"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A repository with nothing but what the environment is made from."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "service").mkdir()
    shutil.copy(ROOT / "tools" / "venv.sh", tmp_path / "tools")
    for name in ("pyproject.toml", "service/pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text(name)
    return tmp_path


def _make(root: Path, python: str, **environment: str) -> subprocess.CompletedProcess[str]:
    script = root / "python-of-the-test"
    script.write_text(f"#!/bin/sh\n{python}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return subprocess.run(
        ["sh", "tools/venv.sh"],
        cwd=root,
        env={**os.environ, "PYTHON": str(script), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _installs(root: Path) -> int:
    return len((root / "installed").read_text().splitlines())


def test_no_python_that_is_new_enough_is_said(bare: Path) -> None:
    made = _make(bare, NO_PYTHON)
    assert made.returncode == 1
    assert "Python 3.11 or newer is needed" in made.stderr
    assert "What to do:" in made.stderr


def test_a_python_without_venv_says_what_to_install(bare: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"  # a machine where nobody is root and nothing can be installed
    tools.mkdir()
    (tools / "id").write_text("#!/bin/sh\necho 1000\n")
    (tools / "id").chmod(0o755)
    made = _make(bare, NO_ENSUREPIP, PATH=f"{tools}:{os.environ['PATH']}")
    assert made.returncode == 1
    assert "apt-get install python3.11-venv" in made.stderr


def test_it_is_made_once_and_again_only_when_what_it_is_made_from_changes(bare: Path) -> None:
    assert _make(bare, ANY_PYTHON).returncode == 0
    assert _make(bare, ANY_PYTHON).stderr == ""
    assert _installs(bare) == 1
    (bare / "constraints.txt").write_text("changed")
    assert _make(bare, ANY_PYTHON).returncode == 0
    assert _installs(bare) == 2


def test_one_that_was_moved_or_is_dead_is_made_anew(bare: Path, tmp_path: Path) -> None:
    assert _make(bare, ANY_PYTHON).returncode == 0
    (bare / ".venv" / "python-of-before").touch()
    (bare / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    assert _make(bare, ANY_PYTHON).returncode == 0
    assert not (bare / ".venv" / "python-of-before").exists()
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    shutil.copytree(bare, moved)
    (moved / ".venv" / "python-of-before").touch()
    assert _make(moved, ANY_PYTHON).returncode == 0
    assert not (moved / ".venv" / "python-of-before").exists()


def test_what_pip_cannot_install_is_no_finished_environment(bare: Path) -> None:
    broken = ANY_PYTHON.replace('echo "$*" >> installed', "exit 1")
    made = _make(bare, broken)
    assert made.returncode == 1
    assert "pip could not install" in made.stderr
    assert _make(bare, ANY_PYTHON).returncode == 0
    assert _installs(bare) == 1
