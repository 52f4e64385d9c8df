"""Where the service listens."""

import socket

import pytest

from class_management.application.health import StartError
from class_management.main import listen


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
