"""The one event loop of a run, in a thread of its own.

behave's own handling of `async def` lets the loop stand still between steps and never awaits hooks and cleanups.
Here hooks, steps and cleanups hand their coroutines to a loop that never stops, each with a deadline.
"""

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
THREADS = 32
LIBRARIES = ("/site-packages/", "/lib/python", "<")
"""What the paths of code hold that is none of the suite's own."""


class DeadlineExceededError(AssertionError):
    """Something took longer than its deadline (seconds); the message says where it was hanging."""


class EventLoop:
    """An asyncio loop that runs in a daemon thread until `close` is called."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # asyncio's own has few threads where there are few cores; ours wait for the engine.
        self._loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(THREADS))
        self._thread = threading.Thread(target=self._loop.run_forever, name="acceptance-loop", daemon=True)
        self._thread.start()
        self._running: dict[int, asyncio.Task[Any]] = {}
        """What runs for whom, by the ids of their threads, and may be cut short."""
        self._ends_for_all_but: int | None = None

    def run(self, coroutine: Coroutine[Any, Any, T], *, deadline: float, what: str, must_end: bool = False) -> T:
        """Run `coroutine` to its end and return its result.

        `deadline` is in seconds. Past it the coroutine is cancelled and `DeadlineExceededError` is raised;
        Ctrl-C cancels it too. Any exception of the coroutine is raised as it is. When the loop `ends_for_others`, what
        runs for them is cancelled, unless it `must_end`.
        """
        done: concurrent.futures.Future[T] = concurrent.futures.Future()
        started: concurrent.futures.Future[asyncio.Task[T]] = concurrent.futures.Future()

        def start() -> None:
            task = self._loop.create_task(coroutine)
            task.add_done_callback(lambda finished: _hand_over(finished, done))
            started.set_result(task)

        self._loop.call_soon_threadsafe(start)
        task, thread = started.result(), threading.get_ident()
        if not must_end:
            self._running[thread] = task
            if self._has_ended_for(thread):
                self._loop.call_soon_threadsafe(task.cancel)
        try:
            return done.result(deadline)
        except concurrent.futures.TimeoutError:
            if done.done():
                return done.result()  # it ended at the last moment, perhaps with a TimeoutError of its own
            place = _where(coroutine)
            self._cancel(task, done)
            message = f"{what} was not finished after {deadline:g} s; it was waiting at\n{place}"
            raise DeadlineExceededError(message) from None
        except concurrent.futures.CancelledError:
            if self._has_ended_for(thread):
                raise KeyboardInterrupt from None
            raise
        except KeyboardInterrupt:
            self._cancel(task, done)
            raise
        finally:
            self._running.pop(thread, None)

    def ends_for_others(self) -> None:
        """From now on cancel what runs for other threads: they get a KeyboardInterrupt, as if asked to end."""
        self._ends_for_all_but = threading.get_ident()
        for thread, task in list(self._running.items()):
            if self._has_ended_for(thread):
                self._loop.call_soon_threadsafe(task.cancel)

    def _has_ended_for(self, thread: int) -> bool:
        return self._ends_for_all_but not in (None, thread)

    def _cancel(self, task: "asyncio.Task[Any]", done: "concurrent.futures.Future[Any]") -> None:
        self._loop.call_soon_threadsafe(task.cancel)
        concurrent.futures.wait([done], timeout=2)

    def finish_threads(self, deadline: float) -> None:
        """Wait until nothing runs in a thread any more (cancelling a coroutine does not end its threads)."""
        self.run(self._loop.shutdown_default_executor(), deadline=deadline, what="Waiting for threads")

    def close(self) -> None:
        """Cancel what still runs and end the thread."""

        async def drain() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self._loop.shutdown_asyncgens()

        self.run(drain(), deadline=5, what="Closing the event loop")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        if not self._thread.is_alive():
            self._loop.close()


def _hand_over(task: "asyncio.Task[T]", done: "concurrent.futures.Future[T]") -> None:
    if task.cancelled():
        done.set_exception(concurrent.futures.CancelledError())
    elif (error := task.exception()) is not None:
        done.set_exception(error)
    else:
        done.set_result(task.result())


def _where(coroutine: Any) -> str:
    """Return the lines at which a suspended coroutine waits, outermost first: the suite's own, and the last one."""
    lines: list[str] = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "ag_frame", None)
        if frame is None:
            break
        lines.append(f"  {frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}")
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "ag_await", None)
    own = [line for line in lines[:-1] if not any(folder in line for folder in LIBRARIES)]
    return "\n".join([*own[-5:], *lines[-1:]]) or "  (an unknown place)"
