"""Runs that are forked tell the same as others, end when they should, and leave nothing behind."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tools.children import TIMED_OUT
from tools.prefork import Prefork
from tools.runs import BehaveRun, run_behave

SLOW = """
import os, pathlib, time
from behave import given

@given("rest")
def rest(context):
    pathlib.Path("resting").write_text(str(os.getpid()))
    time.sleep(60)
"""
CLEANS_UP = "import pathlib\ndef before_all(c): pass\ndef after_all(c): pathlib.Path('cleaned').touch()\n"
RESTS = "Feature: f\n  Scenario: s\n    Given rest\n"

Made = Callable[[Path], Prefork]


@pytest.fixture
def prefork() -> Iterator[Made]:
    """Return what makes one for a folder, closed at the end."""
    made: list[closing[Prefork]] = []

    def make(root: Path) -> Prefork:
        made.append(closing(Prefork(root)))
        return made[-1].thing

    yield make
    for one in made:
        with one:
            pass


def _run(root: Path, prefork: Prefork, *arguments: str, deadline: float = 60) -> BehaveRun:
    return run_behave(["features/", *arguments], folder=root, log=root / "log", deadline=deadline, prefork=prefork)


def _told(run: BehaveRun) -> list[tuple[str, str, str]]:
    return [(outcome.place, outcome.status, outcome.message) for outcome in run.outcomes]


def test_one_run_after_the_other_tells_what_a_run_of_its_own_tells(project, prefork) -> None:
    root = project(**{"service/answer.txt": "no\n"})
    forked = prefork(root)
    for _ in range(2):
        run, other = _run(root, forked), run_behave(["features/"], folder=root, log=root / "other", deadline=60)
        assert (run.exit_code, _told(run)) == (other.exit_code, _told(other))
        assert run.failed == 1
        assert "expected yes, seen no" in run.tail()


def test_a_run_that_dies_takes_no_other_along(project, prefork) -> None:
    root = project("Feature: f\n  Scenario: s\n    Given it crashes\n  @fine\n  Scenario: t\n    Given it holds\n")
    forked = prefork(root)
    died = _run(root, forked)
    assert (died.exit_code, len(died.unfinished)) == (7, 1)
    assert _run(root, forked, "--tags", "fine").green


def test_a_run_that_does_not_end_is_ended_and_cleans_up(project, prefork) -> None:
    root = project(RESTS, **{"steps/slow_steps.py": SLOW, "environment.py": CLEANS_UP})
    run = _run(root, prefork(root), deadline=1.5)
    assert run.exit_code == TIMED_OUT
    assert run.seconds < 30
    assert (root / "cleaned").exists()


def test_a_run_that_is_interrupted_cleans_up_before_the_tool_goes_on(project, prefork) -> None:
    root = project(RESTS, **{"steps/slow_steps.py": SLOW, "environment.py": CLEANS_UP})
    resting = root / "resting"

    def interrupt() -> None:
        if resting.exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prefork(root).run(["features/"], log=root / "log", deadline=60, tick=interrupt)
    assert (root / "cleaned").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(resting.read_text()), 0)


def test_a_server_that_has_died_is_told_and_not_waited_for(project) -> None:
    forked = Prefork(project())
    forked._server.kill()
    with suppress(BrokenPipeError), pytest.raises(RuntimeError, match="has died"):
        forked.run(["features/"], log=Path(os.devnull), deadline=60)
    closing_it = threading.Thread(target=forked.close, daemon=True)
    closing_it.start()
    closing_it.join(10)
    assert not closing_it.is_alive()
