"""HTTP by hand: what was sent arrives as it is, and what becomes of the connection is told."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from harness.raw_http import RawConnection, head


class Server:
    """Answers what was agreed once it has received a line, and remembers all of it."""

    def __init__(self) -> None:
        self.received = b""
        self.reset = asyncio.Event()
        self.answer = b""
        self.port = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while content := await reader.read(1000):
                self.received += content
                if b"\n" in content:
                    writer.write(self.answer)
                    await writer.drain()
                    writer.close()
        except ConnectionResetError:
            self.reset.set()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.handle, "localhost", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


async def test_an_answer_has_its_status_and_its_text(server: Server) -> None:
    server.answer = b"HTTP/1.1 413 Too Large\r\n\r\nno"
    async with RawConnection("localhost", server.port) as connection:
        await connection.send(head("POST", "/things", {"X-User-ID": "me"}))
        answer = await connection.answer(5)
    assert answer is not None
    assert (answer.status, answer.text.endswith("no")) == (413, True)
    assert server.received == b"POST /things HTTP/1.1\r\nHost: service\r\nX-User-ID: me\r\n\r\n"


async def test_a_server_that_hangs_up_has_given_no_answer(server: Server) -> None:
    async with RawConnection("localhost", server.port) as connection:
        await connection.send(b"\n")
        assert await connection.answer(5) is None


async def test_a_server_that_says_nothing_is_not_taken_for_one_that_hangs_up(server: Server) -> None:
    async with RawConnection("localhost", server.port) as connection:
        await connection.send(b"x")
        with pytest.raises(TimeoutError):
            await connection.answer(0.1)
