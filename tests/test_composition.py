"""The recorder among the providers of a container hears of all that is made, in which scope, and when it is closed."""

from collections.abc import AsyncIterator

import pytest
from dishka import Provider, Scope, make_async_container

from actors.composition import Recorder


class Pool:
    """Lasts as long as the process."""


class Work:
    """Lasts as long as a unit of work."""


def _providers() -> Provider:
    provider = Provider(scope=Scope.APP)
    provider.provide(Pool)

    async def work(pool: Pool) -> AsyncIterator[Work]:  # noqa: ARG001 -- what it needs is made before
        yield Work()

    provider.provide(work, scope=Scope.REQUEST)
    return provider


async def test_each_unit_of_work_is_told_from_the_others_and_from_what_lasts() -> None:
    recorder = Recorder()
    container = make_async_container(_providers(), recorder)
    for _ in range(2):
        async with container() as unit:
            await unit.get(Work)
    first, second = recorder.units()
    assert first.kinds == second.kinds == {"Work"}
    assert first.made[0].thing is not second.made[0].thing
    assert first.is_closed and second.is_closed
    assert [made.kind for made in recorder.lasting()] == ["Pool"]
    assert not recorder.lasting()[0].closed
    await container.close()
    assert recorder.lasting()[0].closed


async def test_a_unit_that_fails_is_closed_and_one_that_is_left_is_not() -> None:
    recorder = Recorder()
    container = make_async_container(_providers(), recorder)
    with pytest.raises(KeyError):
        async with container() as unit:
            await unit.get(Work)
            raise KeyError
    since = len(recorder.made)
    await container().get(Work)
    (failed, _), (left,) = recorder.units(), recorder.units(since)
    assert failed.is_closed
    assert not left.is_closed
