"""What a log line holds, and what it must not."""

import json
import logging
from typing import Any

from class_management import logs


def line(message: str, *args: object, logger: str = "class_management.x", **more: Any) -> dict[str, Any]:
    record = logging.getLogger(logger).makeRecord(logger, logging.INFO, "f.py", 1, message, args, **more)
    rendered = logs.JsonFormatter().format(record)
    assert "\n" not in rendered
    parsed: dict[str, Any] = json.loads(rendered)
    return parsed


def test_a_line_is_one_json_object_with_the_ids_of_the_work() -> None:
    with logs.about(correlation_id="c", event_id="e", batch_id=None), logs.about(batch_id="b"):
        told = line("stored %d\nessays", 3, exc_info=None, extra={"essay_id": "1"})
        assert logs.current_correlation_id() == "c"
    assert told["event"] == "stored 3\nessays"
    assert told["level"] == "INFO"
    assert told["timestamp"].endswith("+00:00")
    assert (told["correlation_id"], told["event_id"], told["batch_id"], told["essay_id"]) == ("c", "e", "b", "1")
    assert "correlation_id" not in line("later", exc_info=None)


def test_addresses_and_urls_with_passwords_are_masked() -> None:
    try:
        raise ValueError("Key (email)=(asa.öst@example.org) at postgresql://user:pw@db/name")
    except ValueError as error:
        told = json.dumps(line("x", exc_info=(ValueError, error, error.__traceback__)), ensure_ascii=False)
    assert "example.org" not in told
    assert "pw@" not in told
    assert "test_logs.py" in told


def test_a_library_may_repeat_itself_only_now_and_then() -> None:
    once = logs.OncePerWhile()
    record = logging.makeLogRecord({"name": "aiokafka", "msg": "Unable connect to %s"})
    ours = logging.makeLogRecord({"name": "class_management.x", "msg": "stored"})
    assert [once.filter(record), once.filter(record)] == [True, False]
    assert [once.filter(ours), once.filter(ours)] == [True, True]
    record.created += 2 * logs.QUIET_SECONDS
    assert once.filter(record)
