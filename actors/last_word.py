"""The last word: one announcement of every kind, behind all others, to prove that what is not there never comes."""

from actors.essay_lifecycle import EVERY_KIND, Announcement, EssayLifecycle
from actors.marker import BATCH
from actors.nlp_service import NlpService
from actors.teacher import OK, Teacher
from harness.eventually import Patience
from harness.names import Names

CLASS, STUDENT, ESSAY = "Klass Ö Ж", "Þóra Sista-Orðið", "the last word's essay"
CHANGED = {"student": "Þóra O'Ќ", "legal name": "Þóra Мария Ќ"}


class LastWord:
    """Makes a change of every kind to things of its own, and waits until all of it is heard.

    Nothing is promised about the order of announcements about different things, so a service could still have something
    to say; one that takes what waits in its order has not.
    """

    def __init__(
        self, teacher: Teacher, nlp: NlpService, lifecycle: EssayLifecycle, names: Names, patience: Patience
    ) -> None:
        self._teacher, self._nlp, self._lifecycle = teacher, nlp, lifecycle
        self._names, self._patience = names, patience
        self._ids: frozenset[str] = frozenset()

    async def is_said(self) -> None:
        """Make the changes, once a scenario."""
        if self._ids:
            return
        teacher = self._teacher
        await teacher.creates_class(CLASS)
        await teacher.adds_student(STUDENT, CLASS)
        await self._nlp.sends(self._nlp.event(BATCH, [{"essay": ESSAY, "student": STUDENT}], CLASS))
        await teacher.renames_class(CLASS, CLASS)
        address = f"{self._names.id('class', CLASS)}@school.example"
        await teacher.changes_student(STUDENT, {**CHANGED, "e-mail": address})
        things = {"class": CLASS, "student": STUDENT, "essay": ESSAY, "batch": BATCH}
        self._ids = frozenset(str(self._names.id(kind, name)) for kind, name in things.items())
        await self._patience.eventually(self._is_suggested)
        await self._confirms()

    async def _is_suggested(self) -> None:
        assert await self._teacher.suggestions(BATCH), "an event sent behind all others has not been stored"

    async def _confirms(self) -> None:
        ids = {"essay_id": self._names.id("essay", ESSAY), "student_id": self._names.id("student", STUDENT)}
        body = {"associations": [{**{name: str(i) for name, i in ids.items()}, "confirmed": True}]}
        path = f"/v1/batches/{self._names.id('batch', BATCH)}/student-associations/confirm"
        answer = await self._teacher.call("POST", path, body)
        assert answer.status_code == OK, f"confirming was answered with {answer.status_code}: {answer.text[:300]}"

    async def is_heard(self) -> list[Announcement]:
        """Make the changes, wait until all of it is heard, and return it."""
        await self.is_said()
        return await self._patience.eventually(self._look)

    async def _look(self) -> list[Announcement]:
        heard = [one for one in await self._lifecycle.has_heard() if self.is_part(one)]
        missing = EVERY_KIND - {one.row["announcement"] for one in heard}
        assert not missing, f"of a change of every kind this was never announced: {', '.join(sorted(missing))}"
        return heard

    def is_part(self, announcement: Announcement) -> bool:
        """Tell whether an announcement is part of the last word."""
        return any(identity in announcement.value for identity in self._ids)
