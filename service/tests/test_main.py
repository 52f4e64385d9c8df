"""Where the service listens, and how it ends."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aiokafka.errors import KafkaTimeoutError
from dishka import Provider, Scope, make_async_container

from class_management.application.health import StartError
from class_management.main import close, listen, on_given_up


def test_connections_send_at_once() -> None:
    """Else each answer on a kept connection takes 40 ms more: its body waits for its headers' acknowledgement."""
    with listen("127.0.0.1", 0) as listening:
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_is_one_clear_line() -> None:
    with (
        listen("127.0.0.1", 0) as first,
        pytest.raises(StartError, match=r"cannot listen on 127\.0\.0\.1:\d+: Address already in use"),
    ):
        listen("127.0.0.1", first.getsockname()[1])


def test_a_host_that_is_none_of_ours_is_one_clear_line() -> None:
    for host in ("192.0.2.1", "no-such-host.invalid"):
        with pytest.raises(StartError, match=rf"^cannot listen on {host}:5002: [A-Z][^\n]+$") as told:
            listen(host, 5002)
        assert "Unknown error" not in str(told.value)


async def test_a_connection_that_cannot_be_closed_does_not_make_the_stop_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def connection() -> AsyncIterator[str]:
        yield "open"
        raise OSError

    provider = Provider(scope=Scope.APP)
    provider.provide(connection)
    container = make_async_container(provider)
    assert await container.get(str) == "open"
    await close(container)
    assert "a connection could not be closed" in caplog.messages


async def test_a_connection_that_was_given_up_is_a_warning_and_all_else_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(on_given_up)
    given_up = loop.create_future()  # as asyncpg leaves it where its connecting is cancelled in the wrong moment
    given_up.set_exception(ConnectionError("unexpected connection_lost() call"))
    del given_up
    on_given_up(loop, {"message": "Unclosed AIOKafkaConnection"})
    on_given_up(loop, {"message": "Task exception was never retrieved", "exception": KafkaTimeoutError()})
    on_given_up(loop, {"message": "Future exception was never retrieved", "exception": ValueError("a defect")})
    on_given_up(loop, {"message": "Task exception was never retrieved", "exception": KeyError("a defect")})
    assert [(record.levelname, record.message.partition("\n")[0]) for record in caplog.records] == [
        ("WARNING", "a connection was given up"),
        ("WARNING", "a connection to kafka was given up"),
        ("WARNING", "a connection was given up"),
        ("ERROR", "Future exception was never retrieved"),
        ("ERROR", "Task exception was never retrieved"),
    ]
