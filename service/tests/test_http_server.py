"""How the HTTP server stops: requests in hand are finished, or told that they could not be served."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from litestar.types import ASGIApp, Receive, Scope, Send

from class_management.entrypoints.http import server
from class_management.entrypoints.http.correlation import with_correlation
from class_management.entrypoints.http.server import HttpServer
from class_management.main import listen

Serving = Callable[[ASGIApp], "asyncio.Task[httpx.Response]"]


class Application:
    """Answers as soon as it may."""

    def __init__(self) -> None:
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's signature
        self.asked.set()
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok", "more_body": False})


@asynccontextmanager
async def serving(application: Application) -> AsyncIterator[tuple[HttpServer, "asyncio.Task[None]", str]]:
    listening = listen("127.0.0.1", 0)
    http = HttpServer(with_correlation(application), listening)
    running = asyncio.create_task(http.run())
    yield http, running, f"http://127.0.0.1:{listening.getsockname()[1]}/"
    http.stop()
    async with asyncio.timeout(10):
        await running


async def test_a_request_in_hand_is_finished_when_the_server_stops(caplog: pytest.LogCaptureFixture) -> None:
    application = Application()
    async with serving(application) as (http, running, url), httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(url))
        await application.asked.wait()
        http.stop()
        await asyncio.sleep(0.2)
        assert not running.done()
        application.may_answer.set()
        assert (await asking).text == "ok"
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_one_that_takes_too_long_is_told_so_and_that_is_no_error(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "DRAIN_SECONDS", 0.2)
    application = Application()
    async with serving(application) as (http, _, url), httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(url, headers={"x-correlation-id": "0" * 32}))
        await application.asked.wait()
        http.stop()
        answer = await asking
    assert answer.status_code == 503
    assert answer.json()["error"]["error_code"] == "UNAVAILABLE"
    assert answer.json()["error"]["correlation_id"] == answer.headers["x-correlation-id"]
    told = [(record.levelname, record.message) for record in caplog.records if record.levelno >= logging.WARNING]
    assert told == [("WARNING", "requests in hand were given up")]


async def test_a_client_that_keeps_its_connection_open_does_not_keep_the_server(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "DRAIN_SECONDS", 0.2)
    application = Application()
    async with serving(application) as (http, running, url):
        host, port = httpx.URL(url).host, httpx.URL(url).port
        with socket.create_connection((host, port or 0)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
            await application.asked.wait()
            http.stop()
            async with asyncio.timeout(5):
                await running
            assert b" 503 " in connection.recv(1000)
    assert [record.levelname for record in caplog.records if record.levelno >= logging.WARNING] == ["WARNING"]
