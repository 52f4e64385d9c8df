"""Clients who sit on a service keep others out until they leave."""

import asyncio
from typing import Any

import pytest

from harness.faults import Crowded

ANSWER = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


class Server:
    """Serves as many connections at a time as it has seats; others are taken, and left alone."""

    def __init__(self, seats: int) -> None:
        self.seats, self.host, self.published_port, self.alias = seats, "127.0.0.1", 0, "service"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seats -= 1
        served = self.seats >= 0
        try:
            while await reader.read(1000):
                if served:
                    writer.write(ANSWER)
        finally:
            self.seats += 1
            writer.close()


@pytest.mark.asyncio
async def test_clients_keep_others_out_until_they_leave() -> None:
    server: Any = Server(seats=5)
    listening = await asyncio.start_server(server.serve, server.host)
    server.published_port = listening.sockets[0].getsockname()[1]
    async with listening:
        with pytest.raises(AssertionError, match="service takes up more connections than 4"):
            async with Crowded(server, 2):
                pass
        async with Crowded(server, 4) as fault:  # the fifth is answered, and stays
            assert fault.what == "4 clients sit on service"
            assert server.seats < 0
        with pytest.raises(AssertionError, match="takes up more connections"):
            server.seats = 100
            await fault.prove()
        await fault.heal()
