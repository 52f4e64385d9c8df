"""The only place that waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE = 0.004
LONGEST_PAUSE = 0.05
LEAST_LOOK = 3.0
"""Seconds that a look has at least, also the last one."""
HISTORY = 8


class NeverHappenedError(AssertionError):
    """What was waited for did not come; the message tells what was seen instead, and when."""


class SettledError(AssertionError):
    """What was waited for is not there and cannot come any more, so that waiting on would be in vain."""


@dataclass(frozen=True)
class Passing:
    """Whether the point has been passed behind which nothing changes any more; `seen` tells how that is known."""

    is_passed: bool
    seen: str


@dataclass(frozen=True)
class Patience:
    """How long this run waits: every deadline is multiplied by `factor` (slow machines take 2 or 3)."""

    factor: float = 1.0

    def seconds(self, seconds: float) -> float:
        """Return a deadline of `seconds` for this machine."""
        return seconds * self.factor

    async def eventually(
        self,
        attempt: Callable[[], Awaitable[T]],
        *,
        within: float = 5.0,
        bear: tuple[type[Exception], ...] = (),
        pause: float = FIRST_PAUSE,
    ) -> T:
        """Call `attempt` until it no longer raises an AssertionError, and return its result.

        `within` is in seconds and is multiplied by the factor. An AssertionError, or an error of a type in `bear`,
        means "not yet"; a `SettledError`, or any other error, ends the waiting at once. Raises `NeverHappenedError`
        with the history of what was seen. `pause` is in seconds, and lies between the first two attempts; it grows up
        to LONGEST_PAUSE, unless it is longer already. The last attempt begins after the deadline, so a slow machine is
        never judged by an old look.
        """
        begun = time.monotonic()
        deadline = begun + self.seconds(within)
        seen: list[tuple[float, str]] = []
        not_yet: tuple[type[Exception], ...] = (AssertionError, *bear)
        while True:
            last = time.monotonic() >= deadline
            try:
                async with asyncio.timeout(max(deadline - time.monotonic(), self.seconds(LEAST_LOOK))):
                    return await attempt()
            except TimeoutError as error:
                _note(seen, begun, f"the look itself hung ({error!r})")
            except SettledError as error:
                _note(seen, begun, str(error))
                raise SettledError(_story(seen, time.monotonic() - begun)) from None
            except not_yet as error:
                _note(seen, begun, str(error) or repr(error))
            if last:
                raise NeverHappenedError(_story(seen, self.seconds(within))) from None
            await asyncio.sleep(min(pause, max(deadline - time.monotonic(), 0)))
            pause = max(pause, min(pause * 1.5, LONGEST_PAUSE))

    async def until_settled(
        self,
        look: Callable[[], Awaitable[T]],
        passing: Callable[[], Awaitable[Passing]],
        *,
        must_pass: bool = True,
        within: float = 5.0,
    ) -> T:
        """Look until it succeeds, as `eventually` does, but not beyond the point that `passing` watches.

        A look that begins behind the point is final: when it fails, `SettledError` ends the waiting at once. One that
        succeeds counts only behind the point, unless `must_pass` is False: then it is enough that it succeeds.
        """

        async def attempt() -> T:
            before = await passing()
            try:
                result = await look()
            except AssertionError as missing:
                if before.is_passed:
                    raise SettledError(f"{missing}\n  (and it is too late for a change: {before.seen})") from missing
                raise
            if must_pass and not before.is_passed:
                raise AssertionError(f"all is as expected, but that does not count yet: {before.seen}")
            return result

        return await self.eventually(attempt, within=within)


def _note(seen: list[tuple[float, str]], begun: float, what: str) -> None:
    if not seen or seen[-1][1] != what:
        seen.append((time.monotonic() - begun, what))


def _story(seen: list[tuple[float, str]], waited: float) -> str:
    latest = seen[-1][1]
    lines = [f"{latest}\n  (waited {waited:.1f} s"]
    if len(seen) == 1:
        lines.append("; it was so from the first look)")
        return "".join(lines)
    before = [f"    after {moment:5.2f} s: {_first_line(what)}" for moment, what in seen[-HISTORY:]]
    return "".join(lines) + "; what was seen meanwhile:\n" + "\n".join(before) + ")"


def _first_line(text: str) -> str:
    return " / ".join(line.strip() for line in text.splitlines() if line.strip())[:200]
