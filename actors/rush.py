"""The same request many times at once."""

import asyncio
from collections import Counter

import httpx

from actors.client import Client
from actors.requests import Request, Things, kind
from actors.teacher import Teacher

TIMES = 20
SERVER_ERROR = 500


class Rush:
    """Twenty identical requests on their way together; the answers are counted afterwards."""

    def __init__(self, teacher: Teacher, client: Client) -> None:
        self._teacher, self._client = teacher, client
        self._answers: list[httpx.Response] = []

    async def asks_at_once(self, names: list[str], things: Things) -> None:
        """Make each of these requests twenty times, all at the same time; each kind is word for word the same."""
        requests = [kind(name).about(things, self._teacher.user_id) for name in names]
        await self._send([request for request in requests for _ in range(TIMES)])

    async def _send(self, requests: list[Request]) -> None:
        self._answers = await asyncio.gather(*(self._client.sends("crowd", request) for request in requests))

    def one_won(self, status: int, others: int) -> None:
        """Raise AssertionError unless one was answered with `status`, and all others with `others`."""
        counted = self._counted()
        expected = Counter({status: 1, others: len(self._answers) - 1})
        assert counted == expected, f"expected one answer with {status}, all others with {others}, seen: {self._told()}"

    def none_failed(self) -> None:
        """Raise AssertionError if any was answered with an error of the server's."""
        failed = [answer for answer in self._answers if answer.status_code >= SERVER_ERROR]
        assert self._answers, "nothing was asked"
        assert not failed, (
            f"{len(failed)} of {len(self._answers)} requests failed: {failed[0].text[:300]}; {self._told()}"
        )

    def _counted(self) -> Counter[int]:
        return Counter(answer.status_code for answer in self._answers)

    def _told(self) -> str:
        return ", ".join(f"{number} times {status}" for status, number in sorted(self._counted().items()))
