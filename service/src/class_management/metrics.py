"""What is counted (M2), in a registry of its own, so that two compositions in a process do not mix."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

EVENT_OUTCOMES = ("processed", "duplicate", "foreign", "dead_letter", "retried")
ESSAY_OUTCOMES = ("stored", "already_associated", "no_suggestion", "unknown_student", "failed")


class Metrics:
    """The counters and gauges of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.events = Counter("cms_events", "Events, by what became of them", ["outcome"], registry=self._registry)
        self.essays = Counter("cms_essays", "Essays, by what became of them", ["outcome"], registry=self._registry)
        self.event_seconds = Histogram(
            "cms_event_seconds",
            "From taking an event up to its effect being durable",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
            registry=self._registry,
        )
        self.consumer_lag = Gauge(
            "cms_consumer_lag", "Messages not yet committed, in the partitions of this process", registry=self._registry
        )
        self.database_connections = Gauge(
            "cms_database_connections", "Connections of the pool, in use and idle", registry=self._registry
        )
        self.outbox_unpublished = Gauge(
            "cms_outbox_unpublished", "Announcements that wait to be published", registry=self._registry
        )
        self.outbox_oldest = Gauge(
            "cms_outbox_oldest_seconds", "How long the oldest of them has been waiting", registry=self._registry
        )
        for outcome in EVENT_OUTCOMES:
            self.events.labels(outcome)
        for outcome in ESSAY_OUTCOMES:
            self.essays.labels(outcome)

    def render(self) -> bytes:
        """All of it as Prometheus text."""
        return generate_latest(self._registry)
