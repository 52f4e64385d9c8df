"""What the service reads and writes on Kafka, as an AsyncAPI 3 document, made from the models that validate it."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from class_management import __version__
from class_management.adapters import announcements
from class_management.entrypoints.consumer import client, dead_letters, wire

REF = "#/components/schemas/{name}"
MEDIA_TYPE = "application/json"
BINDINGS = "0.5.0"


class Topic(NamedTuple):
    """A topic of events: what its data is, and what its key says."""

    name: str
    address: str
    data: type[msgspec.Struct]
    key: str
    envelope: type[msgspec.Struct] = announcements.Envelope
    further_types: tuple[str, ...] = ()
    """Further names of the event beside the topic's."""


READ = Topic(
    "suggestions",
    wire.TOPIC,
    wire.BatchAuthorMatchesSuggestedV1,
    "Anything; of the events of one key the order is kept.",
    wire.Envelope,
    tuple(wire.EVENT_TYPES - {wire.TOPIC}),
)
CLASS_ID, STUDENT_ID, BATCH_ID = "The class's id.", "The student's id.", "The batch's id."
WRITTEN = (
    Topic("class-created", announcements.CLASS_CREATED, announcements.ClassData, CLASS_ID),
    Topic("class-updated", announcements.CLASS_UPDATED, announcements.ClassData, CLASS_ID),
    Topic("student-created", announcements.STUDENT_CREATED, announcements.StudentCreatedData, STUDENT_ID),
    Topic("student-updated", announcements.STUDENT_UPDATED, announcements.StudentUpdatedData, STUDENT_ID),
    Topic(
        "associations-confirmed",
        announcements.ASSOCIATIONS_CONFIRMED,
        announcements.AssociationsConfirmedData,
        BATCH_ID,
    ),
    Topic("teacher-notification", announcements.TEACHER_NOTIFICATION, announcements.NotificationData, CLASS_ID),
)
HEADERS = {
    "event_id": "Which event it is; together with event_type it decides what counts as a repeat.",
    "event_type": "As in the envelope.",
    "trace_id": "The correlation id.",
    "source_service": "Who sends.",
}
DEAD_LETTER_HEADERS = {
    "reason": "Why it can never be processed.",
    "topic": "Where it came from.",
    "partition": "Its partition there.",
    "offset": "Its offset there.",
    "correlation_id": "Its correlation id, or one that was made for it.",
}


def document() -> dict[str, Any]:
    """The whole of it."""
    models = sorted({m for topic in (READ, *WRITTEN) for m in (topic.envelope, topic.data)}, key=str)
    references, schemas = msgspec.json.schema_components(models, ref_template=REF)
    schema_of = dict(zip(models, references, strict=True))
    letters = "dead-letters"
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Class Management Service",
            "version": __version__,
            "description": "What it reads from Kafka, and what it writes. Unknown extra fields are ignored.",
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": {topic.name: _channel(topic.name, topic.address) for topic in (READ, *WRITTEN)}
        | {letters: _channel(letters, wire.DEAD_LETTER_TOPIC)},
        "operations": {
            READ.name: _operation("receive", READ.name, "Stores one suggestion an essay.") | {"bindings": _consumer()},
            letters: _operation("send", letters, "Keeps what can never be processed, byte for byte."),
            **{topic.name: _operation("send", topic.name, _summary(topic.data)) for topic in WRITTEN},
        },
        "components": {
            "messages": {topic.name: _message(topic, schema_of) for topic in (READ, *WRITTEN)}
            | {letters: _dead_letter()},
            "schemas": schemas,
        },
    }


def print_document() -> None:
    """Print it as JSON."""
    print(json.dumps(document(), indent=2, ensure_ascii=False))  # noqa: T201 -- that is what was asked for


def _channel(name: str, address: str) -> dict[str, Any]:
    return {"address": address, "messages": {name: {"$ref": f"#/components/messages/{name}"}}}


def _operation(action: str, channel: str, summary: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{channel}"}],
    }


def _consumer() -> dict[str, Any]:
    ids = {"groupId": client.GROUP, "clientId": client.CLIENT}
    return {
        "kafka": {
            **{name: {"type": "string", "enum": [value]} for name, value in ids.items()},
            "bindingVersion": BINDINGS,
        }
    }


def _message(topic: Topic, schema_of: Mapping[type, dict[str, Any]]) -> dict[str, Any]:
    """An envelope around the topic's own data."""
    own = {
        "event_type": {"enum": [topic.address, *topic.further_types]},
        "schema_version": {"const": wire.SCHEMA_VERSION},
        "data": schema_of[topic.data],
    }
    return {
        "name": topic.data.__name__,
        "summary": _summary(topic.data),
        "contentType": MEDIA_TYPE,
        "headers": _strings(HEADERS),
        "payload": {"allOf": [schema_of[topic.envelope], {"type": "object", "properties": own}]},
        "bindings": {
            "kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": BINDINGS},
        },
    }


def _dead_letter() -> dict[str, Any]:
    headers = {dead_letters.PREFIX + name: told for name, told in DEAD_LETTER_HEADERS.items()}
    return {
        "name": "DeadLetter",
        "summary": "A message that can never be processed, with its key and its own headers.",
        "contentType": "application/octet-stream",
        "headers": _strings(headers),
        "payload": {"description": "The bytes as they came, whatever they are."},
    }


def _strings(described: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "description": told} for name, told in described.items()},
    }


def _summary(model: type[msgspec.Struct]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]
