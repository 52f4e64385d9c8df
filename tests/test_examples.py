"""Random examples: the same for a seed, and shrunk to the shortest that fails."""

import asyncio

from hypothesis import strategies as st

from harness.examples import draw, shrink

NUMBERS = st.lists(st.integers(0, 1000), max_size=8)


def _fails(numbers: list[int]) -> str:
    return "two are above 500" if sum(number > 500 for number in numbers) > 1 else ""


def test_a_seed_draws_the_same_again_and_another_seed_something_else() -> None:
    assert draw(NUMBERS, 30, 7) == draw(NUMBERS, 30, 7)
    assert draw(NUMBERS, 30, 7) != draw(NUMBERS, 30, 8)
    assert len(draw(NUMBERS, 30, 7)) == 30


def test_examples_are_not_all_alike() -> None:
    assert len({repr(numbers) for numbers in draw(NUMBERS, 30, 7)}) > 25


def _first_that_fails() -> tuple[int, str]:
    return next((place, why) for place, numbers in enumerate(draw(NUMBERS, 100, 7)) if (why := _fails(numbers)))


async def test_what_fails_is_shrunk_to_the_shortest_that_does() -> None:
    tried: list[list[int]] = []

    async def trial(numbers: list[int]) -> str:
        tried.append(numbers)
        return _fails(numbers)

    shortest = await shrink(NUMBERS, _first_that_fails(), 7, trial=trial, within=30)
    assert (shortest.example, shortest.why) == ([501, 501], "two are above 500")
    assert len(tried) == len({repr(numbers) for numbers in tried}), "none is tried twice"


async def test_when_the_time_is_over_the_shortest_so_far_is_told() -> None:
    async def trial(numbers: list[int]) -> str:
        await asyncio.sleep(0)
        return _fails(numbers)

    failing = _first_that_fails()
    shortest = await shrink(NUMBERS, failing, 7, trial=trial, within=0)
    assert (shortest.example, shortest.why, shortest.tried) == (draw(NUMBERS, 100, 7)[failing[0]], failing[1], 0)
