"""The service started with settings that are missing or malformed (contract §2)."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from actors.start import ENDS_WITHIN, WRONG_PASSWORD, assert_said
from actors.wire import SETTINGS_PREFIX
from harness.compare import Row
from harness.journal import Journal
from harness.one_off import Result
from harness.sites import Site

VARIABLES = {
    "address of the database": f"{SETTINGS_PREFIX}DATABASE_URL",
    "address of Redis": f"{SETTINGS_PREFIX}REDIS_URL",
    "addresses of Kafka": f"{SETTINGS_PREFIX}KAFKA_BOOTSTRAP_SERVERS",
    "session with Kafka": f"{SETTINGS_PREFIX}KAFKA_SESSION_TIMEOUT_MS",
    "port": f"{SETTINGS_PREFIX}PORT",
    "log level": f"{SETTINGS_PREFIX}LOG_LEVEL",
    "size of the pool": f"{SETTINGS_PREFIX}DATABASE_POOL_SIZE",
    "pings of the pool": f"{SETTINGS_PREFIX}DATABASE_POOL_PRE_PING",
    "hours until a timeout": f"{SETTINGS_PREFIX}ASSOCIATION_TIMEOUT_HOURS",
    "key of the internal routes": "HULEEDU_INTERNAL_API_KEY",
}
VALUES = {
    "missing": None,
    "nonsense": WRONG_PASSWORD,  # which must not be shown: who mixes up two variables has a secret in the wrong one
    "of another kind of database": f"mysql://user:{WRONG_PASSWORD}@database:3306/name",
    "without a name": f"postgresql+asyncpg://user:{WRONG_PASSWORD}@database:5432",
    "higher than any port": "70000",
    "not a whole number": "0.5",
}


@dataclass(frozen=True)
class _Start:
    """A start with one bad setting."""

    setting: str
    how: str
    result: Result

    def __str__(self) -> str:
        return f"{self.setting} {self.how}"


class BadSettings:
    """Starts the service once for each bad setting, all at the same time, and hears what it says."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site, self._journal = site, journal
        self._starts: list[_Start] = []

    async def are_tried(self, rows: Sequence[Row]) -> None:
        """Start the service with one setting spoilt at a time, and wait until each has ended by itself."""
        self._starts = await asyncio.gather(*(self._try(row["setting"], row["what is wrong"]) for row in rows))

    async def _try(self, setting: str, how: str) -> _Start:
        stack = self._site.stack
        started = await stack.begin_command(self._site.database, settings={VARIABLES[setting]: VALUES[how]})
        try:
            result = await started.ended(stack.patience.seconds(ENDS_WITHIN))
        except AssertionError as running:
            raise AssertionError(f"started with {setting} {how}, {running}") from None
        self._journal.look("operator", f"saw it end with {setting} {how}", exit_code=result.exit_code)
        return _Start(setting, how, result)

    def have_ended_it(self) -> None:
        """Raise AssertionError that tells each setting with which it ended as if all were well."""
        well = [str(start) for start in self._starts if start.result.exit_code == 0]
        assert not well, f"it has ended with exit code 0, as if all were well, with {', '.join(well)}"

    def were_named(self) -> None:
        """Raise AssertionError unless it said each time in one line which variable is bad, and told no secret."""
        problems = []
        for start in self._starts:
            variable = VARIABLES[start.setting]
            try:
                assert_said(f"{variable} is bad", re.compile(variable), start.result.printed.splitlines())
            except AssertionError as problem:
                problems.append(f"{start}: {problem}")
        assert not problems, "\n".join(problems)
