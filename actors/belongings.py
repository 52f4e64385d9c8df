"""All that the database holds of the scenario's teachers, to be compared before and after."""

from harness.compare import assert_exactly
from harness.sites import Site
from harness.sql import text

# `created_by_user_id` by its beginning: what a request stores under a lengthened name is found, too.
_CLASSES = "SELECT id FROM classes WHERE created_by_user_id LIKE :teacher || '%'"
_STUDENTS = "SELECT id FROM students WHERE created_by_user_id LIKE :teacher || '%'"
_TABLES = {
    "classes": f"SELECT * FROM classes WHERE id IN ({_CLASSES})",  # noqa: S608 -- constants of our own, here and below
    "students": f"SELECT * FROM students WHERE id IN ({_STUDENTS})",  # noqa: S608
    "places on rosters": (
        "SELECT * FROM class_student_association"  # noqa: S608
        f" WHERE class_id IN ({_CLASSES}) OR student_id IN ({_STUDENTS})"
    ),
    "associations": f"SELECT * FROM essay_student_associations WHERE class_id IN ({_CLASSES})",  # noqa: S608
}
_ANNOUNCED = "SELECT id, event_type FROM event_outbox WHERE event_data::text LIKE '%' || :teacher || '%'"

Rows = list[dict[str, str]]


class Belongings:
    """What belongs to teachers; whoever is about to do what should change nothing has them remembered before."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._before: dict[str, dict[str, Rows]] = {}

    async def are_remembered(self, *teachers: str) -> None:
        """Remember all that belongs to these teachers, by the ids with which they name themselves."""
        for teacher in teachers:
            self._before[teacher] = await self._of(teacher)

    async def are_as_they_were(self) -> None:
        """Raise AssertionError unless each remembered teacher has exactly what was remembered, and nothing new is told.

        An announcement that was waiting may have gone out and been cleared away meanwhile; a new one is one too many.
        """
        assert self._before, "nothing was remembered"
        for teacher, before in self._before.items():
            after = await self._of(teacher)
            announced = [row for row in after.pop("announcements") if row not in before["announcements"]]
            for table, rows in after.items():
                assert_exactly(before[table], rows, what=f"the {table} of the teacher, who should have what there was")
            assert_exactly([], announced, what="the announcements of what should not have happened")

    async def _of(self, teacher: str) -> dict[str, Rows]:
        async with self._site.engine.connect() as connection:

            async def rows(statement: str) -> Rows:
                found = await connection.execute(text(statement), {"teacher": teacher})
                return [{name: str(value) for name, value in row.items()} for row in found.mappings()]

            return {name: await rows(query) for name, query in {**_TABLES, "announcements": _ANNOUNCED}.items()}
