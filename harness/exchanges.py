"""HTTP exchanges, written down as they happen, so that a failure can show them with their times."""

import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import httpx

MOST = 500
LONGEST_BODY = 64_000
"""Bytes; what is shown of a body is cut when personal data is out of it, which takes JSON that is whole."""
_USUAL_HEADERS = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length", "content-type"}


@dataclass(frozen=True)
class Exchange:
    """A request and its answer; `status` 0 and the error's text as `answer` where there was none.

    `at` is in Unix seconds, `milliseconds` is until the answer was there in full. Bodies are cut.
    """

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes
    milliseconds: float


class RecordingClient(httpx.AsyncClient):
    """A client that remembers its last exchanges as `exchanges`, oldest first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exchanges: deque[Exchange] = deque(maxlen=MOST)

    async def send(self, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        """Send `request` as httpx does, and remember what came of it."""
        at, begun = time.time(), time.perf_counter()
        status, answer = 0, b"(the request was given up)"
        try:
            response = await super().send(request, **kwargs)
            status, answer = response.status_code, response.content if response.is_stream_consumed else b"(a stream)"
        except Exception as error:
            answer = f"{type(error).__name__}: {error}".encode()
            raise
        else:
            return response
        finally:
            self.exchanges.append(
                Exchange(
                    at,
                    request.method,
                    request.url.raw_path.decode("ascii", "replace"),
                    {k: v for k, v in request.headers.items() if k not in _USUAL_HEADERS},
                    _body(request),
                    status,
                    answer[:LONGEST_BODY],
                    (time.perf_counter() - begun) * 1000,
                )
            )


def _body(request: httpx.Request) -> bytes:
    try:
        return request.content[:LONGEST_BODY]
    except httpx.RequestNotRead:
        return b"(a stream)"
