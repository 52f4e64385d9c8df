"""Who follows a request by its correlation id: in the refusal, in the log, in what is announced (H11)."""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx

from actors import wire
from actors.asker import Asker
from actors.auditor import Auditor
from actors.blunders import Blunder
from actors.client import Client
from actors.requests import BAD_REQUEST, CREATED, OK, Request, Things, kind
from actors.teacher import Teacher
from harness.eventually import Patience
from harness.journal import Journal
from harness.shape import identity
from harness.sites import Site

MOST_A_TOPIC = 5_000
"""So many of the last records of a topic are looked through; all scenarios of a run share the topics."""
CREATE_CLASS = "create a class"
IN_CAPITALS = ", its id in capitals"
CAUSED_BY: Mapping[str, tuple[str, ...]] = {
    CREATE_CLASS: ("huleedu.class.created.v1", "huleedu.notification.teacher.requested.v1"),
    "change a class": ("huleedu.class.updated.v1",),
    "add a student to a class": ("huleedu.class.student.created.v1", "huleedu.notification.teacher.requested.v1"),
    "change a student": ("huleedu.class.student.updated.v1",),
    "confirm the suggestions for a batch": ("huleedu.class.student.associations.confirmed.v1",),
}
"""The topics of the events that a request causes (§7)."""


def _two_courses(request: Request) -> Request:
    return replace(request, body={**request.body, "course_codes": ["ENG5", "SV1"]})


def _empty_name(request: Request) -> Request:
    return Blunder("name", "empty").made_in(request)


WRONG: Mapping[str, tuple[str, Callable[[Request], Request], bytes | None]] = {
    "asks for what is not there": ("look at a class", lambda request: request, None),
    "breaks a rule": (CREATE_CLASS, _two_courses, None),
    "has a wrong field": (CREATE_CLASS, _empty_name, None),
    "is not JSON": (CREATE_CLASS, lambda request: request, b"{"),
    "confirms a batch that nobody knows": ("confirm the suggestions for a batch", lambda request: request, None),
    "asks for a service's secrets": ("learn the names in a batch", lambda request: replace(request, headers={}), None),
}
"""Requests that are refused: what is asked for, what is done to it, and what is sent as its body."""
WRITTEN: Mapping[str, str | None] = {
    "missing": None,
    "no id": "no-id",
    "almost an id": str(uuid.uuid4())[:-1],
    "more than an id": f"{uuid.uuid4()} {uuid.uuid4()}",
    "no text": "\u00ff\u00fe",
}
"""Correlation ids that are none."""


class Tracer:
    """Sends requests under correlation ids that it knows, and looks for these ids everywhere."""

    def __init__(
        self,
        site: Site,
        teacher: Teacher,
        asker: Asker,
        client: Client,
        *,
        auditor: Auditor,
        journal: Journal,
        patience: Patience,
    ) -> None:
        self._site, self._teacher, self._asker, self._client = site, teacher, asker, client
        self._auditor, self._journal, self._patience = auditor, journal, patience
        self._refusal: httpx.Response | None = None
        self._created = ""

    async def sends_one_that(self, what: str) -> None:
        """Send a request that is refused, under a correlation id of its own, which may be written `in capitals`."""
        wrong, in_capitals, _ = what.partition(IN_CAPITALS)
        assert wrong in WRONG, f"no request {what}; known: {', '.join(WRONG)}"
        name, spoil, raw = WRONG[wrong]
        own = str(uuid.uuid4())
        request = spoil(kind(name).about(Things.nobody_knows(), self._teacher.user_id))
        sent = own.upper() if in_capitals else own
        self._refusal = await self._client.sends("teacher", request, raw=raw, correlation_id=sent)

    async def sends_under(self, written: str) -> None:
        """Ask for a class that is refused, and for one that is not, under a correlation id that is none."""
        given = WRITTEN[written]
        asked = kind(CREATE_CLASS).about(Things.nobody_knows(), self._teacher.user_id)
        self._refusal = await self._client.sends("teacher", _empty_name(asked), correlation_id=given)
        answer = await self._client.sends("teacher", asked, correlation_id=given)
        assert answer.status_code == CREATED, f"a class is not created under a correlation id that is {written}"
        self._created = answer.json()["id"]

    def finds_its_id_in_the_refusal(self) -> None:
        """Raise AssertionError unless the refusal tells the correlation id of its request."""
        sent, told = _sent(self._refused), self._told
        assert told.lower() == sent.lower(), f"the request came under {sent}, the refusal tells {told}"

    def finds_a_new_id_in_the_refusal(self) -> None:
        """Raise AssertionError unless the refusal tells a correlation id that is one."""
        assert identity(self._told), f"the refusal tells the correlation id {self._told!r}, which is no UUID"

    @property
    def _refused(self) -> httpx.Response:
        assert self._refusal is not None, "nothing was asked"
        assert self._refusal.status_code >= BAD_REQUEST, f"the request was not refused: {self._refusal.status_code}"
        return self._refusal

    @property
    def _told(self) -> str:
        body = self._refused.json()
        error = body.get("error") if isinstance(body, dict) else None
        told = error.get("correlation_id") if isinstance(error, dict) else None
        assert isinstance(told, str), f"the refusal carries no correlation id: {self._refused.text[:300]}"
        return told

    async def finds_it_in_the_log(self) -> None:
        """Wait for a line in the log that carries the correlation id under which the last request was refused."""
        await self._look_in_the_log({"the request that was refused": _sent(self._refused)})

    async def finds_the_new_id_in_the_log(self) -> None:
        """Wait for a line in the log that carries the correlation id which the refusal tells."""
        await self._look_in_the_log({"the request that was refused": self._told})

    async def finds_all_in_the_log(self) -> None:
        """Wait for a line in the log for each request that was made in turn, under the correlation id of each."""
        await self._look_in_the_log({f'the request to "{name}"': _sent(answer) for name, answer in self._asker.answers})

    async def _look_in_the_log(self, wanted: Mapping[str, str]) -> None:
        async def look() -> None:
            written = {what: (id_, id_.lower()) for what, id_ in wanted.items()}
            lines = await self._auditor.log_lines(*itertools.chain(*written.values()), since=self._journal.begun)
            missing = [
                f"{what} ({ids[0]})"
                for what, ids in written.items()
                if not any(i in line for line in lines for i in ids)
            ]
            assert not missing, f"no line of the log carries the correlation id of {', '.join(missing)}"

        await self._patience.eventually(look)

    async def hears_of_each_change(self) -> None:
        """Wait until each request made in turn is announced as it should be, under its own correlation id alone."""
        sent = [(name, _sent(answer)) for name, answer in self._asker.answers if answer.status_code in {OK, CREATED}]
        wanted = {(topic, id_) for name, id_ in sent for topic in CAUSED_BY[name]}

        async def look() -> None:
            heard = [*await self._announced((self._teacher.user_id,))]
            missing = wanted - {(topic, envelope["correlation_id"]) for topic, envelope in heard}
            told = ", ".join(f"{topic} under {id_}" for topic, id_ in sorted(missing))
            assert not missing, f"not announced: {told}; the {len(heard)} announcements carry other correlation ids"

        await self._patience.eventually(look)
        self._are_of_one_mind(await self._announced((self._teacher.user_id,)))

    async def hears_of_the_change_under_a_new_id(self) -> None:
        """Wait until the class that was created is announced under a correlation id that is one."""

        async def look() -> list[tuple[str, Any]]:
            heard = await self._announced((self._created,))
            assert {topic for topic, _ in heard} >= set(CAUSED_BY[CREATE_CLASS]), "the new class is not announced"
            return heard

        heard = await self._patience.eventually(look)
        self._are_of_one_mind(heard)
        assert self._told not in {envelope["correlation_id"] for _, envelope in heard}, "two requests got one new id"

    def _are_of_one_mind(self, heard: Sequence[tuple[str, Any]]) -> None:
        for topic, envelope in heard:
            ids = {envelope["correlation_id"], envelope["data"].get("correlation_id", envelope["correlation_id"])}
            assert len(ids) == 1, f"an announcement on {topic} carries different correlation ids: {ids}"
            assert all(map(identity, ids)), f"an announcement on {topic} carries a correlation id that is none: {ids}"

    async def _announced(self, words: Sequence[str]) -> list[tuple[str, Any]]:
        records = await self._site.stack.broker.read_topics_since(
            wire.PUBLISHED_TOPICS, self._journal.begun, MOST_A_TOPIC
        )
        found = list(_about(records, words))
        self._journal.look("tracer", "announcements", announced=found)
        return found


def _about(records: Sequence[Any], words: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for record in records:
        if any(word.encode() in (record.value or b"") for word in words):
            yield record.topic, json.loads(record.value)


def _sent(answer: httpx.Response) -> str:
    return answer.request.headers["X-Correlation-ID"]
