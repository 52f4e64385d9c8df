"""Endurance: every run is written down, a red one stops nothing, and no burner outlives the tool."""

import json
import subprocess
import sys
from pathlib import Path

from tools.soak import BURNER, burners, main

ACCEPTS_SEED = "def before_all(context): print('seed', context.config.userdata['seed'])\n"
ODD_SEEDS_FAIL = """
from behave import then

@then("the service answers yes")
def service_answers(context):
    assert int(context.config.userdata["seed"]) % 2 == 0, "an odd seed"
"""
FEATURE = "Feature: f\n  Scenario: s\n    Then the service answers yes\n"


def _lines(root: Path) -> list[dict]:
    (file,) = (root / "artifacts").glob("soak-*.jsonl")
    return [json.loads(line) for line in file.read_text().splitlines()]


def _project(project) -> Path:
    return project(FEATURE, **{"environment.py": ACCEPTS_SEED, "steps/all_steps.py": ODD_SEEDS_FAIL})


def test_every_run_is_written_down_and_every_third_is_busy(project, capsys) -> None:
    root = _project(project)
    assert main(["--root", str(root), "--runs", "4", "--seed", "8"]) == 0
    lines = _lines(root)
    assert [line["busy"] for line in lines] == [False, False, True, False]
    assert {line["seed"] for line in lines} == {8}
    assert all(line["passed"] == 1 for line in lines)
    assert "4 of 4 runs green" in capsys.readouterr().out
    assert not list((root / "artifacts").glob("*.log"))


def test_a_red_run_stops_nothing_and_can_be_played_again(project, capsys) -> None:
    root = _project(project)
    assert main(["--root", str(root), "--runs", "2", "--seed", "7", "--busy", "never"]) == 1
    lines = _lines(root)
    assert len(lines) == 2
    assert lines[0]["failures"][0]["place"] == "features/answers.feature:2"
    assert "an odd seed" in lines[0]["failures"][0]["message"]
    assert "make soak SEED=7" in capsys.readouterr().out
    assert len(list((root / "artifacts").glob("*.log"))) == 2


def test_seeds_differ_unless_one_is_given(project) -> None:
    root = _project(project)
    main(["--root", str(root), "--runs", "3", "--busy", "never"])
    assert len({line["seed"] for line in _lines(root)}) == 3


def test_on_what_stands_the_same_is_repeated_without_a_start(project, capsys) -> None:
    is_kept = "def before_all(context): assert context.config.userdata['keep'] == 'yes'\n"
    root = project(FEATURE, **{"environment.py": is_kept, "steps/all_steps.py": ODD_SEEDS_FAIL})
    assert main(["--root", str(root), "--runs", "3", "--seed", "8", "--standing", "--", "--tags", "not slow"]) == 0
    assert "3 of 3 runs green" in capsys.readouterr().out


def test_burners_end_with_the_block() -> None:
    with burners(2) as running:
        assert all(burner.poll() is None for burner in running)
    assert all(burner.returncode is not None for burner in running)


def test_a_burner_ends_when_its_parent_is_killed() -> None:
    parent = (
        "import subprocess, sys, os, signal\n"
        f"burner = subprocess.Popen([sys.executable, '-c', {BURNER!r}], stdin=subprocess.PIPE)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    # The burner holds the other end of this pipe: the call returns only when it has ended, too.
    done = subprocess.run([sys.executable, "-c", parent], stdout=subprocess.PIPE, timeout=20, check=False)
    assert done.returncode == -9
