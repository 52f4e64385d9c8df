"""From a record to what it says; never raises, whatever the record holds (P10)."""

import hashlib
import re
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple
from uuid import uuid4

import msgspec
from aiokafka import ConsumerRecord

from class_management import logs
from class_management.application.idempotency import Claim, ClaimState
from class_management.domain.suggestions import Batch, BatchReport, Essay, Suggestion
from class_management.entrypoints.consumer.identity import idempotency_key
from class_management.entrypoints.consumer.wire import (
    EVENT_TYPES,
    SCHEMA_VERSION,
    BatchAuthorMatchesSuggestedV1,
    Envelope,
)
from class_management.entrypoints.ids import parse_uuid
from class_management.tracing import TRACEPARENT

UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
"""What decoding raises: malformed or wrong JSON, bytes that are not UTF-8, nesting without end."""


class Foreign(NamedTuple):
    """An event of another type; none of ours (P2)."""

    event_type: str


class Invalid(NamedTuple):
    """A message that can never be processed (P10); the reason quotes nothing personal."""

    reason: str


class Suggested(NamedTuple):
    """A batch of suggestions."""

    batch: Batch
    batch_id: str
    claim: Claim


@dataclass(eq=False, slots=True)
class Message:
    """A record, what it says, and what became of it so far."""

    record: ConsumerRecord
    content: Suggested | Foreign | Invalid
    correlation_id: str
    event_id: str | None
    claim_state: ClaimState | None = None
    report: BatchReport | None = None
    traceparent: str | None = None
    """The trace that it belongs to, as it says itself."""
    failure: str | None = None
    """Why it can never be processed."""
    mishaps: int = 0
    """How often it failed alone in a way that nobody foresaw."""

    @property
    def claim(self) -> Claim | None:
        """The claim on its event, if it is one of ours."""
        return self.content.claim if isinstance(self.content, Suggested) else None

    def about(self) -> AbstractContextManager[None]:
        """Put its ids into the log lines inside."""
        batch_id = self.content.batch_id if isinstance(self.content, Suggested) else None
        return logs.about(correlation_id=self.correlation_id, event_id=self.event_id, batch_id=batch_id)


class _Ids(msgspec.Struct):
    """What can be read of an envelope that is none."""

    correlation_id: object = None
    event_id: object = None


_envelope = msgspec.json.Decoder(Envelope)
_data = msgspec.json.Decoder(BatchAuthorMatchesSuggestedV1)
_ids = msgspec.json.Decoder(_Ids)


def decode(record: ConsumerRecord) -> Message:
    """Read a record."""
    headers = _headers(record)
    correlation_id, event_id = headers.get("trace_id"), headers.get("event_id")
    content: Suggested | Foreign | Invalid
    value = record.value or b""
    try:
        value.decode()  # msgspec does not look into what it skips
        envelope = _envelope.decode(value)
    except UNREADABLE as error:
        content = Invalid(f"no envelope: {_reason(value, error)}")
        ids = _salvage(value)
        correlation_id, event_id = ids.get("correlation_id", correlation_id), ids.get("event_id", event_id)
        return _message(record, content, correlation_id or str(uuid4()), event_id)
    correlation_id = envelope.correlation_id or correlation_id or str(uuid4())
    event_id = envelope.event_id or event_id
    if envelope.event_type not in EVENT_TYPES:
        content = Foreign(envelope.event_type)
    elif envelope.schema_version != SCHEMA_VERSION:
        content = Invalid(f"schema_version is not {SCHEMA_VERSION}")
    else:
        content = _suggested(record, headers, envelope, correlation_id, event_id)
    return _message(record, content, correlation_id, event_id, _traceparent(envelope.metadata))


def _message(
    record: ConsumerRecord,
    content: Suggested | Foreign | Invalid,
    correlation_id: str,
    event_id: str | None,
    traceparent: str | None = None,
) -> Message:
    failure = content.reason if isinstance(content, Invalid) else None
    return Message(record, content, correlation_id, event_id, traceparent=traceparent, failure=failure)


def _traceparent(metadata: Mapping[str, msgspec.Raw] | None) -> str | None:
    if not metadata or TRACEPARENT not in metadata:
        return None
    try:
        return msgspec.json.decode(metadata[TRACEPARENT], type=str)
    except UNREADABLE:  # metadata is free: whatever stands there, the event is none the worse
        return None


def _suggested(
    record: ConsumerRecord, headers: Mapping[str, str], envelope: Envelope, correlation_id: str, event_id: str | None
) -> Suggested | Invalid:
    try:
        data = _data.decode(envelope.data)
        key = idempotency_key(headers, envelope.event_type, envelope.event_id, bytes(envelope.data))
    except UNREADABLE as error:
        return Invalid(f"bad data: {_reason(record.value or b'', error)}")
    claim = Claim(
        key=key,
        place=f"{record.partition}:{record.offset}",
        payload=hashlib.sha256(envelope.data).hexdigest(),
        event_id=event_id,
        correlation_id=correlation_id,
        source_service=envelope.source_service,
        started_at=time.time(),
    )
    return Suggested(_batch(data), data.batch_id, claim)


def _batch(data: BatchAuthorMatchesSuggestedV1) -> Batch:
    return Batch(
        parse_uuid(data.batch_id),
        parse_uuid(data.class_id),
        [
            Essay(
                parse_uuid(result.essay_id),
                result.essay_id,
                [
                    Suggestion(parse_uuid(found.student_id), found.confidence_score, found.match_reasons)
                    for found in result.suggestions
                ],
            )
            for result in data.match_results
        ],
    )


def _headers(record: ConsumerRecord) -> dict[str, str]:
    headers = {}
    for name, value in record.headers:
        try:
            headers[name] = value.decode()
        except (UnicodeDecodeError, AttributeError):  # not UTF-8, or null: as if it were not there
            continue
    return headers


def _reason(value: bytes, error: Exception) -> str:
    match error:
        case _ if not value:
            return "empty"
        case RecursionError():
            return "nested too deeply"
        case msgspec.ValidationError():
            return re.sub("'.*'", "'...'", str(error))  # names the field and the types, not the value
        case _:
            return "not JSON" if _is_utf8(value) else "not UTF-8"


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _salvage(value: bytes) -> dict[str, str]:
    try:
        ids = _ids.decode(value)
    except UNREADABLE:
        return {}
    return {name: id_ for name, id_ in msgspec.structs.asdict(ids).items() if isinstance(id_, str)}
