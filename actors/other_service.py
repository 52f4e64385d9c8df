"""Another service of the platform, which asks over the internal routes."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx

from actors import promised_answers as promised
from actors.requests import CREDENTIALS, NOT_FOUND, OK, UNAUTHORIZED
from harness.compare import Row
from harness.journal import Journal
from harness.names import Names
from harness.shape import assert_shape
from harness.sites import Site
from harness.stack import INTERNAL_API_KEY

TOO_LONG, LONG = {400, 431}, 4000
"""How a server may refuse a header of more characters than it cares to read, and from how many on."""
KEY = "X-Internal-API-Key"
WRONG_KEYS = {
    "empty": b"",
    "all but its last character": INTERNAL_API_KEY[:-1].encode(),
    "one character too long": f"{INTERNAL_API_KEY}y".encode(),
    "in capitals": INTERNAL_API_KEY.upper().encode(),
    "of characters that are not ASCII": "nyckeln är hemlig 🗝".encode(),
    "of thousands of characters": (INTERNAL_API_KEY * 200).encode(),
    "another one of the same length": INTERNAL_API_KEY[::-1].encode(),
}


class OtherService:
    """Asks for what the service tells to services only (§6)."""

    def __init__(self, site: Site, names: Names, journal: Journal) -> None:
        self._site, self._names, self._journal = site, names, journal
        self.shown: list[Row] = []
        self._answers: dict[str, httpx.Response] = {}

    async def _call(self, path: str, credentials: Mapping[str, str | bytes]) -> httpx.Response:
        headers = [(name.encode(), v if isinstance(v, bytes) else v.encode()) for name, v in credentials.items()]
        answer = await self._site.service.http.get(f"/internal/v1/{path}", headers=headers)
        self._journal.look(
            "other service", f"GET /internal/v1/{path}", status=answer.status_code, answer=answer.content
        )
        return answer

    async def _ask(self, path: str, credentials: dict[str, str], expected: int = OK) -> Any:
        answer = await self._call(path, credentials)
        if answer.status_code != expected:
            raise AssertionError(
                f"{path} was answered with {answer.status_code}, expected {expected}: {answer.text[:300]}"
            )
        return answer.json()

    def _paths(self, batch: str, essay: str) -> tuple[str, str, str]:
        batch_id, essay_id = self._names.id("batch", batch), self._names.id("essay", essay)
        return (
            f"batches/{batch_id}/student-names",
            f"associations/essay/{essay_id}",
            f"batches/class-info?batch_ids={batch_id}",
        )

    async def asks_for_names(self, batch: str) -> None:
        """Ask who wrote the essays of a batch; what was shown is `shown`."""
        listed = await self._ask(f"batches/{self._names.id('batch', batch)}/student-names", CREDENTIALS)
        assert_shape([promised.STUDENT_NAME], listed, what="the names of the batch")
        self.shown = [self._row(item) for item in listed]

    async def asks_for_essay(self, essay: str) -> None:
        """Ask who wrote an essay; what was shown is `shown`."""
        item = await self._ask(f"associations/essay/{self._names.id('essay', essay)}", CREDENTIALS)
        assert_shape(promised.STUDENT_NAME, item, what="the name of the essay")
        self.shown = [self._row(item)]

    async def finds_nobody_for(self, essay: str) -> None:
        """Raise AssertionError unless there is no answer to who wrote an essay."""
        await self._ask(f"associations/essay/{self._names.id('essay', essay)}", CREDENTIALS, NOT_FOUND)

    def _row(self, item: dict[str, Any]) -> Row:
        name = item["student_person_name"]
        return {
            "essay": self._names.name("essay", item["essay_id"]),
            "student": self._names.name("student", item["student_id"]),
            "name": f"{name['first_name']} {name['last_name']}",
            "legal name": name["legal_full_name"] or "",
        }

    async def asks_for_classes(self, *batches: str) -> None:
        """Ask which classes batches belong to; what was shown is `shown`."""
        ids = {str(self._names.id("batch", batch)): batch for batch in batches}
        told = await self._ask(f"batches/class-info?batch_ids={','.join(ids)}", CREDENTIALS)
        known = {batch_id: info for batch_id, info in told.items() if info is not None}
        assert_shape(dict.fromkeys(known, promised.CLASS_INFO), known, what="the classes of the batches")
        self.shown = [
            {"batch": ids.get(batch_id, batch_id), "class": self._class(info) if info else "(none)"}
            for batch_id, info in told.items()
        ]

    def _class(self, info: dict[str, Any]) -> str:
        """Return the name of a class, with its id where that is not the class's."""
        name, by_id = info["class_name"], self._names.name("class", uuid.UUID(info["class_id"]))
        return str(name) if by_id == name else f"{name}, under the id of {by_id}"

    async def asks_without(self, header: str, batch: str, essay: str) -> None:
        """Ask on every internal route without a header; the answers are judged by `was_refused`."""
        credentials = {name: value for name, value in CREDENTIALS.items() if name != header}
        self._answers = {path: await self._call(path, credentials) for path in self._paths(batch, essay)}

    async def asks_with_a_key_that_is(self, how: str, batch: str, essay: str) -> None:
        """Ask on every internal route with a wrong key; the answers are judged by `was_told_nothing`."""
        assert how in WRONG_KEYS, f"no key is {how!r}; known: {', '.join(WRONG_KEYS)}"
        credentials: dict[str, str | bytes] = {**CREDENTIALS, KEY: WRONG_KEYS[how]}
        self._answers = {path: await self._call(path, credentials) for path in self._paths(batch, essay)}

    def was_told_nothing(self) -> None:
        """Raise AssertionError unless every request was refused: as that of nobody, or for its length."""
        assert self._answers, "nothing was asked"
        for path, answer in self._answers.items():
            refusals = {UNAUTHORIZED} | (TOO_LONG if len(answer.request.headers[KEY]) > LONG else set())
            assert answer.status_code in refusals, (
                f"{path} was answered with {answer.status_code}, expected {UNAUTHORIZED}: {answer.text[:300]}"
            )

    def was_refused(self) -> None:
        """Raise AssertionError unless every request of `asks_without` was refused."""
        assert self._answers, "nothing was asked"
        for path, answer in self._answers.items():
            assert answer.status_code == UNAUTHORIZED, (
                f"{path} was answered with {answer.status_code}, expected {UNAUTHORIZED}"
            )
