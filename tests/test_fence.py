"""The fence: it proves nothing before marker and offset have both passed."""

import time

import pytest

from harness.eventually import NeverHappenedError, Patience, SettledError
from harness.fence import Position, fence

MARKER = Position("topic", 1, 7)


async def _sent() -> Position:
    return MARKER


async def _stored() -> None:
    return None


async def _never_stored() -> None:
    raise AssertionError("the marker was not stored")


async def _committed_behind(position: Position) -> int | None:
    return position.offset + 1


async def _committed_at(position: Position) -> int | None:
    return position.offset


async def _never_committed(_: Position) -> int | None:
    return None


async def test_it_returns_where_the_marker_lies() -> None:
    assert await fence(_sent, _stored, _committed_behind, Patience()) == MARKER


@pytest.mark.parametrize("committed", [_committed_at, _never_committed])
async def test_it_stands_while_the_offset_has_not_passed_the_marker(committed) -> None:
    with pytest.raises(NeverHappenedError, match="not acknowledged; it lies at offset 7 of partition 1"):
        await fence(_sent, _stored, committed, Patience(), within=0.05)


async def test_it_stands_while_the_marker_has_no_effect() -> None:
    with pytest.raises(NeverHappenedError, match="the marker was not stored"):
        await fence(_sent, _never_stored, _committed_at, Patience(), within=0.05)


async def test_a_marker_that_was_passed_without_effect_is_told_at_once() -> None:
    begun = time.monotonic()
    told = r"the marker was not stored\n.*acknowledged; it lies at offset 7 of partition 1, the committed offset is 8"
    with pytest.raises(SettledError, match=told):
        await fence(_sent, _never_stored, _committed_behind, Patience(), within=60)
    assert time.monotonic() - begun < 5
