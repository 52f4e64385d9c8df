"""A little behave project that is run with the suite's runner and formatter, in a file or on a terminal."""

import os
import pty
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.settings import ROOT

CONTRACT = """
| P1 | One thing. | core |
| P2 | Another thing. | core |
| P3 | A third thing. | beyond |
| P4 | A fourth thing. | beyond |
"""
ENVIRONMENT = """
import sys
from harness.console import say

def before_scenario(context, scenario):
    if scenario.name.startswith("Loud"):
        say("the stack is up")
        print("printed by a hook")

def after_scenario(context, scenario):
    if "hook" in scenario.tags:
        raise AssertionError("the log holds an error")
"""
STEPS = """
import os, signal
from behave import given
from harness.errors import InfrastructureError

@given("it holds")
@given("it holds:")
def it_holds(context):
    pass

@given("it fails")
@given("it fails:")
def it_fails(context):
    print("said before")
    raise AssertionError("expected one, seen two\\n  evidence: artifacts/somewhere")

@given("it fails at length")
def it_fails_at_length(context):
    lines = [f"  line {number}" for number in range(1, 13)]
    raise AssertionError("\\n".join(["expected one, seen two", *lines, "  evidence: artifacts/somewhere"]))

@given("it is interrupted")
def it_is_interrupted(context):
    os.kill(os.getpid(), signal.SIGINT)

@given("nothing can be proved")
def nothing_can_be_proved(context):
    raise InfrastructureError("the engine is down")
"""
PROJECT = """
[tool.behave]
runner = "harness.runner:AcceptanceRunner"
capture_hooks = false
show_skipped = false
default_format = "console"

[tool.behave.formatters]
console = "harness.reports.console:ConsoleFormatter"
"""


@dataclass(frozen=True)
class Ran:
    """How a run of behave ended, and what it wrote."""

    exit_code: int
    said: str

    @property
    def screen(self) -> list[str]:
        """What a terminal shows in the end: whole lines, as carriage returns and erasures have left them."""
        lines = []
        for raw in self.said.replace("\r\n", "\n").split("\n"):
            shown = raw.split("\r\x1b[K")[-1]
            lines.append(shown)
        return lines


Behave = Callable[..., Ran]


@pytest.fixture
def behave(tmp_path: Path) -> Behave:
    """Return what runs behave on a feature; with `terminal=True` on a terminal of 80 columns."""

    def run(feature: str, *arguments: str, terminal: bool = False, **environment: str) -> Ran:
        files = {
            "contract.md": CONTRACT,
            "environment.py": ENVIRONMENT,
            "steps/all_steps.py": STEPS,
            "pyproject.toml": PROJECT,
            "features/first_chapter/small.feature": textwrap.dedent(feature),
        }
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        command = [sys.executable, "-m", "behave", "-D", "contract=contract.md", *arguments]
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "BEHAVE_COLOR", "COLUMNS")}
        environ = {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment}
        if terminal:
            return _on_a_terminal(command, tmp_path, environ)
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        return Ran(done.returncode, done.stdout + done.stderr)

    return run


def _on_a_terminal(command: list[str], folder: Path, environ: dict[str, str]) -> Ran:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            some = os.read(ours, 4096)
        except OSError:  # nobody writes any more
            break
        if not some:
            break
        said += some
    os.close(ours)
    return Ran(process.wait(60), said.decode())
