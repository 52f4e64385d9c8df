"""Waiting: it ends, it tells what was seen, and it never hides an error."""

import asyncio
import time

import pytest

from harness.eventually import NeverHappenedError, Passing, Patience, SettledError


async def test_it_returns_the_first_success() -> None:
    looks = iter([AssertionError("not yet"), AssertionError("not yet"), "there"])

    async def look() -> str:
        seen = next(looks)
        if isinstance(seen, AssertionError):
            raise seen
        return seen

    assert await Patience().eventually(look) == "there"


async def test_a_wait_that_never_succeeds_ends_at_its_deadline_and_tells_its_history() -> None:
    begun = time.monotonic()
    seen = iter(range(10_000))

    async def look() -> None:
        raise AssertionError(f"{min(next(seen), 2)} rows")

    with pytest.raises(NeverHappenedError) as raised:
        await Patience().eventually(look, within=0.1)
    assert 0.1 <= time.monotonic() - begun < 2
    message = str(raised.value)
    assert message.startswith("2 rows")
    assert "0 rows" in message
    assert "1 rows" in message


async def test_the_factor_stretches_every_deadline() -> None:
    begun = time.monotonic()

    async def look() -> None:
        raise AssertionError("no")

    with pytest.raises(NeverHappenedError, match=r"waited 0\.2 s"):
        await Patience(factor=4).eventually(look, within=0.05)
    assert time.monotonic() - begun >= 0.2


async def test_an_error_that_is_not_borne_ends_the_waiting_at_once() -> None:
    calls = []

    async def look() -> None:
        calls.append(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Patience().eventually(look)
    assert len(calls) == 1


async def test_what_cannot_come_any_more_is_not_waited_for() -> None:
    calls = []

    async def look() -> None:
        calls.append(1)
        raise SettledError("acknowledged, and not stored")

    with pytest.raises(SettledError, match="acknowledged"):
        await Patience().eventually(look, bear=(OSError,))
    assert len(calls) == 1


async def test_an_error_that_is_borne_is_told_at_the_end() -> None:
    async def look() -> None:
        raise OSError("connection refused")

    with pytest.raises(NeverHappenedError, match="connection refused"):
        await Patience().eventually(look, within=0.05, bear=(OSError,))


async def test_a_look_that_hangs_is_ended_too() -> None:
    async def look() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NeverHappenedError, match="the look itself hung"):
        await Patience().eventually(look, within=0.05)


async def test_there_is_always_a_look_after_the_deadline() -> None:
    """A slow look that begins before the deadline must not be the last word."""
    begun = time.monotonic()

    async def look() -> str:
        if time.monotonic() - begun < 0.05:
            raise AssertionError("too early")
        return "there"

    assert await Patience().eventually(look, within=0.05) == "there"


async def _passed() -> Passing:
    return Passing(True, "the offset is behind it")


async def _not_passed() -> Passing:
    return Passing(False, "the offset lies before it")


async def _missing() -> None:
    raise AssertionError("no row")


async def _there() -> str:
    return "there"


async def test_a_look_that_fails_behind_the_point_is_final() -> None:
    begun = time.monotonic()
    with pytest.raises(SettledError, match=r"no row\n.*too late.*the offset is behind it"):
        await Patience().until_settled(_missing, _passed, within=60)
    assert time.monotonic() - begun < 5


async def test_a_look_that_fails_before_the_point_is_not_yet() -> None:
    with pytest.raises(NeverHappenedError, match="no row"):
        await Patience().until_settled(_missing, _not_passed, within=0.05)


async def test_a_look_that_succeeds_before_the_point_does_not_count() -> None:
    with pytest.raises(NeverHappenedError, match="does not count yet: the offset lies before it"):
        await Patience().until_settled(_there, _not_passed, within=0.05)


async def test_unless_that_is_enough() -> None:
    assert await Patience().until_settled(_there, _not_passed, must_pass=False) == "there"


async def test_a_look_that_succeeds_behind_the_point_counts() -> None:
    assert await Patience().until_settled(_there, _passed) == "there"


async def test_the_point_is_looked_for_before_the_look() -> None:
    """Else what came between the two would be taken for what never comes."""
    has_passed = False

    async def look() -> str:
        nonlocal has_passed
        if not has_passed:
            has_passed = True  # it comes, and the point is passed, just behind this look
            raise AssertionError("not yet")
        return "there"

    async def passing() -> Passing:
        return Passing(has_passed, "")

    assert await Patience().until_settled(look, passing) == "there"
