"""What runs beside a scenario ends with it, or is left behind."""

import asyncio

import pytest

from harness import tasks
from harness.tasks import call_off


async def test_what_was_begun_is_ended_when_it_was_called_off() -> None:
    async def watch() -> None:
        await asyncio.sleep(60)

    task = asyncio.create_task(watch())
    await call_off(task)
    assert task.cancelled()
    await call_off(task)
    await call_off(None)


async def test_nobody_waits_for_a_look_that_hangs_until_what_is_broken_is_mended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "CALLED_OFF_WITHIN", 0.01)
    mended = asyncio.Event()

    async def look() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await mended.wait()  # as SQLAlchemy does, giving a connection back

    task = asyncio.create_task(look())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await call_off(task)
    assert not task.done()
    mended.set()
    await asyncio.wait([task])
    assert task.cancelled()
