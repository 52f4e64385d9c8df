"""The database's schema: migrated, read as facts, compared with what is promised (D1)."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from actors import promised_schema as promised
from actors.operator import a_defect_of_the_service
from harness.compare import Row, assert_exactly
from harness.containers.postgres import SITE
from harness.errors import DidNotComeUpError
from harness.journal import Journal
from harness.sites import Site
from harness.sql import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

COMPARE_MODELS = "compare_models"
"""The target's command that compares the service's models with a database, and fails where they differ."""

MIGRATE_ONE_BACK = "migrate_one_back"
"""The target's command that takes the last migration back."""
_A_ROW_EACH = (
    "INSERT INTO classes (id, name, created_by_user_id, course_id)"
    " SELECT :class, '8B', 'a teacher', id FROM courses WHERE course_code = 'ENG5'",
    "INSERT INTO students (id, first_name, last_name, created_by_user_id)"
    " VALUES (:student, 'Elsa', 'Lind', 'a teacher')",
    "INSERT INTO class_student_association (class_id, student_id) VALUES (:class, :student)",
    "INSERT INTO essay_student_associations (id, essay_id, student_id, batch_id, class_id, created_by_user_id)"
    " VALUES (:essay, :essay, :student, :batch, :class, 'nlp_service_phase1')",
    "INSERT INTO event_outbox (id, aggregate_id, aggregate_type, event_type, event_data, topic)"
    " VALUES (:batch, 'an id', 'batch', 'an event', '{}', 'a topic')",
)


class Schema:
    """The schema of a database of its own, which is dropped with the scenario."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site, self._journal = site, journal
        self._database = ""
        self._facts_before: set[str] | None = None
        self._courses_before: list[Row] = []
        self._differences = ""
        self._rows_before: dict[str, list[Row]] = {}

    async def is_built_in_an_empty_database(self) -> None:
        """Take a clone of the database that the stack migrated from nothing, with the target's command."""
        self._database = f"{SITE}schema_{uuid.uuid4().hex[:12]}"
        await self._site.stack.postgres.create_database(self._database, template=self._site.stack.template)
        async with self._connection() as connection:
            self._facts_before, self._courses_before = await _facts(connection), await _courses(connection)

    def lies_in(self, database: str) -> None:
        """Look at `database` from now on, and drop it at the end."""
        self._database = database

    async def is_taken_down_and_built_again(self) -> None:
        """Run the downgrade, see that nothing is left, and run the upgrade."""
        target = self._site.stack.target
        await self._migrate(self._database, target.migrate_down)
        async with self._connection() as connection:
            tables = await _column(connection, promised.TABLES_QUERY)
            left = [*tables, *await _column(connection, promised.ENUMS_QUERY)]
        if left:
            raise AssertionError(f"migrated down to nothing, and these are left: {', '.join(left)}")
        await self._migrate(self._database, target.migrate_up)

    async def is_one_release_behind_with_rows(self) -> None:
        """Put a row into each table and take the last migration back; what that leaves is what has to be kept."""
        await self.is_built_in_an_empty_database()
        ids = {name: uuid.uuid4() for name in ("class", "student", "essay", "batch")}
        async with self._connection() as connection:
            for statement in _A_ROW_EACH:
                used = {name: identity for name, identity in ids.items() if f":{name}" in statement}
                await connection.execute(text(statement), used)
            await connection.commit()
        await self._migrate(self._database, self._site.stack.target.commands[MIGRATE_ONE_BACK])
        self._rows_before = await self._rows()
        assert self._rows_before.get("event_outbox"), (
            "with one migration taken back nothing is left that an upgrade could keep: it shows nothing, "
            f"and the target had better not name {MIGRATE_ONE_BACK}"
        )

    async def is_upgraded(self) -> None:
        """Run the upgrade."""
        await self._migrate(self._database, self._site.stack.target.migrate_up)

    async def holds_what_was_there(self) -> None:
        """Raise AssertionError unless each row that was there before the upgrade is still there, as it was (D1)."""
        now = await self._rows()
        lost = [
            f"  {table}: {before}"
            for table, rows in self._rows_before.items()
            for before in rows
            if not any({name: row.get(name) for name in before} == before for row in now.get(table, []))
        ]
        assert not lost, "The upgrade has lost or changed what was in the database:\n" + "\n".join(lost)

    async def _rows(self) -> dict[str, list[Row]]:
        async with self._connection() as connection:
            rows: dict[str, list[Row]] = {}
            for table in await _column(connection, promised.TABLES_QUERY):
                query = text(f"SELECT row_to_json({table}) FROM {table}")  # noqa: S608 -- names of our own
                rows[table] = list((await connection.execute(query)).scalars())
            return rows

    async def is_built_once_more_in_use(self) -> None:
        """Run the upgrade on the database that the service uses."""
        await self._migrate(self._site.database, self._site.stack.target.migrate_up)

    async def _migrate(self, database: str, command: tuple[str, ...]) -> None:
        with a_defect_of_the_service():
            output = await self._site.stack.run_command(database, command)
        self._journal.write("operator", " ".join(command), output=output)

    async def is_compared_with_the_models(self) -> None:
        """Have the service itself compare its models with the database; the outcome is judged by `agrees`."""
        stack = self._site.stack
        try:
            await stack.run_command(self._database, stack.target.commands[COMPARE_MODELS])
        except DidNotComeUpError as differences:
            self._differences = str(differences)

    def agrees_with_the_models(self) -> None:
        """Raise AssertionError, with what the service said, if its models differ from what it migrated (D8)."""
        if self._differences:
            raise AssertionError(f"The models differ from the database that the migrations built: {self._differences}")

    async def is_as_promised(self) -> None:
        """Raise AssertionError that names every promised fact that does not hold, and every unpromised column."""
        async with self._connection() as connection:
            facts = await _facts(connection)
            columns = set(await _column(connection, promised.COLUMNS_QUERY))
        problems = [f"  promised: {fact}{_nearest(fact, facts)}" for fact in sorted(promised.PROMISED - facts)]
        problems += [f"  unpromised column: {column}" for column in sorted(columns - promised.COLUMNS)]
        problems += [f"  unpromised: {fact}" for fact in sorted(facts) if promised.is_unpromised(fact)]
        if self._facts_before is not None:
            problems += [f"  differs after down and up: {fact}" for fact in sorted(facts ^ self._facts_before)]
        if problems:
            raise AssertionError("The schema is not as promised:\n" + "\n".join(problems))

    async def holds_courses(self, rows: Sequence[Row]) -> None:
        """Raise AssertionError unless exactly these courses are there."""
        async with self._connection() as connection:
            assert_exactly(rows, await _courses(connection), what="courses")

    async def holds_the_same_courses(self) -> None:
        """Raise AssertionError unless the courses are those of the first migration."""
        await self.holds_courses(self._courses_before)

    @asynccontextmanager
    async def _connection(self) -> "AsyncIterator[AsyncConnection]":
        engine = self._site.stack.postgres.connections(self._database)
        try:
            async with engine.connect() as connection:
                yield connection
        finally:
            await engine.dispose()

    async def close(self) -> None:
        """Drop the database."""
        if self._database:
            await self._site.stack.postgres.drop_database(self._database)


async def _column(connection: "AsyncConnection", query: str) -> list[str]:
    arguments = {"tables": list(promised.TABLES)} if ":tables" in query else {}
    return list((await connection.execute(text(query), arguments)).scalars())


async def _facts(connection: "AsyncConnection") -> set[str]:
    return {fact for query in promised.FACT_QUERIES for fact in await _column(connection, query)}


async def _courses(connection: "AsyncConnection") -> list[Row]:
    return [dict(row) for row in (await connection.execute(text(promised.COURSES_QUERY))).mappings()]


def _nearest(fact: str, facts: set[str]) -> str:
    """Return what is said instead about the same thing, if anything."""
    subject, verb, _ = fact.partition(" is " if " is " in fact else " ")
    others = sorted(other for other in facts - promised.PROMISED if other.startswith(subject + verb))
    return f"; instead: {', '.join(others)}" if others else ""
