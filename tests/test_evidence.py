"""Collecting evidence: at once, in time, and without one collector's failure touching the others."""

import asyncio
import json
import time
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from harness import exchanges
from harness.evidence import http, service_log
from harness.evidence.collector import Collector, Finding, gather
from harness.evidence.scene import Scene
from harness.exchanges import RecordingClient
from harness.journal import Journal, Redaction
from harness.names import Names


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
        await asyncio.sleep(60)


async def test_what_fails_or_hangs_leaves_a_line_and_the_others_alone() -> None:
    begun = time.monotonic()
    asked = [_collector("db", _fails), _collector("cache", _hangs), _collector("bus", _hangs_on)]
    collected = await gather([*asked, _collector("log", _fine)], deadline=0.2)
    assert time.monotonic() - begun < 30, "it was waited for"
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


STUDENTS = [
    {
        "id": f"{number:036}",
        "first_name": "Elsa",
        "last_name": f"Lind the {number}.",
        "email": f"{number}@school.example",
    }
    for number in range(40)
]


@pytest.mark.parametrize("times", [1, 30], ids=["longer than what is shown", "longer than what is remembered"])
@pytest.mark.parametrize("end", [b"}", b""], ids=["JSON", "not JSON"])
async def test_no_name_is_in_the_evidence_of_a_long_body(times: int, end: bytes) -> None:
    body = b'{"students": ' + json.dumps(STUDENTS * times).encode() + end
    assert (len(body) > 5_000) if times == 1 else (len(body) > exchanges.LONGEST_BODY)
    redaction = Redaction(frozenset(), frozenset({"first_name", "last_name", "email"}))
    journal = Journal(redaction)
    service: Any = RecordingClient(
        base_url="http://s", transport=httpx.MockTransport(lambda r: httpx.Response(400, content=r.content))
    )
    async with service:
        await service.post("/students", content=body)
    stack = SimpleNamespace(services=[service], target=SimpleNamespace(health="/healthz"))
    site: Any = SimpleNamespace(stack=stack)
    finding = await http.collector(Scene(site, journal, Names(), redaction)).collect()
    _, _, request, answer = finding.lines
    for line in (request, answer):
        assert not {word for word in ("Elsa", "Lind", "school.example") if word in line}
        assert STUDENTS[3]["id"] in line
        assert len(line) < http.LONGEST_SHOWN + 100


async def test_what_befell_many_requests_is_told_once() -> None:
    redaction = Redaction(frozenset(), frozenset())
    journal = Journal(redaction)
    written = []
    for number in range(40):
        identity = f"{number:08}-0000-4000-8000-000000000000"
        journal.write("teacher", "GET /", correlation_id=identity)
        fields = {"level": "WARNING", "event": "refused", "correlation_id": identity, "reason": "no connection"}
        written.append(json.dumps(fields))

    async def log_lines(since: float) -> list[str]:  # noqa: ARG001
        return written

    service: Any = SimpleNamespace(alias="service", log_lines=log_lines)
    site: Any = SimpleNamespace(stack=SimpleNamespace(services=[service]))
    (collector,) = service_log.collectors(Scene(site, journal, Names(), redaction))
    finding = await collector.collect()
    assert finding.telling == ["the service logged: WARNING refused (reason=no connection) (40 times)"]
    assert all(f"{number:08}-0000" in finding.lines[number] for number in range(40))
