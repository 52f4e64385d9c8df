"""Collectors: independent, at the same time, and none of them can hold up the others or hide the failure."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

DEADLINE = 1.4
"""Seconds that a collector gets; what hangs (a paused database) is left alone after it."""


@dataclass(frozen=True)
class Finding:
    """What a collector found: the `lines` of its file, and of them what is `telling` enough for the console."""

    lines: Sequence[str]
    telling: Sequence[str] = ()


@dataclass(frozen=True)
class Collector:
    """Looks at one thing when a step has failed.

    `title` is what the thing is called, `file` where its lines go. `collect` may raise and may hang: then a line says
    so. It must not change anything, and must not write to the journal.
    """

    title: str
    file: str
    collect: Callable[[], Awaitable[Finding]]


@dataclass(frozen=True)
class Collected:
    """What became of a collector; `failed` if it raised or hung, and the finding says how."""

    collector: Collector
    finding: Finding
    failed: bool = False


async def gather(collectors: Iterable[Collector], deadline: float = DEADLINE) -> list[Collected]:
    """Run all collectors at once, each for at most `deadline` seconds, and return what they found, in their order.

    What hangs is cancelled and left behind, not awaited: cancelling a look at a dead server can hang as well.
    """
    tasks = {collector: asyncio.ensure_future(_guarded(collector)) for collector in collectors}
    if tasks:
        await asyncio.wait(tasks.values(), timeout=deadline)
    collected = []
    for collector, task in tasks.items():
        if task.done():
            collected.append(task.result())
        else:
            task.cancel()
            collected.append(_missing(collector, f"did not answer within {deadline:g} s"))
    return collected


async def _guarded(collector: Collector) -> Collected:
    try:
        return Collected(collector, await collector.collect())
    except Exception as error:  # noqa: BLE001 -- whatever it is, the failure matters more
        return _missing(collector, f"could not be looked at: {type(error).__name__}: {error}")


def _missing(collector: Collector, why: str) -> Collected:
    line = f"{collector.title}: {why}"
    return Collected(collector, Finding([line], [line]), failed=True)
