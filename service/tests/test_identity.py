"""The key of an event in Redis."""

import hashlib
import json

from class_management.entrypoints.consumer.identity import idempotency_key

TOPIC = "huleedu.batch.author.matches.suggested.v1"
PREFIX = "huleedu:idempotency:v2:class-management-service:huleedu_batch_author_matches_suggested_v1:"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_with_both_headers_the_header_id_alone_counts() -> None:
    headers = {"event_id": "Ä-1", "event_type": TOPIC}
    assert idempotency_key(headers, "bare.name", "other", b"not even read") == PREFIX + sha256(
        '{"event_id":"\\u00c4-1"}'
    )


def test_without_them_data_and_id_of_the_body_count() -> None:
    data = b'{"z": 1,  "a": {"c": 1.50, "b": "\xc3\xa5"}}'
    expected = '{"data": {"a": {"b": "\\u00e5", "c": 1.5}, "z": 1}, "event_id": "id-1"}'
    assert idempotency_key({"event_id": "only one"}, TOPIC, "id-1", data) == PREFIX + sha256(expected)


def test_without_any_id_the_data_counts_alone() -> None:
    assert idempotency_key({}, TOPIC, None, b'{"b":1,"a":2}') == PREFIX + sha256('{"a": 2, "b": 1}')


def test_the_dots_of_the_type_become_underscores() -> None:
    key = idempotency_key({}, "batch.author.matches.suggested", None, json.dumps({}).encode())
    assert key.split(":")[4] == "batch_author_matches_suggested"
