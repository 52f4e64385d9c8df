"""Which event a message is: its key in Redis (contract §4)."""

import hashlib
import json
from collections.abc import Mapping

KEY_PREFIX = "huleedu:idempotency:v2:class-management-service"


def idempotency_key(headers: Mapping[str, str], event_type: str, event_id: str | None, data: bytes) -> str:
    """The key of an event; type and id of the headers count if both are there, else those of the body.

    `data` is the JSON of the event's data. Raises ValueError or RecursionError if it cannot be read.
    """
    header_type, header_id = headers.get("event_type"), headers.get("event_id")
    if header_type is not None and header_id is not None:
        event_type = header_type
        identity = json.dumps({"event_id": header_id}, separators=(",", ":"))
    elif event_id is not None:
        identity = json.dumps({"data": json.loads(data), "event_id": event_id}, sort_keys=True)
    else:
        identity = json.dumps(json.loads(data), sort_keys=True)
    digest = hashlib.sha256(identity.encode()).hexdigest()
    return f"{KEY_PREFIX}:{event_type.replace('.', '_')}:{digest}"
