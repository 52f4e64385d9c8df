"""What the environment says (contract §2); a bad value is one line that names the variable and shows no value."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")

DEFAULT_KAFKA = "localhost:9092"
PREFIX = "CLASS_MANAGEMENT_SERVICE_"
OTEL = "OTEL_"
"""Prefix of OpenTelemetry's own variables."""
OTLP_PROTOCOL = "http/protobuf"
SAMPLERS = tuple(
    parent + name for parent in ("", "parentbased_") for name in ("always_on", "always_off", "traceidratio")
)
LARGEST_PORT = 65535
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(Exception):
    """A variable is missing or malformed; the text names it and tells no secret."""


@dataclass(frozen=True)
class Settings:
    """The configuration of one process; seconds and milliseconds as the names say."""

    database_url: str = field(repr=False)
    internal_api_key: str = field(repr=False)
    redis_url: str = field(repr=False)
    kafka_bootstrap_servers: str
    kafka_session_timeout_ms: int
    kafka_max_poll_interval_ms: int
    host: str
    port: int
    log_level: str
    environment: str
    database_pool_size: int
    database_max_overflow: int
    database_pool_pre_ping: bool
    database_pool_recycle: int
    association_timeout_hours: float
    association_timeout_check_seconds: float
    consumer_stall_seconds: float
    traces_endpoint: str = field(repr=False)
    """Where spans are sent to; empty for nowhere."""
    traces_headers: Mapping[str, str] = field(repr=False)


def load(environment: Mapping[str, str]) -> Settings:
    """Read all settings; raises SettingsError for the first bad one. An empty value counts as absent."""
    read = _Reader(environment)
    return Settings(
        database_url=database_url(environment),
        internal_api_key=read("HULEEDU_INTERNAL_API_KEY", _text, prefix=""),
        redis_url=read("REDIS_URL", _redis_url, "redis://localhost:6379"),
        kafka_bootstrap_servers=read("KAFKA_BOOTSTRAP_SERVERS", _servers, DEFAULT_KAFKA),
        kafka_session_timeout_ms=read("KAFKA_SESSION_TIMEOUT_MS", _integer(1), "10000"),
        kafka_max_poll_interval_ms=read("KAFKA_MAX_POLL_INTERVAL_MS", _integer(1), "300000"),
        host=read("HOST", _text, "0.0.0.0"),  # noqa: S104 -- the contract's default; the process runs in a container
        port=read("PORT", _integer(1, LARGEST_PORT), "5002"),
        log_level=read("LOG_LEVEL", _log_level, "INFO"),
        environment=read("ENVIRONMENT", _text, "development"),
        database_pool_size=read("DATABASE_POOL_SIZE", _integer(1), "10"),
        database_max_overflow=read("DATABASE_MAX_OVERFLOW", _integer(0), "20"),
        database_pool_pre_ping=read("DATABASE_POOL_PRE_PING", _boolean, "true"),
        database_pool_recycle=read("DATABASE_POOL_RECYCLE", _integer(-1), "3600"),
        association_timeout_hours=read("ASSOCIATION_TIMEOUT_HOURS", _positive, "24"),
        association_timeout_check_seconds=read("ASSOCIATION_TIMEOUT_CHECK_SECONDS", _positive, "3600"),
        consumer_stall_seconds=read("CONSUMER_STALL_SECONDS", _positive, "30"),
        **_traces(read),
    )


def _traces(read: "_Reader") -> dict[str, Any]:
    """OpenTelemetry's own variables; which sampler is meant, the SDK reads once more."""
    read.optional("EXPORTER_OTLP_PROTOCOL", _one_of(OTLP_PROTOCOL), prefix=OTEL)
    read.optional("TRACES_SAMPLER", _one_of(*SAMPLERS), prefix=OTEL)
    read.optional("TRACES_SAMPLER_ARG", _share, prefix=OTEL)
    endpoint = read.optional("EXPORTER_OTLP_ENDPOINT", _http_url, prefix=OTEL)
    return {
        "traces_endpoint": endpoint.rstrip("/") + "/v1/traces" if endpoint else "",
        "traces_headers": read.optional("EXPORTER_OTLP_HEADERS", _headers, prefix=OTEL) or {},
    }


def database_url(environment: Mapping[str, str]) -> str:
    """Where the database is; all that the migrations need. Raises SettingsError."""
    return _Reader(environment)("DATABASE_URL", _database_url)


def kafka_bootstrap_servers(environment: Mapping[str, str]) -> str:
    """Where Kafka is; all that the dead letters' commands need. Raises SettingsError."""
    return _Reader(environment)("KAFKA_BOOTSTRAP_SERVERS", _servers, DEFAULT_KAFKA)


class _Reader:
    """Reads one variable at a time."""

    def __init__(self, environment: Mapping[str, str]):
        self._environment = environment

    def __call__(self, name: str, parse: Callable[[str], T], default: str = "", prefix: str = PREFIX) -> T:
        variable = prefix + name
        text = self._environment.get(variable, "").strip() or default
        if not text:
            raise SettingsError(f"{variable} is required")
        try:
            return parse(text)
        except ValueError as error:
            # the value itself may be a secret: neither shown nor kept as a cause
            raise SettingsError(f"{variable} must be {error}") from None

    def optional(self, name: str, parse: Callable[[str], T], prefix: str) -> T | None:
        """Read a variable that may be absent."""
        return self(name, parse, prefix=prefix) if self._environment.get(prefix + name, "").strip() else None


def _text(text: str) -> str:
    return text


def _integer(least: int, most: int | None = None) -> Callable[[str], int]:
    allowed = f"an integer from {least} to {most}" if most is not None else f"an integer of at least {least}"

    def parse(text: str) -> int:
        number = int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else None
        if number is None or number < least or (most is not None and number > most):
            raise ValueError(allowed)
        return number

    return parse


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ValueError("a number above 0")
    return number


def _boolean(text: str) -> bool:
    match text.lower():
        case "true" | "1" | "yes" | "on":
            return True
        case "false" | "0" | "no" | "off":
            return False
    raise ValueError("true or false")


def _log_level(text: str) -> str:
    return _one_of(*LOG_LEVELS)(text.upper())


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError("one of " + ", ".join(allowed) if len(allowed) > 1 else allowed[0])
        return text

    return parse


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise ValueError("a number from 0 to 1")
    return number


def _headers(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if not all(re.fullmatch(r"[A-Za-z0-9_.-]+", name.strip()) and equals for name, equals, _ in pairs):
        raise ValueError("a comma-separated list of name=value")
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs}


def _http_url(text: str) -> str:
    if not _is_url(text, {"http", "https"}):
        raise ValueError("a URL of scheme http or https that names a host")
    return text


def _servers(text: str) -> str:
    for server in text.split(","):
        found = re.fullmatch(r"\S+:([0-9]{1,5})", server.strip())
        if found is None or not 0 < int(found[1]) <= LARGEST_PORT:
            raise ValueError("a comma-separated list of host:port")
    return text


def _database_url(text: str) -> str:
    if not _is_url(text, {"postgresql+asyncpg"}) or not urlsplit(text).path.strip("/"):
        raise ValueError("a URL of scheme postgresql+asyncpg that names host and database")
    return text


def _redis_url(text: str) -> str:
    if not _is_url(text, {"redis", "rediss"}):
        raise ValueError("a URL of scheme redis or rediss that names a host")
    return text


def _is_url(text: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(text)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and port_fits
