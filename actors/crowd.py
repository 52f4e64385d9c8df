"""Many who ask at the same time."""

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

import httpx

from actors.promised_health import AWAY
from actors.teacher import CREATED, OK, Teacher
from harness.names import Names

AGAIN, BREATH = 5, 0.05
"""How often somebody who insists asks, and the seconds in between."""
BEHIND = 3
"""So many requests, one after the other, come behind all that were sent before."""


class Crowd:
    """Requests on their way, all in the name of the scenario's teacher."""

    def __init__(self, teacher: Teacher, names: Names) -> None:
        self._teacher, self._names = teacher, names
        self._asked: list[asyncio.Task[httpx.Response]] = []
        self._enough = False
        self._busy: asyncio.Task[None] | None = None

    def asks(self, requests: int, within: float | None = None) -> None:
        """Send requests that read and requests that write, in turn, without waiting for their answers.

        Each is given up after `within` seconds, or when the teacher gives up any request.
        """
        for number in range(requests):
            if number % 2:
                new_class = {"name": f"Class {uuid.uuid4()}", "course_codes": ["ENG5"]}
                asked = self._teacher.call("POST", "/v1/classes/", new_class, within=within)
            else:
                asked = self._teacher.call("GET", "/v1/classes/?limit=5", within=within)
            self._asked.append(asyncio.create_task(asked))

    def changes_class(self, name: str, times: int) -> None:
        """Send requests that give a class the name that it has; one that has waited in vain is sent once more."""
        path, body = f"/v1/classes/{self._names.id('class', name)}", {"name": name}
        self._asked += [asyncio.create_task(self._insists("PUT", path, body)) for _ in range(times)]

    def renames_class(self, name: str, new_name: str) -> None:
        """Send a request that gives a class another name, once."""
        path = f"/v1/classes/{self._names.id('class', name)}"
        self._asked.append(asyncio.create_task(self._teacher.call("PUT", path, {"name": new_name})))

    async def _insists(self, method: str, path: str, body: Any) -> httpx.Response:
        for _ in range(AGAIN):
            answer = await self._teacher.call(method, path, body)
            if answer.status_code != AWAY:
                break
            await asyncio.sleep(BREATH)
        return answer

    async def is_taken_up(self) -> None:
        """Wait until the service has taken up all requests: it has answered others that were sent behind them."""
        for _ in range(BEHIND):
            await self._teacher.call("GET", "/metrics")

    async def was_served(self) -> None:
        """Wait for all answers; raises AssertionError unless each request did what was asked."""
        answers, silent = await self._ended()
        of = len(self._asked)
        assert not silent, f"{len(silent)} of {of} requests were not answered, the first with {silent[0]!r}"
        refused = [answer for answer in answers if answer.status_code not in {OK, CREATED}]
        assert not refused, _told(refused, len(answers), "were not served")

    async def was_sent_away(self) -> None:
        """Wait for all answers; raises AssertionError unless each was a failure, or its connection was closed."""
        answers, silent = await self._ended()
        other = [trouble for trouble in silent if not isinstance(trouble, httpx.TransportError)]
        assert not other, f"a request ended in another way: {other[0]!r}"
        served = [answer for answer in answers if not answer.is_server_error]
        assert not served, _told(served, len(self._asked), "were answered, though they cannot have been served")

    async def _ended(self) -> tuple[list[httpx.Response], list[BaseException]]:
        """Wait until all requests have ended; returns the answers, and what came in the place of others."""
        told = await asyncio.gather(*self._asked, return_exceptions=True)
        silent = [trouble for trouble in told if isinstance(trouble, BaseException)]
        return [answer for answer in told if not isinstance(answer, BaseException)], silent

    def never_stops(self) -> None:
        """Send requests that read and write, one after the other, until `went_on` or the end of the scenario."""
        self._busy = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        while not self._enough:
            self.asks(2)
            await asyncio.gather(*self._asked[-2:], return_exceptions=True)

    async def went_on(self) -> None:
        """Stop, and raise AssertionError unless requests were sent all the time and each did what was asked."""
        assert self._busy is not None, "nobody was busy"
        assert self._asked, "no request was sent meanwhile"
        self._enough = True
        await self._busy
        await self.was_served()

    async def disperse(self) -> None:
        """Take back whatever is still on its way."""
        tasks = [*self._asked, *([self._busy] if self._busy else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _told(answers: Sequence[httpx.Response], of: int, what: str) -> str:
    first = answers[0]
    return f"{len(answers)} of {of} requests {what}, the first with {first.status_code}: {first.text[:300]}"
