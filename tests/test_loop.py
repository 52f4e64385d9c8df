"""The loop of the run: what it returns, raises, cancels, and says about a hanging coroutine."""

import asyncio
import threading

import pytest

from harness.loop import DeadlineExceededError, EventLoop


@pytest.fixture
def loop():
    loop = EventLoop()
    yield loop
    loop.close()


async def _hang_here() -> None:
    await asyncio.Event().wait()


def test_it_returns_what_the_coroutine_returns(loop: EventLoop) -> None:
    async def answer() -> int:
        return 42

    assert loop.run(answer(), deadline=1, what="answering") == 42


def test_it_raises_what_the_coroutine_raises(loop: EventLoop) -> None:
    async def fail() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        loop.run(fail(), deadline=1, what="failing")


def test_a_coroutine_that_hangs_is_cancelled_and_its_place_is_told(loop: EventLoop) -> None:
    cancelled = threading.Event()

    async def outer() -> None:
        try:
            await _hang_here()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(DeadlineExceededError, match=r"The step was not finished after 0.05 s(.|\n)*in _hang_here"):
        loop.run(outer(), deadline=0.05, what="The step")
    assert cancelled.is_set()


def test_a_timeout_of_the_coroutine_itself_is_not_taken_for_the_deadline(loop: EventLoop) -> None:
    async def impatient() -> None:
        async with asyncio.timeout(0.01):
            await _hang_here()

    with pytest.raises(TimeoutError) as raised:
        loop.run(impatient(), deadline=5, what="waiting")
    assert not isinstance(raised.value, DeadlineExceededError)


def test_background_tasks_go_on_between_calls(loop: EventLoop) -> None:
    ticked = threading.Event()

    async def tick() -> None:
        await asyncio.sleep(0.01)
        ticked.set()

    async def start() -> "asyncio.Task[None]":
        return asyncio.create_task(tick())

    loop.run(start(), deadline=1, what="starting")
    assert ticked.wait(timeout=2)


def test_closing_cancels_what_still_runs() -> None:
    loop = EventLoop()
    ended = threading.Event()

    async def forever() -> None:
        try:
            await _hang_here()
        finally:
            ended.set()

    async def start() -> None:
        start.task = asyncio.create_task(forever())  # type: ignore[attr-defined]
        await asyncio.sleep(0)

    loop.run(start(), deadline=1, what="starting")
    loop.close()
    assert ended.is_set()
