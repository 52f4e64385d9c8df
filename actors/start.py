"""A start of the service where something is missing, or wrong (L6)."""

import re
import time
from collections.abc import Mapping

from actors import wire
from actors.outages import PARTS
from actors.schema import MIGRATE_ONE_BACK
from harness.eventually import NeverHappenedError, Patience, SettledError
from harness.journal import Journal
from harness.laboratory import Laboratory
from harness.log_entries import TRACEBACK, LogEntry, entries
from harness.one_off import Result
from harness.sites import Site
from harness.sql import text
from harness.stack import SECRETS

WRONG_PASSWORD = "a-password-that-nobody-has"  # noqa: S105 -- indeed
WRONG_PASSWORDS = {"a wrong password for the database": WRONG_PASSWORD}
GONE_BACK = "a database that was taken back to nothing"
ONE_BACK = "a database that the release before has had"
WRONG_SETTINGS = {
    "a port that is no number": {wire.setting("PORT"): "five thousand"},
    "an address of the database that is none": {
        wire.setting("DATABASE_URL"): f"postgresql+asyncpg://user:{WRONG_PASSWORD}"
    },
    "an address of Redis that is none": {wire.setting("REDIS_URL"): f"redis://:{WRONG_PASSWORD}"},
}
WRONG_DATABASES = {
    "a database that a later release has had": "UPDATE alembic_version SET version_num = 'of_a_later_release'",
    "a database that was never migrated": "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
}
REASONS = {
    "the database refuses it": re.compile(r"password|authenti|refuse|denied", re.IGNORECASE),
    "the migrations do not match": re.compile(r"migration|revision|schema|alembic", re.IGNORECASE),
}
PORT_IS_TAKEN = re.compile(r"port|address|listen|bind|\bin use\b", re.IGNORECASE)
AGAIN = 3
"""Connections that show a second attempt: one attempt may open two, with and without encryption."""
LOOKED_AT, AT_ONCE, A_SECOND = 1.0, 12, 8
"""For so many seconds it is looked at how often it tries; with backoff it opens at most so many connections at once,
and so many a second: air for a service that has several clients of one part, each of which tries by itself."""
CLEAR = 500
"""Characters of a line that somebody will read; one with a stack in it has more."""
TOLD_WITHIN = 5.0
"""Seconds in which the engine tells what a process has written."""
ASKS_AGAIN_WITHIN, ENDS_WITHIN, STARTS_WITHIN = 15.0, 15.0, 20.0
"""Seconds that leave a slow machine time for the process to start, which takes one."""


class Start:
    """Starts the service and watches what it makes of its surroundings."""

    def __init__(self, site: Site, journal: Journal, patience: Patience) -> None:
        self._site, self._journal, self._patience = site, journal, patience
        self._begun = 0.0
        self._second: Result | None = None

    async def begins(
        self, addresses: Mapping[str, str] | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        """Start the process and wait for nothing; see `Stack.begin_service` for what may be different about it."""
        self._begun = time.time()
        self._site.running = await self._site.stack.begin_service(self._site.database, addresses or {}, settings)
        self._journal.write("operator", "started the service and waited for nothing")

    async def begins_with_a_wrong_password_for_redis(self) -> None:
        """Start the process with a password for Redis, which wants none."""
        scheme, place = self._site.stack.service_addresses(self._site.database)["redis_url"].split("://")
        await self.begins({"redis_url": f"{scheme}://:{WRONG_PASSWORD}@{place}"})

    async def begins_with(self, what: str) -> None:
        """Start the process with something wrong, in the words of the features."""
        known = {GONE_BACK, ONE_BACK, *WRONG_DATABASES, *WRONG_PASSWORDS, *WRONG_SETTINGS}
        assert what in known, f"nobody knows how to start it with {what}; known: {', '.join(sorted(known))}"
        target = self._site.stack.target
        if command := {GONE_BACK: target.migrate_down, ONE_BACK: target.commands.get(MIGRATE_ONE_BACK)}.get(what):
            await self._site.stack.run_command(self._site.database, command)
        if statements := WRONG_DATABASES.get(what):
            async with self._site.engine.begin() as connection:
                for statement in statements.split("; "):
                    await connection.execute(text(statement))
        password = WRONG_PASSWORDS.get(what)
        await self.begins({"database_password": password} if password else None, WRONG_SETTINGS.get(what))

    async def asks_again_for(self, part: str) -> None:
        """Wait until the service has tried to reach `part`, which is away, more than once; it may not do so like mad.

        Raises AssertionError when it ends instead, or does not try again.
        """
        stack = self._site.stack
        assert isinstance(stack, Laboratory), "only in a laboratory connections can be counted"
        not_yet = time.monotonic()

        async def look() -> None:
            nonlocal not_yet
            begun = time.monotonic()
            tried = await stack.toxiproxy.clients_of(PARTS[part], since=self._begun)
            not_yet = not_yet if tried else begun
            state = (await self._site.service.inspect())["State"]
            if not state["Running"]:
                raise SettledError(
                    f"the service has ended with exit code {state['ExitCode']} instead of waiting for {part}\n"
                    f"{self._site.service.log_tail()}"
                )
            passed = time.monotonic() - not_yet
            self._journal.look("operator", f"counted connections to {part}", connections=tried, seconds=passed)
            assert tried >= AGAIN, f"so far the service has opened {tried} connections to {part}, which is away"
            assert passed >= LOOKED_AT, "it does try again; how often, is still being looked at"
            if tried > AT_ONCE + A_SECOND * passed:
                raise SettledError(
                    f"the service asks for {part} without a pause: {tried} connections in {passed:.1f} s, "
                    f"with backoff it would be {AT_ONCE + A_SECOND * passed:.0f} at most"
                )

        await self._patience.eventually(look, within=ASKS_AGAIN_WITHIN)

    async def ends(self) -> None:
        """Wait until the process has ended by itself; raises AssertionError unless its exit code tells of an error."""
        try:
            ended = await self._site.service.ended(within=ENDS_WITHIN)
        except NeverHappenedError as running:
            raise AssertionError(f"started like that it was to end by itself, at once: {running}") from None
        self._journal.look("operator", "saw the service end", exit_code=ended.exit_code)
        assert ended.exit_code != 0, (
            f"it has ended with exit code 0, as if all were well\n{self._site.service.log_tail()}"
        )

    async def has_said(self, reason: str) -> None:
        """Raise AssertionError unless it said in one line why it ended, and told no secret."""

        async def look() -> None:
            assert_said(reason, REASONS[reason], await self._site.service.log_lines(self._begun))

        await self._patience.eventually(look, within=TOLD_WITHIN)

    async def begins_where_one_runs(self) -> None:
        """Start another process at the address and the port of the one that runs, and wait until it has ended."""
        stack = self._site.stack
        second = await stack.begin_command(self._site.database, beside=self._site.service)
        self._second = await second.ended(stack.patience.seconds(ENDS_WITHIN))
        self._journal.look("operator", "saw the second one end", exit_code=self._second.exit_code)

    def has_ended_as_the_second(self) -> None:
        """Raise AssertionError unless the second process ended with an error, and said in one line which."""
        assert self._second is not None, "no second one was started"
        assert self._second.exit_code != 0, f"it has ended as if all were well:\n{self._second.printed[-1000:]}"
        assert_said("its port is taken", PORT_IS_TAKEN, self._second.printed.splitlines())


def assert_said(reason: str, expected: re.Pattern[str], lines: list[str]) -> None:
    """Raise AssertionError unless the last words among `lines` are one about what is `expected`, without a secret."""
    for secret in SECRETS | {WRONG_PASSWORD}:
        assert not any(secret in line for line in lines), "it has logged a password, or the internal key"
    if wrong := what_is_wrong_with(said := last_words(entries(lines)), expected):
        raise AssertionError(f"it was to say in one line that {reason}; {wrong}:\n{_told(said)}")


def last_words(said: list[LogEntry]) -> list[LogEntry]:
    """Return the errors among what was said, or the last entry where nothing is called an error."""
    return [entry for entry in said if entry.is_trouble] or said[-1:]


def what_is_wrong_with(said: list[LogEntry], reason: re.Pattern[str]) -> str:
    """Return what is wrong with last words that are to be one line which gives a reason, empty if nothing is."""
    if len(said) != 1:
        return f"there are {len(said)} errors"
    if "\n" in said[0].text or TRACEBACK in said[0].text:
        return "it is a traceback"
    if len(said[0].text) > CLEAR:
        return f"a line of {len(said[0].text)} characters is not clear"
    return "" if reason.search(said[0].text) else "it is not about that"


def _told(said: list[LogEntry]) -> str:
    return "\n".join(f"    {line}" for entry in said for line in entry.text.splitlines()[-5:]) or "    (nothing)"
