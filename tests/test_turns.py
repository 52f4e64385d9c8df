"""Who wants to be alone is alone, and everybody has his turn."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.turns import Turns

PATIENCE = 10.0


def test_many_play_at_the_same_time() -> None:
    turns, together = Turns(), threading.Barrier(3)

    def play() -> None:
        turns.take(alone=False)
        together.wait(PATIENCE)
        turns.leave()

    with ThreadPoolExecutor() as pool:
        for played in [pool.submit(play) for _ in range(3)]:
            played.result()


def test_who_wants_to_be_alone_waits_for_the_others_and_they_for_him() -> None:
    turns, story = Turns(), []
    turns.take(alone=False)
    with ThreadPoolExecutor() as pool:

        def play(who: str, *, alone: bool) -> None:
            turns.take(alone=alone)
            story.append(f"{who} plays")
            turns.leave()

        alone = pool.submit(play, "the one alone", alone=True)
        while not turns._waiting:
            pass
        later = pool.submit(play, "somebody later", alone=False)
        assert not story
        story.append("the first one has played")
        turns.leave()
        alone.result(PATIENCE)
        later.result(PATIENCE)
    assert story == ["the first one has played", "the one alone plays", "somebody later plays"]


def test_two_that_want_to_be_alone_are_not_together() -> None:
    turns, most, playing = Turns(), [], []

    def play() -> None:
        turns.take(alone=True)
        playing.append(1)
        most.append(len(playing))
        playing.pop()
        turns.leave()

    with ThreadPoolExecutor() as pool:
        for played in [pool.submit(play) for _ in range(20)]:
            played.result(PATIENCE)
    assert set(most) == {1}


def test_when_the_run_ends_nobody_waits_on() -> None:
    turns = Turns()
    turns.take(alone=False)
    with ThreadPoolExecutor() as pool:
        alone = pool.submit(turns.take, alone=True)
        turns.end()
        with pytest.raises(KeyboardInterrupt):
            alone.result(PATIENCE)
    with pytest.raises(KeyboardInterrupt):
        turns.take(alone=False)
