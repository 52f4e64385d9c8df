"""The service's idempotency records, waited for and checked (§4, I2)."""

import time
from functools import partial
from typing import Any

from actors import wire
from actors.auditor import Auditor
from actors.nlp_service import NlpService
from actors.operator import Operator
from harness.eventually import Patience
from harness.shape import identity

TTL_TOLERANCE = 30
"""Seconds by which a TTL may have run down, on a slow machine, until it is looked at."""
RENEWED_AT_LEAST = 10
"""Seconds by which a TTL may have run down since it was renewed."""
CLOCK_TOLERANCE = 120
"""Seconds by which the engine's clock may differ from this machine's."""


class Records:
    """The records as the auditor finds them."""

    def __init__(self, auditor: Auditor, operator: Operator, nlp: NlpService, patience: Patience) -> None:
        self._auditor, self._operator, self._nlp, self._patience = auditor, operator, nlp, patience

    async def hold_the_event_as_completed(self) -> None:
        """Wait until the last event is on record as completed, and check the whole record."""
        record = await self._with_status("completed")
        problems = _problems(record, self._nlp.last_event, wire.COMPLETED_TTL)
        problems += _off_the_clock(record, "completed_at")
        if not problems and record["completed_at"] < record["started_at"]:
            problems.append(f"completed_at is {record['completed_at']!r}, before started_at, {record['started_at']!r}")
        _raise_if(problems, record)

    async def hold_the_event_as_being_processed(self) -> None:
        """Wait until the last event is on record as being processed, and check the whole record."""
        record = await self._with_status("processing")
        _raise_if(_problems(record, self._nlp.last_event, wire.PROCESSING_TTL), record)

    async def are_renewed(self, left: int, times: int) -> None:
        """Let the record's time pass until `left` seconds are left, so many times, and see it renewed each time (I2).

        How often a service renews is its own business, as long as it does so before the record lapses.
        """
        for number in range(times):
            await self._operator.lets_age(self._nlp.last_event, left)
            await self._patience.eventually(partial(self._look_for_renewal, left, number + 1), within=left)

    async def _look_for_renewal(self, left: int, number: int) -> None:
        record = await self._auditor.record(self._nlp.last_event)
        if record is None or record["ttl"] < wire.PROCESSING_TTL - RENEWED_AT_LEAST:
            seen = f"lapses in {record['ttl']} s" if record else "has lapsed"
            raise AssertionError(
                f"the service is still at work on the event, whose record had {left} s left for the {number}. time: "
                f"it {seen}, and was not renewed to {wire.PROCESSING_TTL} s"
            )

    async def still_hold_the_event_as_being_processed(self) -> None:
        """Raise AssertionError unless the last event is on record as being processed at this moment (I7)."""
        record = await self._auditor.record(self._nlp.last_event)
        if record is None or record["status"] != "processing":
            raise AssertionError(f"the record of the event is {record}, expected one with the status processing")

    async def come_to_hold_the_event_as_completed(self) -> None:
        """Wait until the last event is on record as completed; asks Redis alone, for Kafka may be away."""
        await self.come_to_hold_the_event_about(self._nlp.last_batch)

    async def come_to_hold_the_event_about(self, batch: str) -> None:
        """Wait until the event about a batch is on record as completed."""
        await self._patience.eventually(partial(self._look_for_completion, batch))

    async def hold_the_acknowledged_event_about(self, batch: str) -> None:
        """Wait until the event about a batch is on record as completed, not beyond its acknowledgement (P8)."""
        position = self._nlp.position_about(batch)
        await self._patience.until_settled(
            partial(self._look_for_completion, batch), lambda: self._auditor.acknowledgement(position)
        )

    async def _look_for_completion(self, batch: str) -> None:
        event = self._nlp.event_about(batch)
        record = await self._auditor.record(event)
        if record is None or record["status"] != "completed":
            near = await self._others(event) if record is None else ""
            raise AssertionError(
                f'the event about "{batch}" is not on record as completed: {event.idempotency_key} is {record}{near}'
            )

    async def hold_nothing_of_the_event(self) -> None:
        """Raise AssertionError if the last event is on record at this moment (I4)."""
        if record := await self._auditor.record(self._nlp.last_event):
            raise AssertionError(f"the event is still on record, so that it is not processed again: {record}")

    async def _with_status(self, status: str) -> dict[str, Any]:
        event, position = self._nlp.last_event, self._nlp.last_position

        async def look() -> dict[str, Any]:
            record = await self._auditor.record(event)
            if record is None or record.get("status") != status:
                near = await self._others(event) if record is None else ""
                raise AssertionError(f"the record {event.idempotency_key} is {record}, expected {status}{near}")
            return record

        return await self._patience.until_settled(
            look, lambda: self._auditor.acknowledgement(position), must_pass=False
        )

    async def _others(self, event: wire.Event) -> str:
        others = await self._auditor.keys_of(event)
        return f"; other keys that mention the event: {', '.join(others)}" if others else ""


def _problems(record: dict[str, Any], event: wire.Event, ttl: int) -> list[str]:
    expected = {"processed_by": "class-management-service"} | {
        field: event.envelope[field]
        for field in ("event_id", "correlation_id", "source_service")
        if field in event.envelope and field not in event.headers_apart  # of two ids it may keep either
    }
    problems = [
        f"{field} is {record.get(field)!r}, expected {value!r}"
        for field, value in expected.items()
        if record.get(field) != value
    ]
    if "correlation_id" not in event.envelope and not identity(record.get("correlation_id")):
        problems.append(f"correlation_id is {record.get('correlation_id')!r}, expected a new one: the event has none")
    if not ttl - TTL_TOLERANCE <= record["ttl"] <= ttl:
        problems.append(f"it lapses in {record['ttl']} s, expected {ttl} s (at most {TTL_TOLERANCE} s of it gone)")
    return problems + _off_the_clock(record, "started_at")


def _off_the_clock(record: dict[str, Any], field: str) -> list[str]:
    """Return what is wrong with a time of a record that is of just now."""
    at = record.get(field)
    if isinstance(at, int | float) and abs(at - time.time()) <= CLOCK_TOLERANCE:
        return []
    return [f"{field} is {at!r}, and it is {time.time():.0f} now (Unix seconds)"]


def _raise_if(problems: list[str], record: dict[str, Any]) -> None:
    if problems:
        raise AssertionError(
            "The record of the event is wrong:\n  " + "\n  ".join([*problems, f"the record: {record}"])
        )
