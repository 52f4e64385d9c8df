"""The form of the log: one JSON object a line, with the ids of what it is about (M1)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from actors.nlp_service import NlpService
from actors.teacher import Teacher
from harness.eventually import Patience
from harness.journal import Journal
from harness.laboratory import Laboratory
from harness.log_entries import LEVELS
from harness.names import Names
from harness.sites import Site

SHOWN = 300
"""Characters of a line that are shown."""
LONG_AGO = timedelta(hours=1)
"""A time that differs by more is not that of the line."""


def what_is_wrong_with(line: str, now: datetime) -> str:
    """Return what is wrong with a line of the log, empty if nothing is."""
    try:
        fields = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return "it is not JSON"
    if not isinstance(fields, dict):
        return "it is no object"
    if str(fields.get("level", "")).upper() not in LEVELS:
        return f"its level is {fields.get('level')!r}"
    if not isinstance(fields.get("event"), str) or not fields["event"].strip():
        return f"it does not say what happened: its event is {fields.get('event')!r}"
    moment = _moment(fields.get("timestamp"))
    if moment is None or abs(now - moment) > LONG_AGO:
        return f"its timestamp is {fields.get('timestamp')!r}, and it is {now:%Y-%m-%dT%H:%M:%SZ} now"
    return ""


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _moment(told: Any) -> datetime | None:
    """Return the moment that a timestamp tells, as text of ISO 8601 or in seconds; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else datetime.fromtimestamp(told, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class LogForm:
    """Reads what the service has written since the scenario began; in a laboratory all that is kept.

    There a scenario begins with a service that has just started, so that all of it is its own.
    """

    def __init__(
        self, site: Site, nlp: NlpService, teacher: Teacher, names: Names, *, journal: Journal, patience: Patience
    ) -> None:
        self._site, self._nlp, self._teacher, self._names = site, nlp, teacher, names
        self._journal, self._patience = journal, patience
        self._since = 0.0 if isinstance(site.stack, Laboratory) else journal.begun

    async def is_kept_by_each_line(self) -> None:
        """Raise AssertionError unless each line is one JSON object with timestamp, level and event, and there are any.

        A line that comes while it is read may not be whole yet, so a bad one is looked at again.
        """

        async def look() -> None:
            lines, now = await self._site.service.log_lines(self._since), datetime.now(UTC)
            self._journal.look("log reader", "read the log", lines=len(lines))
            assert lines, "the log is empty"
            bad = [(line, wrong) for line in lines if (wrong := what_is_wrong_with(line, now))]
            shown = "\n".join(f"    {wrong}: {line[:SHOWN]}" for line, wrong in bad[:5])
            assert not bad, f"{len(bad)} of {len(lines)} lines of the log are not as promised:\n{shown}"

        await self._patience.eventually(look)

    async def names_the_event(self, *, with_batch: bool) -> None:
        """Wait until there are lines under the last event's correlation id; each has its id, perhaps its batch's."""
        event = self._nlp.last_event
        expected = {"event_id": event.event_id}
        if with_batch:
            expected["batch_id"] = str(event.envelope["data"]["batch_id"])
        await self._lines_carry(event.correlation_id, expected)

    async def names_the_request(self) -> None:
        """Wait until there are lines under the last request's correlation id."""
        await self._lines_carry(self._id_of_the_request(), {})

    def _id_of_the_request(self) -> str:
        assert self._teacher.answer is not None, "nothing was asked"
        return str(self._teacher.answer.request.headers["X-Correlation-ID"])

    async def names_the_batch_of_the_request(self, batch: str) -> None:
        """Wait until a line under the last request's correlation id has the id of the batch that it was about.

        A line may be written before it is known what the request is about, so not all have to.
        """
        batch_id = str(self._names.id("batch", batch))

        async def look() -> None:
            told = [line.get("batch_id") for line in await self._about(self._id_of_the_request())]
            assert batch_id in told, (
                f'the request was about "{batch}", and no line about it has the batch_id {batch_id}: '
                f"those of its {len(told)} lines are {told}"
            )

        await self._patience.eventually(look)

    async def _lines_carry(self, correlation_id: str, expected: dict[str, str]) -> None:
        async def look() -> None:
            lines = await self._about(correlation_id)
            assert lines, f"no line of the log has the correlation_id {correlation_id}"
            unlike = [line for line in lines if {name: line.get(name) for name in expected} != expected]
            assert not unlike, f"a line about it lacks {expected}: {unlike[0]}"

        await self._patience.eventually(look)

    async def names_essays(self, essays: Sequence[str]) -> None:
        """Wait until there are lines under the last event's correlation id about each of the essays, by its id."""
        wanted = {self._nlp.essay_id(essay): essay for essay in essays}

        async def look() -> None:
            lines = await self._about(self._nlp.last_event.correlation_id)
            missing = [wanted[id_] for id_ in wanted if not any(line.get("essay_id") == id_ for line in lines)]
            assert not missing, f"no line has the essay_id of {', '.join(missing)}; there are {len(lines)} of the event"

        await self._patience.eventually(look)

    async def _about(self, correlation_id: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in await self._site.service.log_lines(self._since) if line.startswith("{")]
        return [line for line in lines if line.get("correlation_id") == correlation_id]
