"""The operator, who starts, stops, holds and mends; whatever it holds is let go when the scenario ends."""

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from actors import wire
from actors.auditor import Auditor
from harness.containers.service import Ended, ServiceContainer
from harness.errors import DidNotComeUpError
from harness.eventually import Patience
from harness.journal import Journal
from harness.names import Names
from harness.sites import Site


@contextmanager
def a_defect_of_the_service() -> Iterator[None]:
    """What does not come up inside is the service's own fault: it breaks a promise, as infrastructure does not."""
    try:
        yield
    except DidNotComeUpError as defect:
        raise AssertionError(str(defect)) from defect


class Operator:
    """Works on the site of the scenario."""

    def __init__(self, site: Site, names: Names, journal: Journal, auditor: Auditor, patience: Patience) -> None:
        self._site, self._names, self._journal, self._patience = site, names, journal, patience
        self._auditor = auditor
        self._signalled_at = 0.0
        self._held: AsyncConnection | None = None
        self._holding = AsyncExitStack()

    async def starts_service(self) -> ServiceContainer:
        """Start the service and wait until it is ready; raises AssertionError when it does not get so far."""
        with a_defect_of_the_service():
            self._site.running = await self._site.stack.run_service(self._site.database)
        self._journal.write("operator", "started the service")
        return self._site.running

    async def signals(self, name: str) -> None:
        """Send a signal such as SIGTERM to the service."""
        self._signalled_at = time.time()
        await self._site.service.signal(name)
        self._journal.write("operator", f"sent {name}")

    async def sees_the_end(self, within: float) -> Ended:
        """Wait until the service's process has ended; `within` is in seconds."""
        ended = await self._site.service.ended(within)
        self._journal.write("operator", "saw the service end", exit_code=ended.exit_code)
        return ended

    async def holds_class(self, name: str) -> None:
        """Hold the row of a class, so that nothing that refers to it can be stored."""
        await self._hold("SELECT id FROM classes WHERE id = :id FOR UPDATE", {"id": self._names.id("class", name)})

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

    async def _hold(self, statement: str, arguments: Mapping[str, Any]) -> None:
        self._held = await self._holding.enter_async_context(self._site.engine.connect())
        await self._held.execute(text(statement), arguments)
        shown = {name: str(value) for name, value in arguments.items()}
        self._journal.write("operator", "holds a row", statement=statement, arguments=shown)

    async def somebody_waits(self) -> None:
        """Wait until another session waits for what is held."""
        assert self._held is not None, "nothing is held"
        own = (await self._held.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        query = text("SELECT count(*) FROM pg_stat_activity WHERE :own = ANY(pg_blocking_pids(pid))")

        async def look() -> None:
            async with self._site.engine.connect() as connection:
                if not (await connection.execute(query, {"own": own})).scalar_one():
                    raise AssertionError("no session of the service waits for the held row: it is not at work on it")

        await self._patience.eventually(look)

    async def lets_go(self) -> None:
        """Commit what is held."""
        assert self._held is not None, "nothing is held"
        await self._held.commit()
        await self.release()
        self._journal.write("operator", "let go")

    async def release(self) -> None:
        """Let go of whatever is still held, without committing it."""
        self._held = None
        await self._holding.aclose()

    async def tries_to_insert_association(self, **columns: Any) -> None:
        """Insert an association behind the service's back; raises IntegrityError when the database refuses."""
        statement, row = _insertion(columns)
        async with self._site.engine.begin() as connection:
            await connection.execute(text(statement), row)

    async def forgets(self, event: wire.Event) -> None:
        """Remove the idempotency record of an event, as if its time had come."""
        removed = await self._site.stack.redis_client.delete(event.idempotency_key)
        assert removed == 1, "there was no idempotency record to remove"

    async def saw_it_end(self, seconds: int, exit_code: int) -> None:
        """Wait until the service has ended, and check how (L4); `seconds` count from the signal."""
        ended = await self.sees_the_end(within=seconds)
        took = ended.at - self._signalled_at
        if ended.exit_code != exit_code or took > seconds:
            raise AssertionError(
                f"it ended {took:.1f} s after the signal with exit code {ended.exit_code}, "
                f"expected {exit_code} within {seconds} s\n{self._site.service.log_tail()}"
            )

    async def finds_no_members(self) -> None:
        """Raise AssertionError if the consumer group has members (L5)."""
        members = await self._auditor.group_members()
        if members:
            raise AssertionError(f"the consumer group still has members: {', '.join(members)}")

    async def finds_no_sessions(self) -> None:
        """Wait until no session other than the suite's is open on the database (L5)."""

        async def look() -> None:
            if sessions := await self._auditor.sessions():
                raise AssertionError(f"{sessions} database sessions of the service are left")

        await self._patience.eventually(look)


def _insertion(columns: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a statement that inserts an association, and its arguments; ids that are not given are made up."""
    row = {"id": uuid.uuid4(), "batch_id": uuid.uuid4(), "created_by_user_id": "operator", **columns}
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    return f"INSERT INTO essay_student_associations ({names}) VALUES ({values})", row  # noqa: S608 -- names of our own
