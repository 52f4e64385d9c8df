"""The time that is left: from earlier runs, from the mean of this one, or unknown."""

from pathlib import Path

import pytest

from harness.reports.durations import Durations, about


def test_nothing_is_said_while_there_is_nothing_to_go_by(tmp_path: Path) -> None:
    assert Durations(tmp_path / "d.json").left(["a"], "b", 0.0) is None


def test_what_is_known_counts_and_what_is_not_is_taken_for_the_mean(tmp_path: Path) -> None:
    earlier = Durations(tmp_path / "d.json")
    earlier.note("a", 2.0)
    earlier.note("b", 4.0)
    earlier.save()
    now = Durations(tmp_path / "d.json")
    assert now.left(["a"], "b", 1.0) == 5.0
    assert now.left(["a"], "b", 9.0) == 2.0
    assert now.left(["new"], "a", 0.0) is None  # one of two is known
    now.note("a", 10.0)
    assert now.left(["new"], "b", 0.0) == 14.0


def test_a_run_adds_to_what_another_one_has_written_meanwhile(tmp_path: Path) -> None:
    one, other = Durations(tmp_path / "d.json"), Durations(tmp_path / "d.json")
    one.note("a", 1.0)
    other.note("b", 2.0)
    one.save()
    other.save()
    assert Durations(tmp_path / "d.json").left(["a"], "b", 0.0) == 3.0


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "about 1 s"), (7.4, "about 7 s"), (33, "about 35 s"), (100, "about 2 min")]
)
def test_an_estimate_is_said_as_one(seconds: float, said: str) -> None:
    assert about(seconds) == said
