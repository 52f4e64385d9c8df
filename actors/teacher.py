"""A teacher, who speaks to the service over HTTP."""

import asyncio
import re
import uuid
from collections.abc import Sequence
from typing import Any

import httpx

from actors import promised_answers as promised
from actors import wire
from actors.auditor import shown_score
from harness.compare import Row, assert_exactly
from harness.containers.service import ServiceContainer
from harness.eventually import Patience
from harness.journal import Journal
from harness.names import Names
from harness.shape import anything, assert_shape
from harness.sites import Site

CREATED, OK = 201, 200
USUAL_PAGE = (20, 0)
WAYS_TO_ADD = {"twice in a row": (2, 1, 1), "twice in one request": (1, 1, 2), "in ten requests at once": (1, 10, 1)}
"""How a student is added to a class: in how many rounds, with how many requests each, naming the class how often."""


class Teacher:
    """The teacher of a scenario, another one in each."""

    def __init__(self, site: Site, names: Names, journal: Journal, patience: Patience) -> None:
        self._site, self._names, self._journal, self._patience = site, names, journal, patience
        self.user_id = f"teacher-{uuid.uuid4()}"
        self.shown: list[Row] = []
        self.answer: httpx.Response | None = None

    def is_known_by_free_text(self, length: int) -> None:
        """Have a name of that many characters from now on; what she had is another teacher's then.

        They are of ASCII, for the contract does not say how others come in a header.
        """
        own = f"{self.user_id}; Ann-Marie O'Neil (form 9A), ann@school.example "
        self.user_id = own + "x" * (length - len(own))

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        named: bool = True,
        through: ServiceContainer | None = None,
        within: float | None = None,
    ) -> httpx.Response:
        """Send a request as this teacher, or without a name, and return the answer, whatever it is.

        It goes to the replica `through`, or else to the first. It is given up when nothing comes for `within` seconds,
        or for as long as the client waits for all others: httpx.TimeoutException.
        """
        correlation_id = str(uuid.uuid4())
        headers = {"X-Correlation-ID": correlation_id, **({"X-User-ID": self.user_id} if named else {})}
        http = (through or self._site.service).http
        patience = httpx.USE_CLIENT_DEFAULT if within is None else within
        answer = await http.request(method, path, json=body, headers=headers, timeout=patience)
        note = self._journal.look if method == "GET" else self._journal.write
        note(
            "teacher",
            f"{method} {path}",
            correlation_id=correlation_id,
            body=body,
            status=answer.status_code,
            answer=answer.content,
        )
        return answer

    async def _ask(self, method: str, path: str, shape: Any, body: Any = None, expected: int = OK) -> Any:
        answer = await self.call(method, path, body)
        if answer.status_code != expected:
            raise AssertionError(
                f"{method} {path} was answered with {answer.status_code}, expected {expected}: {answer.text[:500]}"
            )
        shown = answer.json()
        assert_shape(shape, shown, what=f"the answer to {method} {path}")
        return shown

    async def creates_class(self, name: str, course: str = wire.COURSE) -> None:
        """Create a class; its name stands for its id from then on."""
        answer = await self._ask(
            "POST", "/v1/classes/", promised.CLASS_CREATED, {"name": name, "course_codes": [course]}, CREATED
        )
        self._names.learn("class", name, uuid.UUID(answer["id"]))

    async def adds_student(self, name: str, class_name: str, times: int = 1) -> None:
        """Create a student, e.g. "Elsa Lind", in a class, which the request names so many times."""
        first, _, last = name.partition(" ")
        body = {
            "person_name": {"first_name": first, "last_name": last or first},
            "email": f"{uuid.uuid4().hex}@school.example",
            "class_ids": [str(self._names.id("class", class_name))] * times,
        }
        shape = promised.STUDENT_CREATED | {"full_name": name}
        answer = await self._ask("POST", "/v1/classes/students", shape, body, CREATED)
        self._names.learn("student", name, uuid.UUID(answer["id"]))

    async def has_class(self, name: str, students: Sequence[str]) -> None:
        """Create a class with students."""
        await self.creates_class(name)
        await asyncio.gather(*(self.adds_student(student, name) for student in students))

    async def deletes_class(self, name: str) -> None:
        """Delete a class."""
        await self._ask("DELETE", f"/v1/classes/{self._names.id('class', name)}", promised.DELETED)

    async def deletes_student(self, name: str) -> None:
        """Delete a student."""
        await self._ask("DELETE", f"/v1/classes/students/{self._names.id('student', name)}", promised.DELETED)

    async def lists_classes(self, page: tuple[int, int] | None = None) -> None:
        """List own classes, of a page (limit, offset) or the first twenty; what was shown is `shown`."""
        limit, offset = page or USUAL_PAGE
        query = f"?limit={limit}&offset={offset}" if page else ""
        answer = await self._ask("GET", f"/v1/classes/{query}", promised.CLASSES)
        listed = answer["classes"]
        if answer["pagination"] != {"limit": limit, "offset": offset, "returned": len(listed)}:
            raise AssertionError(f"{len(listed)} classes are shown, and the pagination says {answer['pagination']}")
        self.shown = [
            {"class": c["name"], "course": c["course_code"], "students": str(c["student_count"])} for c in listed
        ]

    def was_shown_classes(self, expected: Sequence[Row]) -> None:
        """Raise AssertionError unless exactly these classes are shown, in this order."""
        assert_exactly(expected, self.shown, what="classes shown")
        order, wanted = [[row["class"] for row in rows] for rows in (self.shown, expected)]
        assert order == wanted, f"the classes are shown in the order {', '.join(order)}, expected {', '.join(wanted)}"

    async def reads_roster(self, class_name: str, named: bool = True) -> None:
        """Read the students of a class, perhaps without saying who asks; what was shown is `shown`."""
        path = f"/v1/classes/{self._names.id('class', class_name)}/roster"
        if named:
            answer = await self._ask("GET", path, promised.ROSTER)
        else:
            answer = (await self._site.service.http.get(path)).json()
            assert_shape(promised.ROSTER, answer, what="the roster that is read without a name")
        self.shown = [
            {
                "student": f"{s['first_name']} {s['last_name']}",
                "legal name": s["full_legal_name"] or "",
                "e-mail": s["email"] or "",
            }
            for s in answer["students"]
        ]

    async def adds_student_in_full(self, row: Row, class_name: str) -> None:
        """Create a student with a legal name and an e-mail address."""
        body = self._person(row, class_name)
        answer = await self._ask("POST", "/v1/classes/students", promised.STUDENT_CREATED, body, CREATED)
        self._names.learn("student", row["student"], uuid.UUID(answer["id"]))

    def _person(self, row: Row, class_name: str) -> dict[str, Any]:
        first, _, last = row["student"].partition(" ")
        optional = {"legal_full_name": row["legal name"]} if row["legal name"] else {}
        name = {"first_name": first, "last_name": last, **optional}
        email = {"email": row["e-mail"]} if row["e-mail"] else {}
        return {"person_name": name, **email, "class_ids": [str(self._names.id("class", class_name))]}

    async def changes_student(self, name: str, row: Row) -> None:
        """Give a student another name, legal name and e-mail address."""
        body = self._person(row, "none")
        del body["class_ids"]
        named = body["person_name"]
        changed = {"first_name": named["first_name"], "last_name": named["last_name"], "email": body["email"]}
        await self._ask("PUT", self._path(name), promised.STUDENT | changed, body)

    def _path(self, student: str) -> str:
        return f"/v1/classes/students/{self._names.id('student', student)}"

    async def changes_course(self, name: str, course: str) -> None:
        """Put a class into another course."""
        path = f"/v1/classes/{self._names.id('class', name)}"
        await self._ask("PUT", path, promised.CLASS | {"course_code": course}, {"course_codes": [course]})

    async def renames_class(self, name: str, new_name: str) -> None:
        """Give a class another name."""
        identity = self._names.id("class", name)
        changed = {"name": new_name}
        await self._ask("PUT", f"/v1/classes/{identity}", promised.CLASS | changed, changed)
        self._names.learn("class", new_name, identity)

    async def finds_class(self, name: str) -> None:
        """Raise AssertionError unless the class shows this name."""
        if (called := await self.name_of_class(name)) != name:
            raise AssertionError(f"the class is called {called!r}, expected {name!r}")

    async def name_of_class(self, name: str) -> str:
        """Return what a class, which was once called `name`, is called now."""
        shown = await self._ask("GET", f"/v1/classes/{self._names.id('class', name)}", promised.CLASS)
        return str(shown["name"])

    async def moves_student(self, student: str, old: str, new: str) -> None:
        """Take a student out of one class and into another; of what else there is nothing may change."""
        joins, leaves = str(self._names.id("class", new)), str(self._names.id("class", old))
        before = await self._ask("GET", self._path(student), promised.STUDENT)
        body = {"add_class_ids": [joins], "remove_class_ids": [leaves]}
        shown = await self._ask("PUT", self._path(student), promised.STUDENT, body)
        expected = {**before, "class_ids": sorted({*before["class_ids"], joins} - {leaves})}
        shown["class_ids"].sort()
        assert shown == expected, f"the student who has moved is shown as {shown}, expected {expected}"

    async def adds_to_class(self, student: str, class_name: str, how: str) -> None:
        """Put a student into a class: `twice in a row`, `twice in one request`, or `in ten requests at once`."""
        assert how in WAYS_TO_ADD, f"nobody is added {how!r}; known: {', '.join(WAYS_TO_ADD)}"
        rounds, at_once, times = WAYS_TO_ADD[how]
        path = self._path(student)
        body = {"add_class_ids": [str(self._names.id("class", class_name))] * times}
        for _ in range(rounds):
            await asyncio.gather(*(self._ask("PUT", path, promised.STUDENT, body) for _ in range(at_once)))

    async def classes_of_student(self, student: str) -> list[Row]:
        """Return the classes that a student is in, by name."""
        shown = await self._ask("GET", self._path(student), promised.STUDENT)
        return [{"class": self._names.name("class", i)} for i in shown["class_ids"]]

    async def confirms(self, batch: str, rows: Sequence[Row]) -> None:
        """Confirm or reject the students of essays; what came back is judged by `was_told_counts` or `was_refused`."""
        self.answer = await self.sends_answers(batch, rows)

    async def sends_answers(self, batch: str, rows: Sequence[Row]) -> httpx.Response:
        """Confirm or reject the students of essays, and return what came back."""
        path = f"/v1/batches/{self._names.id('batch', batch)}/student-associations/confirm"
        answers = [
            {
                "essay_id": str(self._names.id("essay", row["essay"])),
                "student_id": str(self._names.id("student", row["student"])),
                "confirmed": row["answer"] == "confirmed",
            }
            for row in rows
        ]
        return await self.call("POST", path, {"associations": answers})

    async def confirms_all(self, batch: str) -> None:
        """Confirm whatever is suggested for a batch; raises AssertionError when that does not succeed."""
        rows = [{**row, "answer": "confirmed"} for row in await self.suggestions(batch)]
        await self.confirms(batch, rows)
        self.was_told_counts(len(rows), 0)

    def was_answered(self) -> None:
        """Raise AssertionError unless the last request succeeded."""
        assert self.answer is not None, "nothing was asked"
        assert self.answer.status_code == OK, f"the answer was {self.answer.status_code}: {self.answer.text[:300]}"

    def was_told_counts(self, confirmed: int, rejected: int) -> None:
        """Raise AssertionError unless so many were counted as confirmed and as rejected."""
        assert self.answer is not None, "nothing was confirmed"
        assert self.answer.status_code == OK, f"confirming was answered with {self.answer.status_code}"
        counts = {"associations_confirmed": confirmed, "associations_rejected": rejected}
        assert_shape(promised.CONFIRMED | counts, self.answer.json(), what="the answer to confirming")

    async def tries_a_class_for(self, *courses: str) -> None:
        """Ask for a class for several courses; the answer is judged by `was_refused`."""
        self.answer = await self.call("POST", "/v1/classes/", {"name": "8B", "course_codes": list(courses)})

    def was_refused(self, status: int, reason: str) -> None:
        """Raise AssertionError unless the last request was refused with this status and reason."""
        assert self.answer is not None, "nothing was asked"
        if self.answer.status_code != status or reason not in self.answer.text:
            raise AssertionError(
                f"expected {status} with {reason}, the answer was {self.answer.status_code}: {self.answer.text[:500]}"
            )

    def was_refused_under_its_own_correlation_id(self) -> None:
        """Raise AssertionError unless the refusal is complete and carries the correlation id of its request."""
        assert self.answer is not None, "nothing was asked"
        refusal = self.answer.json()
        assert_shape(promised.REFUSED, refusal, what="the refusal")
        sent, told = self.answer.request.headers["X-Correlation-ID"], refusal["error"]["correlation_id"]
        assert told == sent, f"the request came with the correlation id {sent}, the refusal tells {told}"

    async def finds_the_service_healthy(self) -> None:
        """Raise AssertionError unless `/healthz` says so, in full (§6)."""
        shown = await self._ask("GET", "/healthz", anything)
        named = {"service", "message", "version", "environment"} <= shown.keys()
        checked = {"service_responsive": True, "dependencies_available": True}.items() <= shown["checks"].items()
        database = shown["dependencies"]["database"]["status"]
        if not (named and checked and shown["status"] == database == "healthy"):
            raise AssertionError(f"/healthz shows {shown}, expected everything of §6, and healthy")

    async def asks_for_figures(self) -> None:
        """Ask for `/metrics`; the answer is judged by `was_shown_figures`."""
        self.answer = await self.call("GET", "/metrics", named=False)

    def was_shown_figures(self) -> None:
        """Raise AssertionError unless the answer is Prometheus' text with at least one figure."""
        answer = self.answer
        assert answer is not None, "nothing was asked"
        figures = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
        if answer.status_code != OK or not all(_is_figure(line) for line in figures) or not figures:
            raise AssertionError(f"/metrics answers {answer.status_code}: {answer.text[:300]}")

    async def suggestions(self, batch: str) -> list[Row]:
        """Return the suggestions that wait for validation, by the names of essay and student."""
        path = f"/v1/batches/{self._names.id('batch', batch)}/student-associations"
        listed = (await self._ask("GET", path, promised.ASSOCIATIONS))["associations"]
        return [
            {
                "essay": self._names.name("essay", item["essay_id"]),
                "student": self._names.name("student", item["suggested_student_id"]),
                "confidence": shown_score(item["confidence_score"]),
                "reasons": ", ".join(item["match_reasons"]),
            }
            for item in listed
        ]

    async def finds_exactly(self, batch: str, rows: Sequence[Row]) -> None:
        """Wait until exactly `rows` (essay and student) wait for validation."""

        async def look() -> None:
            assert_exactly(rows, await self.suggestions(batch), what=f'what the teacher finds for "{batch}"')

        await self._patience.eventually(look)


def _is_figure(line: str) -> bool:
    """Tell whether a line is `name{labels} value`, as Prometheus writes it."""
    number = r"([-+]?(\d+(\.\d*)?([eE][-+]?\d+)?|Inf)|NaN)"
    return re.fullmatch(rf"[a-zA-Z_:][\w:]*(\{{.*\}})? {number}( \d+)?", line) is not None
