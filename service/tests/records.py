"""Records as Kafka hands them over, for tests."""

import json
from typing import Any
from uuid import uuid4

from aiokafka import ConsumerRecord

TOPIC = "huleedu.batch.author.matches.suggested.v1"


def data(**changes: Any) -> dict[str, Any]:
    """The data of an event with one essay, changed at its top level; None removes."""
    suggestion = {"student_id": str(uuid4()), "student_name": "Åsa", "confidence_score": 0.9, "match_reasons": ["name"]}
    essay = {"essay_id": str(uuid4()), "text_storage_id": "t", "filename": "f", "suggestions": [suggestion]}
    whole = {
        "batch_id": str(uuid4()),
        "class_id": str(uuid4()),
        "course_code": "ENG5",
        "match_results": [essay],
        "processing_summary": {"total_essays": 1},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def envelope(**changes: Any) -> dict[str, Any]:
    """An event, changed at its top level; None removes."""
    whole = {
        "event_type": TOPIC,
        "source_service": "nlp_service",
        "event_id": str(uuid4()),
        "correlation_id": str(uuid4()),
        "data": data(),
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def record(value: Any = None, headers: dict[str, bytes | None] | None = None, offset: int = 0) -> ConsumerRecord:
    """A record with `value`: bytes as they are, None for a tombstone, anything else as JSON."""
    raw = value if isinstance(value, bytes | None) else json.dumps(value).encode()
    return ConsumerRecord(
        topic=TOPIC,
        partition=0,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=b"key",
        value=raw,
        checksum=None,
        serialized_key_size=3,
        serialized_value_size=len(raw or b""),
        headers=tuple((headers or {}).items()),
    )
