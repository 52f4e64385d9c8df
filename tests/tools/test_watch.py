"""The watch: what it runs after which change, that a change ends a run in good order, and that Ctrl-C ends it all."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.watch import Focus

DEADLINE = 30.0
STEPS = """
import time
from pathlib import Path
from behave import given

@given("it {happens}")
def it_happens(context, happens):
    if happens == "takes long":
        print("IN HAND", flush=True)
        time.sleep(60)
    assert happens != "fails"
"""
ENVIRONMENT = """
def after_all(context):
    print("CLEANED UP", flush=True)
"""
FEATURE = """
Feature: f
  Scenario: One
    Given it holds
  {}
  Scenario: Other
    Given it {}
"""
LONG = FEATURE.format("@wip", "takes long")
SHORT = FEATURE.format("", "holds")


class Watching:
    """A watch on a project, and what it says."""

    def __init__(self, root: Path, said: Path) -> None:
        self._said = said
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "tools.watch", "--root", str(root), "--", "--no-capture"]
        with said.open("wb") as output:
            self.process = subprocess.Popen(command, env=environ, stdout=output, stderr=subprocess.STDOUT)

    @property
    def said(self) -> str:
        return self._said.read_text()

    def says(self, text: str, times: int = 1) -> None:
        """Wait until the text was said so many times in all."""
        until = time.monotonic() + DEADLINE
        while self.said.count(text) < times:
            assert time.monotonic() < until, f"{text!r} was not said {times} times:\n{self.said}"
            assert self.process.poll() is None, self.said
            time.sleep(0.02)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)


Watch = Callable[[str], Watching]


@pytest.fixture
def watch(project, tmp_path: Path) -> Iterator[Watch]:
    started: list[Watching] = []

    def begin(feature: str) -> Watching:
        root = project(feature, **{"steps/all_steps.py": STEPS, "environment.py": ENVIRONMENT})
        started.append(Watching(root, tmp_path / "said.txt"))
        return started[-1]

    yield begin
    for watching in started:
        if watching.process.poll() is None:
            watching.process.kill()


def test_a_feature_file_that_is_saved_is_run_and_again_when_its_steps_change(watch: Watch, tmp_path: Path) -> None:
    watching = watch(SHORT)
    watching.says("To begin with: nothing: no scenario is tagged @wip")
    watching.says("Waiting for a change")
    project = tmp_path / "project"
    (project / "features" / "answers.feature").write_text(SHORT)
    watching.says("features/answers.feature changed: the scenarios of features/answers.feature")
    watching.says("2 scenarios passed")
    watching.says("Waiting for a change", 2)
    (project / "steps" / "all_steps.py").write_text(STEPS.replace("fails", "holds"))
    watching.says("steps/all_steps.py changed: the scenarios of features/answers.feature")
    watching.says("2 failed")
    watching.says("Waiting for a change", 3)


def test_to_begin_with_the_scenarios_tagged_wip_are_run_and_a_change_ends_the_run_in_good_order(
    watch: Watch, tmp_path: Path
) -> None:
    watching = watch(LONG)
    watching.says("To begin with: the scenarios tagged @wip")
    watching.says("IN HAND")
    assert "CLEANED UP" not in watching.said
    (tmp_path / "project" / "features" / "answers.feature").write_text(SHORT)
    watching.says("2 scenarios passed")
    before, _, after = watching.said.partition("features/answers.feature changed")
    assert "CLEANED UP" in before
    assert after.count("CLEANED UP") == 1
    assert "Waiting" not in before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_told_to_and_the_run_in_hand_cleans_up_before(watch: Watch, number: signal.Signals) -> None:
    watching = watch(LONG)
    watching.says("IN HAND")
    assert watching.end(number) == 0
    assert watching.said.rstrip().endswith("The watch has ended.")
    assert "CLEANED UP" in watching.said
    assert "Traceback" not in watching.said


def test_it_ends_while_it_waits(watch: Watch) -> None:
    watching = watch(SHORT)
    watching.says("Waiting for a change")
    assert watching.end() == 0
    assert "Traceback" not in watching.said


def test_what_programs_write_is_no_change(watch: Watch, tmp_path: Path) -> None:
    watching = watch(SHORT)
    watching.says("Waiting for a change")
    service = tmp_path / "project" / "service"
    for folder in ("build", "__pycache__", "small.egg-info"):
        (service / folder).mkdir()
        (service / folder / "some.py").write_text("")
    (service / "answer.txt").write_text("no\n")
    watching.says("changed: nothing")
    assert "service/answer.txt changed: nothing" in watching.said


def _focus(folder: Path, **features: str) -> Focus:
    (folder / "features").mkdir()
    for name, text in features.items():
        (folder / "features" / f"{name}.feature").write_text(text)
    return Focus(folder)


def test_a_file_that_is_gone_is_not_run(tmp_path: Path) -> None:
    focus = _focus(tmp_path, one=SHORT, two=SHORT)
    both = frozenset({"features/one.feature", "features/two.feature"})
    assert focus.after(both).arguments[-2:] == ("features/one.feature", "features/two.feature")
    (tmp_path / "features" / "one.feature").unlink()
    assert focus.after(frozenset({"features/one.feature"})).arguments[-1:] == ("features/two.feature",)
    (tmp_path / "features" / "two.feature").unlink()
    assert focus.after(frozenset({"steps/x.py"})).arguments == ()


@pytest.mark.parametrize(
    ("tags", "found"), [("@wip", True), ("@P1 @wip", True), ("@wip @P1", True), ("@wipe", False), ("the @wip", False)]
)
def test_only_a_tag_is_a_tag(tmp_path: Path, tags: str, found: bool) -> None:
    focus = _focus(tmp_path, one=f"Feature: f\n  {tags}\n  Scenario: a\n")
    assert bool(focus.after(frozenset()).arguments) is found
