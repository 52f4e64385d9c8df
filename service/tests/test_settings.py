"""What the environment says."""

import re
from pathlib import Path

import pytest
import yaml

from class_management.settings import SettingsError, database_url, load

URL = "postgresql+asyncpg://user:pass-word@db:5432/name"
REQUIRED = {"CLASS_MANAGEMENT_SERVICE_DATABASE_URL": URL, "HULEEDU_INTERNAL_API_KEY": "internal-key"}


def test_the_defaults_are_the_contract_s() -> None:
    settings = load(REQUIRED)
    assert (settings.kafka_bootstrap_servers, settings.redis_url) == ("localhost:9092", "redis://localhost:6379")
    assert (settings.kafka_session_timeout_ms, settings.kafka_max_poll_interval_ms) == (10000, 300000)
    assert (settings.host, settings.port, settings.log_level) == ("0.0.0.0", 5002, "INFO")
    assert (settings.database_pool_size, settings.database_max_overflow) == (10, 20)
    assert (settings.database_pool_pre_ping, settings.database_pool_recycle) == (True, 3600)
    assert (settings.association_timeout_hours, settings.association_timeout_check_seconds) == (24, 3600)
    assert settings.environment == "development"


def test_given_values_count_and_empty_ones_do_not() -> None:
    given = {"PORT": "80", "ASSOCIATION_TIMEOUT_HOURS": "0.5", "DATABASE_POOL_PRE_PING": "False", "HOST": ""}
    settings = load(REQUIRED | {f"CLASS_MANAGEMENT_SERVICE_{name}": value for name, value in given.items()})
    assert (settings.port, settings.association_timeout_hours) == (80, 0.5)
    assert (settings.database_pool_pre_ping, settings.host) == (False, "0.0.0.0")


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_variable_is_named(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"^{missing} is required$"):
        load({name: value for name, value in REQUIRED.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://u:s3cret@db/name"),
        ("DATABASE_URL", "postgresql+asyncpg://u:s3cret@db:54x/name"),
        ("DATABASE_URL", "postgresql+asyncpg://u:s3cret@db"),
        ("REDIS_URL", "http://:s3cret@redis"),
        ("KAFKA_BOOTSTRAP_SERVERS", "s3cret"),
        ("KAFKA_BOOTSTRAP_SERVERS", "s3cret:65536"),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092,s3cret:0"),
        ("KAFKA_SESSION_TIMEOUT_MS", "s3cret"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٨٠"),
        ("LOG_LEVEL", "s3cret"),
        ("DATABASE_POOL_SIZE", "0"),
        ("DATABASE_MAX_OVERFLOW", "-1"),
        ("DATABASE_POOL_PRE_PING", "s3cret"),
        ("ASSOCIATION_TIMEOUT_HOURS", "nan"),
        ("ASSOCIATION_TIMEOUT_CHECK_SECONDS", "0"),
    ],
)
def test_a_malformed_value_is_named_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as told:
        load(REQUIRED | {f"CLASS_MANAGEMENT_SERVICE_{name}": value})
    assert str(told.value).startswith(f"CLASS_MANAGEMENT_SERVICE_{name} must be ")
    assert "s3cret" not in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("EXPORTER_OTLP_ENDPOINT", "grpc://s3cret@collector:4317"),
        ("EXPORTER_OTLP_HEADERS", "s3cret"),
        ("EXPORTER_OTLP_HEADERS", "a=b, s3cret header=x"),
        ("EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("TRACES_SAMPLER", "s3cret"),
        ("TRACES_SAMPLER_ARG", "1.5"),
    ],
)
def test_a_malformed_value_of_opentelemetry_s_own_is_named_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^OTEL_{name} must be [^\n]+$") as told:
        load(REQUIRED | {f"OTEL_{name}": value})
    assert "s3cret" not in str(told.value)


def test_spans_go_nowhere_unless_an_endpoint_is_named() -> None:
    assert load(REQUIRED).traces_endpoint == ""
    given = {"ENDPOINT": "http://collector:4318/base/", "HEADERS": "Authorization=Basic%20s3cret=, x=", "PROTOCOL": ""}
    settings = load(REQUIRED | {f"OTEL_EXPORTER_OTLP_{name}": value for name, value in given.items()})
    assert settings.traces_endpoint == "http://collector:4318/base/v1/traces"
    assert settings.traces_headers == {"authorization": "Basic s3cret=", "x": ""}
    assert "s3cret" not in repr(settings)


def test_the_example_s_settings_are_in_order() -> None:
    compose = yaml.safe_load((Path(__file__).parents[2] / "compose.yaml").read_text(encoding="utf-8"))
    given = compose["services"]["service"]["environment"]
    settings = load({name: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value) for name, value in given.items()})
    assert (settings.environment, settings.port, settings.traces_endpoint) == ("example", 5002, "")


def test_secrets_are_not_in_the_printed_settings() -> None:
    printed = repr(load(REQUIRED))
    assert "pass-word" not in printed
    assert "internal-key" not in printed


def test_migrations_need_the_database_alone() -> None:
    assert database_url({"CLASS_MANAGEMENT_SERVICE_DATABASE_URL": URL}) == URL
