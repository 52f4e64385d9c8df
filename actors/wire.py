"""The contract's messages, keys and tables, written by hand from docs/contract.md and never from the service."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from harness.target import Wiring

SUGGESTED = "huleedu.batch.author.matches.suggested.v1"
SUGGESTED_BARE = "batch.author.matches.suggested"
DEAD_LETTERS = f"{SUGGESTED}.dlq"
CLASS_CREATED, CLASS_UPDATED = "huleedu.class.created.v1", "huleedu.class.updated.v1"
STUDENT_CREATED, STUDENT_UPDATED = "huleedu.class.student.created.v1", "huleedu.class.student.updated.v1"
CONFIRMED = "huleedu.class.student.associations.confirmed.v1"
NOTIFICATION = "huleedu.notification.teacher.requested.v1"
PUBLISHED_TOPICS = (CLASS_CREATED, CLASS_UPDATED, STUDENT_CREATED, STUDENT_UPDATED, CONFIRMED, NOTIFICATION)
GROUP = "class_management_service-consumer-group"
CLIENT = "class_management_service-consumer"
PARTITIONS = 3
WIRING = Wiring({SUGGESTED: PARTITIONS, DEAD_LETTERS: 1, **dict.fromkeys(PUBLISHED_TOPICS, 1)}, GROUP)

SETTINGS_PREFIX = "CLASS_MANAGEMENT_SERVICE_"
NLP_SERVICE = "nlp_service"
STORED_BY = "nlp_service_phase1"
COURSE = "SV2"
"""Of all classes, where nothing is said of it; not the first one, which somebody may take who was told of none."""
PENDING = "pending_validation"
KEY_PREFIX = "huleedu:idempotency:v2:class-management-service"
PROCESSING_TTL = 300
COMPLETED_TTL = 86_400
LARGEST_RECORD = 1_048_588
"""Bytes of a record, with its key, its headers and what Kafka adds, that a topic takes if nobody sets a limit."""

PERSONAL_FIELDS = frozenset(
    {"student_name", "student_email", "first_name", "last_name", "legal_full_name", "full_legal_name", "full_name"}
    | {"email", "X-Internal-API-Key"}
)


def setting(name: str) -> str:
    """Return the variable of a setting (§2)."""
    return f"{SETTINGS_PREFIX}{name}"


def pool_settings(size: int, overflow: int) -> dict[str, str]:
    """Return the environment that gives the service a pool of so many connections (§2)."""
    names = {"DATABASE_POOL_SIZE": size, "DATABASE_MAX_OVERFLOW": overflow}
    return {f"{SETTINGS_PREFIX}{name}": str(value) for name, value in names.items()}


def session_settings(seconds: float) -> dict[str, str]:
    """Return the environment that has Kafka miss the service once it has not been heard of for so long (§2)."""
    return {f"{SETTINGS_PREFIX}KAFKA_SESSION_TIMEOUT_MS": str(int(seconds * 1000))}


@dataclass(frozen=True)
class Suggestion:
    """One student suggested for an essay."""

    student_id: str
    student_name: str
    confidence: float
    reasons: Sequence[str] = ("name_match",)

    def data(self) -> dict[str, Any]:
        """Return it as it stands in the message (§3)."""
        return {
            "student_id": self.student_id,
            "student_name": self.student_name,
            "confidence_score": self.confidence,
            "match_reasons": list(self.reasons),
        }


def match_result(essay_id: str, suggestions: Sequence[Suggestion]) -> dict[str, Any]:
    """Return what the NLP service found out about one essay (§3)."""
    return {
        "essay_id": essay_id,
        "text_storage_id": f"text-{essay_id}",
        "filename": f"{essay_id}.txt",
        "suggestions": [suggestion.data() for suggestion in suggestions],
        "no_match_reason": None if suggestions else "no name found",
    }


def suggested_data(batch_id: str, class_id: str, results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the data of a BatchAuthorMatchesSuggestedV1 (§3), with all its optional fields."""
    matched = sum(bool(result["suggestions"]) for result in results)
    return {
        "event_name": SUGGESTED_BARE,
        "entity_id": batch_id,
        "entity_type": "batch",
        "parent_id": None,
        "timestamp": datetime.now(UTC).isoformat(),
        "processing_metadata": {},
        "batch_id": batch_id,
        "class_id": class_id,
        "course_code": COURSE,
        "match_results": list(results),
        "processing_summary": {
            "total_essays": len(results),
            "matched": matched,
            "no_match": len(results) - matched,
            "errors": 0,
        },
    }


@dataclass(frozen=True)
class Event:
    """An event as it travels: its envelope, and whether Kafka headers repeat the ids.

    `headers_apart` are those that do not: their own values, None for one that is not there. `spoilt` are the bytes that
    travel in place of the envelope, where it was spoilt on its way (P10). `sent_at` is what the sender's clock says,
    where it goes wrong (Unix seconds). `more_headers` come behind all others, of whatever name.
    """

    envelope: dict[str, Any]
    with_headers: bool = True
    record_key: bytes | None = field(default=None)
    spoilt: bytes | None = None
    headers_apart: Mapping[str, str | None] = field(default_factory=dict)
    sent_at: float | None = None
    more_headers: Sequence[tuple[str, bytes]] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Event":
        """Put `data` into an envelope with ids of its own (§3)."""
        envelope = {
            "event_id": str(uuid.uuid4()),
            "event_type": SUGGESTED,
            "event_timestamp": datetime.now(UTC).isoformat(),
            "source_service": NLP_SERVICE,
            "schema_version": 1,
            "correlation_id": str(uuid.uuid4()),
            "data_schema_uri": None,
            "metadata": {},
            "data": dict(data),
        }
        return cls(envelope, record_key=str(data.get("batch_id", "")).encode())

    @property
    def event_id(self) -> str:
        """The event's id, empty where it has none."""
        return str(self.envelope.get("event_id", ""))

    @property
    def correlation_id(self) -> str:
        """The event's correlation id, empty where it has none."""
        return str(self.envelope.get("correlation_id", ""))

    @property
    def value(self) -> bytes:
        """The message's bytes."""
        return self.spoilt if self.spoilt is not None else json.dumps(self.envelope, ensure_ascii=False).encode()

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """The message's headers (§3) in their order, empty where it travels without."""
        if not self.with_headers:
            return []
        names = {
            "event_id": "event_id",
            "event_type": "event_type",
            "trace_id": "correlation_id",
            "source_service": "source_service",
        }
        repeated = {h: str(self.envelope[f]) for h, f in names.items() if f in self.envelope}
        told = {**repeated, **self.headers_apart}
        return [*((h, value.encode()) for h, value in told.items() if value is not None), *self.more_headers]

    @property
    def idempotency_key(self) -> str:
        """The Redis key under which the service remembers this event (§4)."""
        event_type = str(self.envelope["event_type"]).replace(".", "_")
        return f"{KEY_PREFIX}:{event_type}:{self._digest()}"

    def _digest(self) -> str:
        headers = {name: value.decode() for name, value in self.headers}
        if headers.keys() >= {"event_id", "event_type"}:
            text = json.dumps({"event_id": headers["event_id"]}, separators=(",", ":"))
        elif "event_id" in self.envelope:
            text = json.dumps({"data": self.envelope["data"], "event_id": self.event_id}, sort_keys=True)
        else:
            text = json.dumps(self.envelope["data"], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
