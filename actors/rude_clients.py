"""Clients that do not keep to what is usual between a client and a server."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress

from actors.asker import Asker
from actors.belongings import Belongings
from actors.requests import CREATED, Things
from actors.teacher import Teacher
from harness.journal import Journal
from harness.raw_http import RawAnswer, RawConnection, head
from harness.sites import Site

CLIENTS = 10
"""So many of a kind at once: more than there are connections to the database."""
ANSWERED_WITHIN = 20.0
CLIENT_ERRORS = range(400, 500)
MEGABYTE = 1_000_000
MEGABYTES = 20

Behaviour = Callable[[RawConnection], Awaitable[None]]


class RudeClients:
    """Begin to create classes in the teacher's name, each in its own bad way; others ask meanwhile."""

    def __init__(self, site: Site, teacher: Teacher, asker: Asker, *, belongings: Belongings, journal: Journal) -> None:
        self._site, self._teacher, self._asker = site, teacher, asker
        self._belongings, self._journal = belongings, journal
        self._connections: list[RawConnection] = []
        self._body = json.dumps({"name": "9C", "course_codes": ["ENG5"]}).encode()

    async def behave(self, how: str, things: Things) -> None:
        """Have clients behave like this, while everything that others can ask for is asked."""
        behaviours: dict[str, Behaviour] = {
            "go away before they have sent all": self._goes_away_half_way,
            "go away before they are answered": self._goes_away_before_the_answer,
            "send what is no HTTP": self._babbles,
            "send more than can be needed": self._sends_too_much,
            "send headers without end": self._sends_headers_without_end,
            "send fewer bytes than they say": self._goes_half_way,
            "send parts that are no parts": self._sends_wrong_chunks,
        }
        assert how in behaviours, f"nobody does {how}; known: {', '.join(behaviours)}"
        await self._belongings.are_remembered(self._teacher.user_id)
        for _ in range(CLIENTS):
            connection = await self._connect()
            with suppress(ConnectionError):  # the server hangs up on it, which is one way to answer
                await behaviours[how](connection)
        await self.others_ask(things)

    async def others_ask(self, things: Things) -> None:
        """Have others ask for what leaves all as it is."""
        await self._asker.asks(["list the classes", "read the roster of a class", "look at a student"], things)

    async def begin_slowly(self) -> None:
        """Begin to create classes, and stop in the middle of the body."""
        for _ in range(CLIENTS):
            await self._goes_half_way(await self._connect())

    async def go_on(self) -> None:
        """Send the rest byte by byte; raises AssertionError unless each class is created then."""
        answers = await asyncio.gather(*(self._drips(connection) for connection in self._connections))
        created = [answer for answer in answers if answer is not None and answer.status == CREATED]
        assert len(created) == len(answers), f"{len(created)} of {len(answers)} slow clients got their class: {answers}"

    async def _drips(self, connection: RawConnection) -> RawAnswer | None:
        for byte in self._body[len(self._body) // 2 :]:
            await connection.send(bytes([byte]))
        return await connection.answer(ANSWERED_WITHIN)

    async def hang_up(self) -> None:
        """End all connections."""
        for connection in self._connections:
            connection.break_off()

    async def _connect(self) -> RawConnection:
        service = self._site.service
        connection = RawConnection(service.host, service.published_port)
        await connection.open()
        self._connections.append(connection)
        return connection

    def _head(self, **headers: str) -> bytes:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return head("POST", "/v1/classes/", {**self._usual(), "Content-Type": "application/json", **named})

    def _usual(self) -> dict[str, str]:
        correlation_id = str(uuid.uuid4())
        self._journal.write("rude client", "begins to ask", correlation_id=correlation_id)
        return {"X-User-ID": self._teacher.user_id, "X-Correlation-ID": correlation_id}

    async def _goes_half_way(self, connection: RawConnection) -> None:
        await connection.send(self._head(Content_Length=str(len(self._body))) + self._body[: len(self._body) // 2])

    async def _goes_away_half_way(self, connection: RawConnection) -> None:
        await self._goes_half_way(connection)
        connection.break_off()

    async def _goes_away_before_the_answer(self, connection: RawConnection) -> None:
        path = f"/v1/classes/{uuid.uuid4()}/roster"
        await connection.send(head("GET", path, self._usual()))
        connection.break_off()

    async def _babbles(self, connection: RawConnection) -> None:
        await connection.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n")
        await self._is_refused(connection)

    async def _sends_too_much(self, connection: RawConnection) -> None:
        await connection.send(self._head(Transfer_Encoding="chunked"))
        part = b"%x\r\n" % MEGABYTE + b" " * MEGABYTE + b"\r\n"
        for _ in range(MEGABYTES):
            await connection.send(part)
        await self._is_refused(connection)

    async def _sends_headers_without_end(self, connection: RawConnection) -> None:
        await connection.send(self._head()[:-2])
        for number in range(MEGABYTES):
            await connection.send(b"X-%d: " % number + b"x" * (MEGABYTE // 10) + b"\r\n")
        await self._is_refused(connection)

    async def _sends_wrong_chunks(self, connection: RawConnection) -> None:
        await connection.send(self._head(Transfer_Encoding="chunked") + b"zzzz\r\n" + self._body + b"\r\n0\r\n\r\n")
        await self._is_refused(connection)

    async def _is_refused(self, connection: RawConnection) -> None:
        answer = await connection.answer(ANSWERED_WITHIN)
        assert answer is None or answer.status in CLIENT_ERRORS, f"a rude client was answered with {answer}"
