"""Where the service listens, and how it ends."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from dishka import Provider, Scope, make_async_container

from class_management.application.health import StartError
from class_management.main import close, listen, on_unclosed


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


async def test_a_connection_to_kafka_that_was_given_up_is_a_warning_and_all_else_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = asyncio.get_running_loop()
    on_unclosed(loop, {"message": "Unclosed AIOKafkaConnection"})
    on_unclosed(loop, {"message": "Task exception was never retrieved"})
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", "a connection to kafka was given up"),
        ("ERROR", "Task exception was never retrieved"),
    ]
