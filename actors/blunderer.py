"""Somebody who asks for the right things in wrong ways, and looks at what comes of it."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from actors.asker import Asker
from actors.belongings import Belongings
from actors.blunders import BODIES, TEACHER, Blunder
from actors.client import Client
from actors.requests import KINDS, Request, Things, kind
from actors.teacher import Teacher
from harness.compare import Row

CLIENT_ERRORS = range(400, 500)
UNKNOWN_METHODS = ("PATCH", "TRACE", "BREW")


class Blunderer:
    """Makes blunders in the name of the scenario's teacher, and remembers what there was before."""

    def __init__(self, teacher: Teacher, asker: Asker, client: Client, belongings: Belongings) -> None:
        self._teacher, self._asker, self._client, self._belongings = teacher, asker, client, belongings
        self._answers: list[tuple[str, Blunder | None, httpx.Response]] = []

    @property
    def answers(self) -> list[tuple[str, httpx.Response]]:
        """What came back, each with what was asked for in which way."""
        return [(what, answer) for what, _, answer in self._answers]

    async def makes(self, request: str, things: Things, rows: Sequence[Row], others: Things | None = None) -> None:
        """Make one request again and again, each time with the next of these things wrong (`field`, `wrong`).

        What is mixed up is mixed up with `others`.
        """
        await self._belongings.are_remembered(self._teacher.user_id)
        for row in rows:
            blunder = Blunder(row["field"], row["wrong"], others)
            asked = blunder.made_in(self._asked(request, things))
            answer = await self._client.sends("teacher", asked)
            self._answers.append((f"to {request} with the {blunder.field} {blunder.wrong}", blunder, answer))

    async def sends_everywhere(self, what: str, things: Things) -> None:
        """Send a body that is `what` wherever a body is taken."""
        await self._belongings.are_remembered(self._teacher.user_id)
        assert what in BODIES, f"no body is {what}; known: {', '.join(BODIES)}"
        content_type, make = BODIES[what]
        for name, asked in self._requests(things):
            if asked.body is not None:
                answer = await self._client.sends("teacher", asked, raw=make(asked), content_type=content_type)
                self._answers.append((f"to {name} with a body that is {what}", None, answer))

    async def names_herself_too_long(self, things: Things) -> None:
        """Make every request of a teacher under a name that is too long."""
        await self._belongings.are_remembered(self._teacher.user_id)
        blunder = Blunder(TEACHER, "too long")
        for name, asked in self._requests(things):
            if "X-User-ID" in asked.headers:
                answer = await self._client.sends("teacher", blunder.made_in(asked))
                self._answers.append((f"to {name} under a name that is too long", blunder, answer))

    async def asks_in_unknown_ways(self, things: Things) -> None:
        """Ask with methods that no route has, wherever something can be asked."""
        await self._belongings.are_remembered(self._teacher.user_id)
        for method in UNKNOWN_METHODS:
            for name, asked in self._requests(things):
                request = Request(method, asked.path, asked.headers, asked.query, asked.body)
                answer = await self._client.sends("teacher", request)
                self._answers.append((f"{method} instead of {asked.method} to {name}", None, answer))

    def _requests(self, things: Things) -> Iterator[tuple[str, Request]]:
        return ((name, self._asked(name, things)) for name in KINDS)

    def _asked(self, name: str, things: Things) -> Request:
        return kind(name).about(things, self._teacher.user_id)

    def was_refused(self) -> None:
        """Raise AssertionError unless every request was refused as wrong, with a field named where one is wrong."""
        assert self._answers, "nothing was asked"
        problems = [
            f"{what} was answered with {answer.status_code}, {problem}: {answer.text[:200]}"
            for what, blunder, answer in self._answers
            if (problem := _problem(blunder, answer)) is not None
        ]
        if problems:
            number = f"{len(problems)} of {len(self._answers)} requests were not refused as they should be:"
            raise AssertionError("\n  ".join([number, *(f"the request {problem}" for problem in problems)]))


def _problem(blunder: Blunder | None, answer: httpx.Response) -> str | None:
    if answer.status_code not in CLIENT_ERRORS:
        return "expected a refusal"
    if blunder is not None and not _names(blunder.names, answer):
        return f"which does not name {blunder.names}"
    return None


def _names(field: str, answer: httpx.Response) -> bool:
    try:
        words = "\n".join(_words(answer.json()))
    except ValueError:
        words = answer.text
    return re.search(rf"(?<![\w-]){re.escape(field)}(?![\w-])", words, re.IGNORECASE) is not None


def _words(value: Any) -> Iterator[str]:
    """Give all text in JSON, names of fields included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    else:
        yield json.dumps(value, ensure_ascii=False)
