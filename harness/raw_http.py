"""HTTP written by hand on a connection of its own, for clients that do not do as they should."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple


class RawAnswer(NamedTuple):
    """A status and the beginning of what came with it."""

    status: int
    text: str


class RawConnection:
    """One connection: what is sent is up to its user. As a context manager it is open inside."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> "RawConnection":
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.break_off()

    async def open(self) -> None:
        """Connect."""
        self._streams = await asyncio.open_connection(*self._address)

    async def send(self, content: bytes) -> None:
        """Send bytes and wait until the kernel has them."""
        _, writer = self._opened
        writer.write(content)
        await writer.drain()

    async def answer(self, within: float) -> RawAnswer | None:
        """Return the status and what came with it so far; None where the other side hangs up without a word.

        Raises TimeoutError when nothing comes.
        """
        reader, _ = self._opened
        try:
            received = await asyncio.wait_for(reader.read(64_000), within)
        except ConnectionError:
            return None
        if not received:
            return None
        head, _, rest = received.partition(b"\r\n")
        return RawAnswer(int(head.split()[1]), rest.decode(errors="replace"))

    def break_off(self) -> None:
        """Go away at once, whatever is on its way."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    @property
    def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        assert self._streams is not None, "the connection is not open"
        return self._streams


def head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    """Return the beginning of a request, up to its body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: service", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()
