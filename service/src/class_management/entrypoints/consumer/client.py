"""The connection over which events come in."""

from aiokafka import AIOKafkaConsumer

from class_management.settings import Settings

GROUP = "class_management_service-consumer-group"
CLIENT = "class_management_service-consumer"
METADATA_MILLISECONDS = 5_000
"""How soon a new topic or partition is noticed."""
FETCH_WAIT_MILLISECONDS = 100
"""How long the broker holds back an empty answer."""
REQUEST_MILLISECONDS = 5_000
"""How long a request may take; a join may take the session timeout on top."""
HEARTBEAT_MILLISECONDS = 1_000
"""How soon a member learns that another one has come or gone: until then nobody works on what is to be shared anew."""


def create_consumer(settings: Settings) -> AIOKafkaConsumer:
    """Make a consumer as contract §3 wants it; it neither connects nor subscribes yet."""
    session = settings.kafka_session_timeout_ms
    return AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        group_id=GROUP,
        client_id=CLIENT,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",  # what its sender has taken back must not take effect
        session_timeout_ms=session,
        heartbeat_interval_ms=min(HEARTBEAT_MILLISECONDS, session // 3),
        max_poll_interval_ms=settings.kafka_max_poll_interval_ms,
        metadata_max_age_ms=METADATA_MILLISECONDS,
        fetch_max_wait_ms=FETCH_WAIT_MILLISECONDS,
        request_timeout_ms=session + REQUEST_MILLISECONDS,
    )
