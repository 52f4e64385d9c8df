"""Collecting evidence: at once, in time, and without one collector's failure touching the others."""

import asyncio
import time

import httpx
import pytest

from harness.evidence.collector import Collector, Finding, gather
from harness.exchanges import RecordingClient


def _collector(title: str, collect) -> Collector:
    return Collector(title, f"{title}.txt", collect)


async def _fine() -> Finding:
    return Finding(["a line"], ["a telling one"])


async def _fails() -> Finding:
    raise OSError("connection refused")


async def _hangs() -> Finding:
    await asyncio.Event().wait()
    raise AssertionError


async def _hangs_on() -> Finding:
    """Hang even when cancelled, as a client does that says farewell to a paused server."""
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(2)


async def test_what_fails_or_hangs_leaves_a_line_and_the_others_alone() -> None:
    begun = time.monotonic()
    asked = [_collector("db", _fails), _collector("cache", _hangs), _collector("bus", _hangs_on)]
    collected = await gather([*asked, _collector("log", _fine)], deadline=0.2)
    assert time.monotonic() - begun < 1
    told = [(part.collector.title, part.failed, *part.finding.telling) for part in collected]
    assert told == [
        ("db", True, "db: could not be looked at: OSError: connection refused"),
        ("cache", True, "cache: did not answer within 0.2 s"),
        ("bus", True, "bus: did not answer within 0.2 s"),
        ("log", False, "a telling one"),
    ]


async def test_collectors_work_at_the_same_time() -> None:
    meeting = asyncio.Barrier(3)

    async def meets() -> Finding:
        await meeting.wait()
        return await _fine()

    collected = await gather([_collector(str(number), meets) for number in range(3)], deadline=2)
    assert not any(part.failed for part in collected)


async def test_nothing_to_collect_is_fine() -> None:
    assert await gather([]) == []


async def test_exchanges_are_remembered_with_their_answers() -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        return httpx.Response(418, json={"said": request.content.decode()})

    async with RecordingClient(base_url="http://service", transport=httpx.MockTransport(answers)) as client:
        await client.post("/tea?milk=1", content=b"please", headers={"X-User-ID": "t-1"})
    (exchange,) = client.exchanges
    assert (exchange.method, exchange.path, exchange.status) == ("POST", "/tea?milk=1", 418)
    assert (exchange.body, exchange.answer) == (b"please", b'{"said":"please"}')
    assert exchange.headers == {"x-user-id": "t-1"}
    assert exchange.milliseconds > 0


async def test_a_request_without_an_answer_is_remembered_with_its_error() -> None:
    def refuses(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    async with RecordingClient(base_url="http://service", transport=httpx.MockTransport(refuses)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/")
    (exchange,) = client.exchanges
    assert exchange.status == 0
    assert b"connection refused" in exchange.answer
