"""The figures of `/metrics`: how much they have grown, and what they show now (M2)."""

import re
import time
from collections.abc import Callable, Mapping, Sequence

from actors.auditor import Auditor
from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.somebody_else import SomebodyElse
from harness.compare import Row, assert_exactly
from harness.eventually import Patience
from harness.journal import Journal
from harness.sites import Site
from harness.sql import text

COUNTERS = {"events": "cms_events_total", "essays": "cms_essays_total"}
SOME = "1 or more"
SECONDS_COUNT, SECONDS_SUM = "cms_event_seconds_count", "cms_event_seconds_sum"
LAG, CONNECTIONS = "cms_consumer_lag", "cms_database_connections"
UNPUBLISHED, OLDEST = "cms_outbox_unpublished", "cms_outbox_oldest_seconds"
A_WHILE = 1.0
"""Seconds for which an edit is held that an event has to wait for."""
LATE = 5.0
"""Seconds by which a figure may differ from the present: a service looks once in a while."""
SETTLED_WITHIN = 10.0
_SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)", re.MULTILINE)
_OUTCOME = re.compile(r'(?:^|,)outcome="([^"]*)"')
_HAS_WAITED = (
    "UPDATE event_outbox SET created_at = created_at - interval '1 hour' WHERE id ="
    " (SELECT id FROM event_outbox WHERE published_at IS NULL ORDER BY created_at, id LIMIT 1)"
)
_WAITING = (
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)"
    " FROM event_outbox WHERE published_at IS NULL"
)

Figures = Mapping[tuple[str, str], float]
"""By name and outcome; other labels are added up."""


def read(shown: str) -> Figures:
    """Return the figures in Prometheus' text."""
    figures: dict[tuple[str, str], float] = {}
    for sample in _SAMPLE.finditer(shown):
        outcome = _OUTCOME.search(sample["labels"] or "")
        place = (sample["name"], outcome[1] if outcome else "")
        figures[place] = figures.get(place, 0.0) + float(sample["value"])
    return figures


def growth(before: Figures, now: Figures) -> list[Row]:
    """Return by how much the counters of events and of essays have grown, those that have, as a table shows it."""
    grown = {
        (counted, outcome): value - before.get((name, outcome), 0.0)
        for counted, metric in COUNTERS.items()
        for (name, outcome), value in now.items()
        if name == metric
    }
    return [{"counted": c, "as": o, "times": f"{by:g}"} for (c, o), by in grown.items() if by]


class FigureReader:
    """Reads the figures, and compares them with what has happened and what is there."""

    def __init__(
        self,
        site: Site,
        auditor: Auditor,
        nlp: NlpService,
        somebody: SomebodyElse,
        operator: Operator,
        *,
        journal: Journal,
        patience: Patience,
    ) -> None:
        self._site, self._auditor, self._nlp = site, auditor, nlp
        self._somebody, self._operator = somebody, operator
        self._journal, self._patience = journal, patience
        self._noted: Figures = {}
        self._waited = 0.0

    async def notes(self) -> None:
        """Note what the figures are now; raises AssertionError where one is missing."""
        self._noted = await self._read()
        for name in (SECONDS_COUNT, LAG, UNPUBLISHED, OLDEST, CONNECTIONS):
            _figure(self._noted, name)

    async def _read(self) -> Figures:
        answer = await self._site.service.http.get("/metrics")
        figures = read(answer.text)
        shown = {" ".join(filter(None, place)): value for place, value in figures.items() if value}
        self._journal.look("monitoring", "/metrics", status=answer.status_code, shown=shown)
        return figures

    async def have_grown_by_exactly(self, rows: Sequence[Row]) -> None:
        """Wait until the counters have grown as the rows say since they were noted, and no other has.

        That holds once the last event is acknowledged, and a little later at most.
        """
        await self._patience.eventually(self._last_event_is_acknowledged)
        some = {(row["counted"], row["as"]) for row in rows if row["times"] == SOME}

        async def look() -> None:
            grown = growth(self._noted, await self._read())
            seen = [{**row, "times": SOME} if (row["counted"], row["as"]) in some else row for row in grown]
            assert_exactly(rows, seen, what="counted meanwhile")

        await self._patience.eventually(look)

    async def _last_event_is_acknowledged(self) -> None:
        acknowledgement = await self._auditor.acknowledgement(self._nlp.last_position)
        assert acknowledgement.is_passed, acknowledgement.seen

    async def has_the_edit_finished_after_a_while(self) -> None:
        """Have the edit that the service waits for finished, and remember for how long it has had to wait at least."""
        begun = time.monotonic()

        async def look() -> None:
            await self._read()
            passed = time.monotonic() - begun
            assert passed >= A_WHILE, f"the edit has lasted for {passed:.1f} s so far"

        await self._patience.eventually(look)
        self._waited = time.monotonic() - begun
        await self._somebody.lets_go()

    async def tell_how_long_the_event_took(self) -> None:
        """Wait until one event more was measured, and raise AssertionError unless it took as long as it had to wait."""

        async def look() -> float:
            now = await self._read()
            more = _figure(now, SECONDS_COUNT) - _figure(self._noted, SECONDS_COUNT)
            assert more == 1, f"the time of {more:g} events was measured since, expected that of one"
            return _figure(now, SECONDS_SUM) - _figure(self._noted, SECONDS_SUM)

        took = await self._patience.eventually(look)
        most = self._waited + self._patience.seconds(SETTLED_WITHIN)
        assert self._waited <= took <= most, (
            f"the event had to wait for {self._waited:.2f} s, and is said to have taken {took:.2f} s"
        )

    async def show_lag(self, events: int) -> None:
        """Wait until so many events are shown as lag."""
        await self._show(LAG, lambda lag: lag == events, f"{events} are not acknowledged yet")

    async def _show(self, name: str, is_right: Callable[[float], bool], expected: str) -> None:
        async def look() -> None:
            value = _figure(await self._read(), name)
            assert is_right(value), f"{name} is {value:g}, and {expected}"

        await self._patience.eventually(look, within=SETTLED_WITHIN)

    async def have_the_first_announcement_wait(self) -> None:
        """Have the announcement that waits first have waited for an hour, and those behind it as long as before.

        Else they would have come too soon after one another for the figures to tell which of them is the oldest.
        """
        async with self._site.engine.begin() as connection:
            made = await connection.execute(text(_HAS_WAITED))
        assert made.rowcount == 1, "no announcement waits in the outbox"
        self._journal.write("calendar", "an hour has passed for the first announcement that waits")

    async def show_what_waits_to_be_announced(self) -> None:
        """Wait until the announcements that wait, several, are shown as the outbox holds them."""

        async def look() -> None:
            waiting, oldest = await self._outbox()
            figures = await self._read()
            shown = _figure(figures, UNPUBLISHED), _figure(figures, OLDEST)
            assert waiting > 1, f"{waiting} announcements wait, so that the first of them is the last, too"
            assert shown[0] == waiting and abs(shown[1] - oldest) <= LATE, (
                f"{waiting} announcements wait, the first for {oldest:.1f} s, and the figures tell of {shown[0]:g} and "
                f"{shown[1]:.1f} s"
            )

        await self._patience.eventually(look, within=SETTLED_WITHIN)

    async def _outbox(self) -> tuple[int, float]:
        async with self._site.engine.connect() as connection:
            waiting, oldest = (await connection.execute(text(_WAITING))).one()
        return int(waiting), float(oldest)

    async def show_that_nothing_waits_once_kafka_is_back(self) -> None:
        """Have Kafka come back, and wait until no announcement is shown to wait."""
        await self._operator.mends()
        await self._show(UNPUBLISHED, lambda value: value == 0, "Kafka has taken all of them")
        await self._show(OLDEST, lambda value: value == 0, "nothing waits any more")

    async def show_the_connections(self) -> None:
        """Wait until as many connections are shown as PostgreSQL knows of; one may be beside the pool (D7).

        Those in which something waits are the pool's: what is shown counts only while as many wait as at first.
        """
        waiting = (await self._auditor.sessions()).waiting

        async def look() -> None:
            shown, sessions = _figure(await self._read(), CONNECTIONS), await self._auditor.sessions()
            assert sessions.waiting >= waiting, (
                "not all wait for the edit any more, and the connections are not shown yet"
            )
            assert max(waiting, sessions.open - 1) <= shown <= sessions.open, (
                f"PostgreSQL knows of {sessions.open} connections, of which one may be beside the pool, and {waiting} "
                f"wait for the edit; {CONNECTIONS} is {shown:g}"
            )

        await self._patience.eventually(look)

    async def show_no_more_connections_than(self, most: int) -> None:
        """Raise AssertionError if more connections are shown than the pool may have."""
        await self._show(CONNECTIONS, lambda value: 0 <= value <= most, f"the pool may have {most}")


def _figure(figures: Figures, name: str) -> float:
    assert (name, "") in figures, f"/metrics shows no {name}"
    return figures[name, ""]
