"""Who asks for everything that can be asked for over HTTP, and what comes back."""

import asyncio
from collections.abc import Sequence

import httpx

from actors import promised_answers as promised
from actors.client import Client
from actors.requests import KINDS, UNAUTHORIZED, Things, kind
from actors.teacher import Teacher
from harness.names import Names
from harness.shape import assert_shape


class Asker:
    """Asks in the scenario's teacher's name, or as another service where only these may; judged afterwards."""

    def __init__(self, teacher: Teacher, names: Names, client: Client) -> None:
        self._teacher, self._names, self._client = teacher, names, client
        self.answers: list[tuple[str, httpx.Response]] = []
        """By the names of the requests, in the order in which they were made."""

    def things_of(self, class_name: str, student: str, batch: str) -> Things:
        """Return the ids of things by their names."""
        return Things.named(self._names, class_name, student, batch)

    async def asks(self, requests: Sequence[str], things: Things, *, named: bool = True) -> None:
        """Make requests by their names, one after the other, perhaps without saying who asks.

        Raises AssertionError for one that nobody knows.
        """
        for name in requests:
            request = kind(name).about(things, self._teacher.user_id if named else None)
            self.answers.append((name, await self._client.sends("teacher", request)))

    async def asks_for_all(self, things: Things, *, named: bool = True) -> None:
        """Make every request that there is."""
        await self.asks(list(KINDS), things, named=named)

    async def asks_for_all_at_once(self, things: Things) -> None:
        """Make every request that there is, all at the same time: each may have to wait for what is away."""
        await asyncio.gather(*(self.asks([name], things) for name in KINDS))

    def was_answered_as_promised(self) -> None:
        """Raise AssertionError unless every answer has the promised status and exactly the promised fields."""
        for name, answer in self.answers:
            self._assert_status(name, answer, kind(name).status)
            assert_shape(kind(name).answer, answer.json(), what=f'the answer to "{name}"')

    def was_refused(self, status: int) -> None:
        """Raise AssertionError unless every request was refused with this status."""
        for name, answer in self.answers:
            self._assert_status(name, answer, status)

    def was_refused_as_nobody(self) -> None:
        """Raise AssertionError unless every request was refused because it names no teacher (§6)."""
        self.was_refused(UNAUTHORIZED)
        for name, answer in self.answers:
            assert_shape(promised.NOBODY_NAMED, answer.json(), what=f'the refusal of "{name}" without a name')

    @staticmethod
    def _assert_status(name: str, answer: httpx.Response, expected: int) -> None:
        if answer.status_code != expected:
            raise AssertionError(
                f'the request to "{name}" ({answer.request.method} {answer.request.url.path}) was answered with '
                f"{answer.status_code}, expected {expected}: {answer.text[:300]}"
            )
