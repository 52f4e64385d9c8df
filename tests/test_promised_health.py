"""What `/healthz` has to say when a part is ill."""

from typing import Any

import pytest

from actors.promised_health import CONSUMER, Told, assert_blames, assert_healthy


def _told(status: int, word: str, message: str = "", available: bool = True, **ill: str) -> Told:
    parts = {"database": "healthy", "kafka": "healthy", "redis": "healthy"} | ill
    shown: dict[str, Any] = {
        "status": word,
        "message": message,
        "checks": {"service_responsive": True, "dependencies_available": available},
        "dependencies": {name: {"status": of} for name, of in parts.items()},
    }
    return Told(status, shown)


WITHOUT_KAFKA = _told(503, "unhealthy", "kafka: away", kafka="unhealthy")
WITHOUT_REDIS = _told(200, "degraded", "redis: away", redis="degraded")
WITHOUT_DATABASE = _told(503, "unhealthy", "database: away", available=False, database="unhealthy")


def test_who_is_ill_is_blamed() -> None:
    assert_healthy(_told(200, "healthy"))
    assert_blames("Kafka", WITHOUT_KAFKA)
    assert_blames(CONSUMER, _told(503, "unhealthy", "the consumer makes no progress"))
    assert_blames("Redis", WITHOUT_REDIS)
    assert_blames("the database", WITHOUT_DATABASE)


@pytest.mark.parametrize(
    ("part", "told", "why"),
    [
        ("Kafka", WITHOUT_REDIS, "503"),
        ("Kafka", WITHOUT_DATABASE, "does not name it"),
        ("Kafka", _told(503, "unhealthy", "something is wrong"), "does not name it"),
        ("Kafka", _told(503, "unhealthy", kafka="unhealthy", database="unhealthy"), "blames database"),
        ("Redis", _told(503, "unhealthy", "redis: away", redis="unhealthy"), "degraded"),
        ("Redis", _told(200, "healthy", "redis: away"), "degraded"),
        ("PostgreSQL", _told(503, "unhealthy", "database: away", database="unhealthy"), "everywhere"),
    ],
)
def test_what_is_wrong_with_the_blame_is_told(part: str, told: Told, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        assert_blames(part, told)


def test_health_is_not_taken_for_granted() -> None:
    with pytest.raises(AssertionError, match="answers 503"):
        assert_healthy(WITHOUT_KAFKA)
