"""Somebody whose names and addresses go through the service, and who then looks for them in its log (S1)."""

import json
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx

from actors import wire
from actors.marker import Marker
from actors.nlp_service import NlpService
from actors.start import WRONG_PASSWORD
from actors.teacher import CREATED, Teacher
from harness.eventually import Patience
from harness.journal import Journal
from harness.names import Names
from harness.sites import Site
from harness.stack import SECRETS

FIRST, LAST, LEGAL = "Ingegärd", "Qvarnström", "Ingegärd Sofiadotter Qvarnström"
PERSON = {"first_name": FIRST, "last_name": LAST, "legal_full_name": LEGAL}
ADDRESSES = (
    "ingegard.qvarnstrom@skola.example",
    "INGEGARD+8B@Skola.Example",
    '"ingegard q"@skola.example',
    "ingegärd@skolan-på-ön.example",
    "ingegard\uff20skola.example",
    "ingegard%40skola.example",
    "ingegard (at) skola.example",
    "Ingegärd <ingegard@skola.example>",
)
WORDS = (FIRST, LAST, "Sofiadotter", "ingegard", "qvarnstrom")
"""What is looked for, in any spelling: each of the names and addresses has one of them."""
REFUSED_FROM, FAILED_FROM = 400, 500


def spellings(word: str) -> set[str]:
    """Return how a word may be written in a line, in small letters: as it is, or escaped for JSON, a URL, Python."""
    return {form.casefold() for form in (word, json.dumps(word)[1:-1], quote(word), repr(word.encode())[2:-1])}


def betrayed(line: str, words: Iterable[str]) -> str:
    """Return the word that a line tells, in whatever spelling, empty if it tells none."""
    small = line.casefold()
    return next((word for word in words if any(form in small for form in spellings(word))), "")


class Eavesdropper:
    """Has names told to the service in every way, and reads all that it has written since it was started."""

    def __init__(
        self,
        site: Site,
        names: Names,
        teacher: Teacher,
        nlp: NlpService,
        marker: Marker,
        *,
        journal: Journal,
        patience: Patience,
    ) -> None:
        self._site, self._names, self._teacher = site, names, teacher
        self._nlp, self._marker, self._journal, self._patience = nlp, marker, journal, patience
        self._ways: dict[str, Callable[[], Awaitable[None]]] = {
            "requests that are granted": self._in_granted_requests,
            "requests that are refused": self._in_refused_requests,
            "requests for what others have taken": self._in_requests_for_what_is_taken,
            "events that are processed": self._in_events_that_are_processed,
            "events that nobody can make sense of": self._in_spoilt_events,
            "events that name them as ids": self._in_ids,
        }

    async def has_somebody_named_in(self, what: str) -> None:
        """Name somebody in the words of the features, and wait until the service has dealt with it."""
        assert what in self._ways, f"nobody is named in {what!r}; known: {', '.join(self._ways)}"
        await self._ways[what]()

    async def _in_granted_requests(self) -> None:
        for address in (*ADDRESSES[:2], None):
            answer = await self._teacher.call("POST", "/v1/classes/students", self._student(email=address))
            assert answer.status_code == CREATED, f"the student was refused with {answer.status_code}: {answer.text}"

    def _student(self, **fields: Any) -> dict[str, Any]:
        class_id = str(self._names.id("class", self._nlp.class_name))
        return {"person_name": PERSON, "email": ADDRESSES[0], "class_ids": [class_id], **fields}

    async def _in_refused_requests(self) -> None:
        student = str(self._names.id("student", self._nlp.students[0]))
        batch = uuid.uuid4()
        bodies: list[Mapping[str, Any]] = [
            self._student(email=address, class_ids=[str(uuid.uuid4())]) for address in ADDRESSES
        ]
        bodies += [
            self._student(class_ids=[LEGAL]),
            self._student(class_ids=LEGAL),
            self._student(person_name=LEGAL),
            self._student(person_name={**PERSON, "first_name": [FIRST]}),
            self._student(person_name={**PERSON, "first_name": f"{FIRST}\0"}),
            self._student(person_name={**PERSON, "last_name": LAST * 500}),
        ]
        requests: list[tuple[str, str, Mapping[str, Any]]] = [
            ("POST", "/v1/classes/students", {"json": body}) for body in bodies
        ]
        requests += [
            ("POST", "/v1/classes/students", {"content": json.dumps(self._student())[:-5]}),
            ("POST", "/v1/classes/students", {"content": LEGAL.encode("latin-1")}),
            ("PUT", f"/v1/classes/students/{student}", {"json": {"email": 5, "person_name": LEGAL}}),
            ("GET", f"/v1/classes/students/{quote(LEGAL)}", {}),
            ("DELETE", f"/v1/classes/students/{quote(ADDRESSES[0])}", {}),
            ("GET", f"/v1/classes/{FIRST}/roster", {}),
            ("GET", f"/v1/{quote(LEGAL)}", {}),
            ("GET", f"/v1/classes/?limit={quote(FIRST)}", {}),
            ("PATCH", f"/v1/classes/students/{quote(ADDRESSES[3])}", {}),
            ("GET", f"/internal/v1/associations/essay/{LAST}", {}),
            (
                "POST",
                f"/v1/batches/{batch}/student-associations/confirm",
                {"json": {"associations": [{"essay_id": LEGAL, "student_id": ADDRESSES[2], "confirmed": FIRST}]}},
            ),
        ]
        for method, path, sent in requests:
            await self._is_refused(method, path, sent)

    async def _is_refused(self, method: str, path: str, sent: Mapping[str, Any]) -> None:
        headers = [
            (b"X-User-ID", self._teacher.user_id.encode()),
            (b"X-Correlation-ID", FIRST.encode()),
            (b"Content-Type", b"application/json"),
        ]
        answer = await self._site.service.http.request(method, path, headers=headers, **sent)
        self._journal.write("somebody", f"{method}, naming somebody", status=answer.status_code)
        assert REFUSED_FROM <= answer.status_code < FAILED_FROM, (
            f"{method} {httpx.URL(path).path} was to be refused, and is answered with {answer.status_code}"
        )

    async def _in_requests_for_what_is_taken(self) -> None:
        await self._teacher.call("POST", "/v1/classes/students", self._student())
        await self._is_refused("POST", "/v1/classes/students", {"json": self._student()})
        student = str(self._names.id("student", self._nlp.students[0]))
        await self._is_refused("PUT", f"/v1/classes/students/{student}", {"json": {"email": ADDRESSES[0]}})

    def _event(self) -> wire.Event:
        """Make an event in which everything that is free text names somebody."""
        event = self._nlp.event(f"{uuid.uuid4()}", self._nlp.one_essay_a_student())
        data = event.envelope["data"]
        for result in data["match_results"]:
            result |= {"filename": f"{LEGAL}.txt", "no_match_reason": LEGAL, "extraction_metadata": {"by": LEGAL}}
            result["text_storage_id"] = ADDRESSES[0]
            for suggestion in result["suggestions"]:
                suggestion |= {"student_name": LEGAL, "student_email": ADDRESSES[1]}
                suggestion["match_reasons"] = [f"name {LEGAL}", ADDRESSES[2]]
        data["processing_metadata"] = {"teacher": LEGAL}
        return replace(event, envelope={**event.envelope, "metadata": {"of": LEGAL}})

    async def _in_events_that_are_processed(self) -> None:
        one, other, third = self._event(), self._event(), self._event()
        suggestion = other.envelope["data"]["match_results"][0]["suggestions"][0]
        suggestion["match_reasons"].append("\0")  # PostgreSQL takes no such text, and says so
        third.envelope["data"]["match_results"][0]["suggestions"][0]["student_id"] = str(uuid.uuid4())
        await self._are_dealt_with(one, other, third, one)

    async def _in_spoilt_events(self) -> None:
        events = [self._event() for _ in range(7)]
        whole, cut, latin, scored, listed, coded, empty = events
        scored.envelope["data"]["match_results"][0]["suggestions"][0]["confidence_score"] = LEGAL
        listed.envelope["data"]["match_results"].append(LEGAL)
        coded.envelope["data"]["course_code"] = LAST
        empty.envelope["data"]["processing_summary"] = ADDRESSES[0]
        await self._are_dealt_with(
            replace(whole, envelope={**whole.envelope, "schema_version": 9}),
            replace(cut, spoilt=cut.value[:-9]),
            replace(latin, spoilt=cut.value.decode().encode("latin-1", "replace")),
            replace(whole, spoilt=LEGAL.encode()),
            replace(whole, spoilt=json.dumps([LEGAL, *ADDRESSES]).encode()),
            scored,
            listed,
            coded,
            empty,
        )

    async def _in_ids(self) -> None:
        one, other, third = self._event(), self._event(), self._event()
        first, second = (event.envelope["data"]["match_results"][0]["suggestions"] for event in (one, other))
        first.insert(0, {**first[0], "student_id": ADDRESSES[0], "confidence_score": 0.99})
        second.insert(0, {**second[0], "student_id": LEGAL, "confidence_score": 0.99})
        third.envelope["data"]["class_id"] = LEGAL
        await self._are_dealt_with(one, other, third)

    async def _are_dealt_with(self, *events: wire.Event) -> None:
        for event in events:
            await self._nlp.sends(event)
        await self._marker.passes()

    async def finds_nothing_in_the_log(self) -> None:
        """Raise AssertionError if any line of the log tells a name, an address, or a secret."""

        async def read() -> list[str]:
            written = await self._site.service.log_lines(0.0)
            assert written, "the log is empty"
            return written

        lines = await self._patience.eventually(read)
        self._journal.look("somebody", "read the log", lines=len(lines))
        secrets = SECRETS | {WRONG_PASSWORD}
        for what, words in (("a secret", secrets), ("somebody's name or address", WORDS)):
            telling = [line for line in lines if betrayed(line, words)]
            shown = [_without(line, betrayed(line, words)) for line in telling[:3]]
            assert not telling, f"{len(telling)} lines of the log tell {what}, such as\n" + "\n".join(shown)


def _without(line: str, word: str) -> str:
    """Return what of a line comes before the word, in whatever spelling."""
    small = line.casefold()
    place = min(small.find(form) for form in spellings(word) if form in small)
    return f"    {line[:place][-300:]}… (here it stands)"
