"""What `/healthz` has to say of the service's parts (§6, H2, H8)."""

from typing import Any, NamedTuple

OK, AWAY = 200, 503
CONSUMER = "its consumer"
"""What is ill when Kafka answers, and the service does not get on with what waits there."""
DATABASE = ("the database", "PostgreSQL")
NAMES = {
    **dict.fromkeys(DATABASE, ("database", "postgres")),
    "Kafka": ("kafka", "consumer"),
    CONSUMER: ("kafka", "consumer"),
    "Redis": ("redis",),
}
"""By which words the answer may name a part."""


class Told(NamedTuple):
    """An answer of `/healthz`."""

    status: int
    shown: dict[str, Any]

    @property
    def is_healthy(self) -> bool:
        """Whether it says that all is well."""
        return self.status == OK and self.shown["status"] == "healthy"


def assert_healthy(told: Told) -> None:
    """Raise AssertionError unless it says that all is well."""
    if not told.is_healthy or told.shown["dependencies"]["database"]["status"] != "healthy":
        raise AssertionError(f"everything is there, and /healthz answers {told.status}: {told.shown}")


def assert_blames(part: str, told: Told) -> None:
    """Raise AssertionError unless it says that this part is ill, and of no other part; without Redis it works on."""
    shown, names = told.shown, NAMES[part]
    expected = (OK, "degraded") if part == "Redis" else (AWAY, "unhealthy")
    assert (told.status, shown["status"]) == expected, (
        f"{part} is ill: /healthz was to answer {expected[0]} and say {expected[1]}; it answers {told.status}: {shown}"
    )
    ill = {name for name, of in shown["dependencies"].items() if of["status"] != "healthy"}
    blamed = f"{shown['message']} {' '.join(ill)}".lower()
    assert any(name in blamed for name in names), f"{part} is ill, and /healthz does not name it: {shown}"
    others = {name for known in NAMES.values() if known != names for name in known}
    wrongly = sorted(name for name in ill if name.lower() in others - set(names))
    assert not wrongly, f"{part} alone is ill, and /healthz blames {', '.join(wrongly)}, too: {shown}"
    if part in DATABASE:
        assert "database" in ill and not shown["checks"]["dependencies_available"], (
            f"the database is away, and /healthz does not say so everywhere: {shown}"
        )
