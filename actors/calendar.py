"""The calendar: time passes for suggestions that wait, and what stands for nobody known when it is up (T1)."""

from collections.abc import Sequence
from datetime import timedelta

from harness.journal import Journal
from harness.names import Names
from harness.sites import Site
from harness.sql import text

UNKNOWN = "UNKNOWN STUDENT"
_PASSES = (
    "UPDATE essay_student_associations SET created_at = created_at - make_interval(secs => :seconds)"
    " WHERE batch_id = :batch"
)
_UNKNOWN = (
    "SELECT id, first_name || ' ' || last_name, EXISTS"
    " (SELECT FROM class_student_association WHERE class_id = :class AND student_id = students.id)"
    " FROM students WHERE email = :address"
)


class Calendar:
    """Makes suggestions old, and knows the students who stand for nobody known."""

    def __init__(self, site: Site, names: Names, journal: Journal) -> None:
        self._site, self._names, self._journal = site, names, journal

    async def passes(self, batches: Sequence[str], time: timedelta) -> None:
        """Have the suggestions for batches been stored earlier by so much time."""
        for batch in batches:
            async with self._site.engine.begin() as connection:
                made = await connection.execute(
                    text(_PASSES), {"seconds": time.total_seconds(), "batch": self._names.id("batch", batch)}
                )
            assert made.rowcount, f'nothing is stored for "{batch}"'
        self._journal.write("calendar", f"{time} have passed for {', '.join(batches)}")

    async def knows_unknown_students(self) -> None:
        """Look for the students who stand for nobody known, one a class at most: "UNKNOWN STUDENT of 8B" here.

        Each is a student of its class as any other one, on its roster.
        """
        for name in self._names.of_kind("class"):
            class_id = self._names.id("class", name)
            about = {"address": f"unknown.{class_id}@huleedu.system", "class": class_id}
            async with self._site.engine.connect() as connection:
                found = (await connection.execute(text(_UNKNOWN), about)).all()
            assert len(found) <= 1, f'{len(found)} students of "{name}" stand for nobody known, expected one a class'
            for identity, called, is_on_the_roster in found:
                assert called == UNKNOWN, f"who stands for nobody known is called {called!r}, expected {UNKNOWN!r}"
                assert is_on_the_roster, f'who stands for nobody known in "{name}" is not on the roster of "{name}"'
                self._names.learn("student", f"{UNKNOWN} of {name}", identity)
