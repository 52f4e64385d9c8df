"""Random examples: drawn by a seed, tried together because that is fast, and shrunk one by one where one fails.

Hypothesis draws and shrinks; it calls what it tests one example at a time. So the examples are drawn first, without a
test, and tried all together by whoever asked. Of one that fails smaller and smaller ones are tried until the shortest
that still fails is found.

Each example is drawn by a seed of its own, since hypothesis would fill up a longer run with variations of what it has
drawn before.
"""

import asyncio
import time
import warnings
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import HypothesisDeprecationWarning
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
# Other scenarios that play meanwhile do so, and hypothesis takes it for ours.
warnings.filterwarnings("ignore", message="Do not use the `random` module", category=HypothesisDeprecationWarning)

SEED = 1
"""The seed where none is given: the same examples in each run, so that it is no surprise when one fails."""
FAR_APART = 1_000_003
"""How far apart the examples of one seed and the next are."""
FIRST_DRAWN = 2
"""The first example that chance has a part in; before it hypothesis tries the simplest one."""


class _FailsError(Exception):
    """The example fails; the one error that hypothesis looks for."""


@dataclass(frozen=True)
class Shortest(Generic[T]):
    """The shortest example that was found to fail, and how it fails; `tried` is how many were tried for it."""

    example: T
    why: str
    tried: int


def draw(strategy: SearchStrategy[T], number: int, seed: int, first: int = 0) -> list[T]:
    """Return `number` examples from the place `first` on, the same for the same seed."""
    return [_draw(strategy, place, seed) for place in range(first, first + number)]


def _draw(strategy: SearchStrategy[T], place: int, seed: int) -> T:
    drawn: list[T] = []
    _play(drawn.append, strategy, place + seed * FAR_APART, (Phase.generate,))
    return drawn[-1]


async def shrink(
    strategy: SearchStrategy[T],
    failing: tuple[int, str],
    seed: int,
    *,
    trial: Callable[[T], Awaitable[str]],
    within: float,
) -> Shortest[T]:
    """Return the shortest example that fails, as far as it is found `within` so many seconds.

    `failing` is the place of a drawn one that fails, and how; `trial` says it of another, empty if that one holds.
    """
    place, why = failing
    begun_with = _draw(strategy, place, seed)
    said = {repr(begun_with): why}
    shortest = Shortest(begun_with, why, 0)
    loop, deadline = asyncio.get_running_loop(), time.monotonic() + within
    tried = 0

    def test(example: T) -> None:
        nonlocal shortest, tried
        key = repr(example)
        if key not in said:
            if time.monotonic() > deadline:
                return
            said[key] = asyncio.run_coroutine_threadsafe(_said(trial, example), loop).result()
            tried += 1
        if said[key]:
            shortest = Shortest(example, said[key], tried)
            raise _FailsError

    def search() -> None:
        try:
            _play(test, strategy, place + seed * FAR_APART, (Phase.generate, Phase.shrink))
        except _FailsError:  # hypothesis has tried the shortest one last
            return

    await asyncio.to_thread(search)
    return shortest


async def _said(trial: Callable[[T], Awaitable[str]], example: T) -> str:
    return await trial(example)


def _play(test: Callable[[T], None], strategy: SearchStrategy[T], seed: int, phases: Sequence[Phase]) -> None:
    plain = settings(
        max_examples=FIRST_DRAWN,
        phases=phases,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )

    def one(example: T) -> None:
        test(example)

    seeded(seed)(plain(given(strategy)(one)))()
