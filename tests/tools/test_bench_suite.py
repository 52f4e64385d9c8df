"""The figures about the suite: the right durations under the right names, and aims that can be missed."""

from tools.bench_suite import Measured, section, slowest, summarise
from tools.outcomes import Outcome

ABOUT = {"cores": 2, "memory_gib": 8.0, "engine": "20.10", "python": "3.11"}


def _outcome(name: str, step_seconds: float, *tags: str, status: str = "passed", reason: str = "") -> Outcome:
    return Outcome("a.feature", 1, name, tags, status, step_seconds + 0.1, step_seconds, reason=reason)


def _measured(first_step: float = 4.0) -> Measured:
    timings = {
        "first_step_after": first_step,
        "parts": {"Shared postgres": 1.5, "Shared kafka": 2.5, "Laboratory kafka": 9.0},
        "taken": {
            "engine": [0.1],
            "shared site": [3.0, 0.0, 0.0],
            "set-up on the shared site": [0.010, 0.020],
            "set-up in a laboratory": [0.500],
            "clean-up on the shared site": [0.001, 0.002],
            "clean-up in a laboratory": [0.300],
            "clean-up": [0.7],
        },
    }
    outcomes = [
        _outcome("quick", 0.2),
        _outcome("left out", 0, status="skipped", reason="the target leaves it out"),
        _outcome("slow", 2.0),
        _outcome("breaks things", 3.0, "laboratory"),
    ]
    return Measured(timings, outcomes, 20.0)


def test_figures_are_taken_apart_by_what_they_measure() -> None:
    figures = _measured().figures()
    assert figures["behave started → first step"] == [4.0]
    assert figures["shared site"] == [3.0]
    assert figures["ready after: Shared postgres"] == [1.5]
    assert figures["start of the service"] == [0.5]
    assert figures["set-up on the shared site"] == [0.010, 0.020]
    assert figures["set-up in a laboratory"] == [0.500]
    assert figures["clean-up on the shared site"] == [0.001, 0.002]
    assert "images" not in figures


def test_runs_are_summarised_together() -> None:
    figure = summarise([_measured(4.0), _measured(6.0), _measured(9.0)])["behave started → first step"]
    assert (figure.median, figure.least, figure.greatest, figure.count) == (6.0, 4.0, 9.0, 3)


def test_shares_are_of_the_whole_run() -> None:
    shares = _measured().shares()
    assert shares["start (until the first step)"] == 0.2
    assert shares["steps"] == 5.2 / 20


def test_the_slowest_come_first() -> None:
    assert [name for name, _ in slowest([_measured()])][:2] == ["breaks things", "slow"]


def test_the_section_says_which_aim_was_met_and_which_missed() -> None:
    text = section([_measured(6.0)], ABOUT, "2026-01-02")
    assert text.startswith("### 2026-01-02: 2 cores, 8.0 GiB, engine 20.10, Python 3.11\n")
    assert "| behave started → first step | 6.0 s | 6.0 s | 6.0 s | 1 | 5.0 s: MISSED |" in text
    assert "| set-up on the shared site | 15 ms | 10 ms | 20 ms | 2 | 50 ms: met |" in text
