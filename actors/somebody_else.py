"""Somebody else who works on the same classes; whatever they hold is let go when the scenario ends."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from harness.eventually import Passing, Patience
from harness.journal import Journal
from harness.names import Names
from harness.sites import Site
from harness.sql import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

GIVES_UP_WITHIN = 5.0
"""Seconds in which a PostgreSQL that goes on has undone what is given up."""
_NEW_CLASS = (
    "INSERT INTO classes (id, name, created_by_user_id, course_id)"
    " SELECT :id, :name, 'somebody else', id FROM courses WHERE course_code = 'ENG5'"
)
_NOTES = 7_031
"""The advisory lock for which the notes of what is announced wait."""
_NOTES_WAIT = (
    "CREATE FUNCTION note_waits() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN PERFORM pg_advisory_xact_lock({_NOTES}); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER note_waits AFTER UPDATE OR DELETE ON event_outbox"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_waits()",
)
_ON_ROSTER = "INSERT INTO class_student_association (class_id, student_id) VALUES (:class, :student)"


class SomebodyElse:
    """Edits, stores and deletes in transactions that stay open, so that the service has to wait half-way."""

    def __init__(self, site: Site, names: Names, journal: Journal, patience: Patience) -> None:
        self._site, self._names, self._journal, self._patience = site, names, journal, patience
        self._held: AsyncConnection | None = None
        self._edits: dict[str, AsyncConnection] = {}
        self._holding = AsyncExitStack()

    async def holds_class(self, name: str) -> None:
        """Hold the row of a class, so that nothing that refers to it can be stored."""
        await self._hold("SELECT id FROM classes WHERE id = :id FOR UPDATE", {"id": self._names.id("class", name)})
        assert self._held is not None
        self._edits[name] = self._held

    async def lets_go_of_class(self, name: str) -> None:
        """Commit the edit of one class; what else is held stays so."""
        await self._edits.pop(name).commit()
        self._journal.write("somebody else", f'let go of the class "{name}"')

    async def begins_to_store(self, essay: str, student: str, class_name: str) -> None:
        """Insert an association in a transaction that stays open: nobody else can store one for the essay meanwhile.

        The essay gets an id that sorts behind all others, so that a service that stores in the order of ids comes to
        it last, as does one that stores in the order of a list where it stands last.
        """
        self._names.learn("essay", essay, uuid.UUID(int=uuid.uuid4().int | (0xFFFF << 112)))
        row = {
            "essay_id": self._names.id("essay", essay),
            "student_id": self._names.id("student", student),
            "class_id": self._names.id("class", class_name),
        }
        await self._hold(*_insertion(row))

    async def begins_to_delete_student(self, name: str) -> None:
        """Delete a student in a transaction that stays open: others still see the student, but cannot refer to it."""
        await self._hold("DELETE FROM students WHERE id = :id", {"id": self._names.id("student", name)})

    async def begins_to_delete_class(self, name: str) -> None:
        """Delete a class in a transaction that stays open, as `begins_to_delete_student` does a student."""
        await self._hold("DELETE FROM classes WHERE id = :id", {"id": self._names.id("class", name)})

    async def holds_what_is_to_be_announced(self) -> None:
        """Hold the outbox so that nothing can be put into it, and nothing in it changed."""
        await self._hold("LOCK TABLE event_outbox IN SHARE MODE", {})

    async def holds_notes_of_what_is_announced(self) -> None:
        """Have transactions that have changed or removed what is in the outbox wait as they commit.

        In a laboratory: the trigger goes with the database, which is left to nobody once it has one.
        """
        async with self._site.engine.begin() as connection:
            for statement in _NOTES_WAIT:
                await connection.execute(text(statement))
        await self._hold("SELECT pg_advisory_xact_lock(:notes)", {"notes": _NOTES})

    async def _hold(self, statement: str, arguments: Mapping[str, Any]) -> None:
        self._held = await self._holding.enter_async_context(self._site.engine.connect())
        await self._held.execute(text(statement), arguments)
        shown = {name: str(value) for name, value in arguments.items()}
        self._journal.write("somebody else", "holds a row", statement=statement, arguments=shown)

    async def is_waited_for(self, acknowledgement: Callable[[], Awaitable[Passing]] | None = None) -> None:
        """Wait until another session waits for what is held.

        With the `acknowledgement` of the message that is to be worked on, its coming ends the waiting: once the service
        has answered for the message it does not work on it any more.
        """
        assert self._held is not None, "nothing is held"
        own = (await self._held.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        query = text("SELECT count(*) FROM pg_stat_activity WHERE :own = ANY(pg_blocking_pids(pid))")

        async def look() -> None:
            async with self._site.engine.connect() as connection:
                if not (await connection.execute(query, {"own": own})).scalar_one():
                    raise AssertionError("no session of the service waits for the held row: it is not at work on it")

        if acknowledgement is None:
            await self._patience.eventually(look)
        else:
            await self._patience.until_settled(look, acknowledgement, must_pass=False)

    async def is_waited_for_by(self, sessions: int) -> None:
        """Wait until at least `sessions` sessions wait: the first for what is held, others for it or one another."""
        await self.is_waited_for()
        query = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )

        async def look() -> None:
            async with self._site.engine.connect() as connection:
                waiting = (await connection.execute(query)).scalar_one()
            assert waiting >= sessions, (
                f"{waiting} of the service's database sessions wait for the held row, {sessions} have to: "
                "it does not take up so much at the same time"
            )

        await self._patience.eventually(look)

    async def lets_go_once_waited_for_by(self, sessions: int) -> None:
        """Commit what is held as soon as at least `sessions` sessions wait."""
        await self.is_waited_for_by(sessions)
        await self.lets_go()

    async def lets_go(self) -> None:
        """Commit what is held."""
        assert self._held is not None, "nothing is held"
        await self._held.commit()
        await self.gives_up()
        self._journal.write("somebody else", "let go")

    async def gives_up(self) -> None:
        """Let go of whatever is still held, without committing it."""
        self._held = None
        await self._holding.aclose()

    async def leaves(self) -> None:
        """Give up, at the end of the scenario; a PostgreSQL that stands still undoes what is held when it goes on."""
        giving_up = asyncio.create_task(self.gives_up())
        done, _ = await asyncio.wait([giving_up], timeout=self._patience.seconds(GIVES_UP_WITHIN))
        if done:
            giving_up.result()

    async def creates_class_under_its_id(self, name: str, students: Sequence[str]) -> None:
        """Insert a class, so far known by its id alone, with students on its roster."""
        row = {"id": self._names.id("class", name), "name": name}
        async with self._site.engine.begin() as connection:
            await connection.execute(text(_NEW_CLASS), row)
            for student in students:
                both = {"class": row["id"], "student": self._names.id("student", student)}
                await connection.execute(text(_ON_ROSTER), both)
        self._journal.write("somebody else", f'created the class "{name}"', id=str(row["id"]))

    async def tries_to_insert_association(self, **columns: Any) -> None:
        """Insert an association behind the service's back; raises IntegrityError when the database refuses."""
        statement, row = _insertion(columns)
        async with self._site.engine.begin() as connection:
            await connection.execute(text(statement), row)


def _insertion(columns: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a statement that inserts an association, and its arguments; ids that are not given are made up."""
    row = {"id": uuid.uuid4(), "batch_id": uuid.uuid4(), "created_by_user_id": "somebody else", **columns}
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    return f"INSERT INTO essay_student_associations ({names}) VALUES ({values})", row  # noqa: S608 -- names of our own
