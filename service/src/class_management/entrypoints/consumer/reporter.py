"""What became of events and essays, as log lines, counters and spans (P5, P7, P9, M1, M2); nothing personal (S1)."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence

from class_management.application.idempotency import ClaimState
from class_management.domain.suggestions import BatchReport, EssayOutcome
from class_management.entrypoints.consumer.decode import Foreign, Message, Suggested
from class_management.entrypoints.consumer.wire import TOPIC
from class_management.metrics import Metrics
from class_management.tracing import Attributes, Kind, Tracing

LONGEST_GIVEN_ID = 64
SPAN = f"process {TOPIC}"

logger = logging.getLogger(__name__)


class Reporter:
    """Tells what became of messages, once it is final."""

    def __init__(self, metrics: Metrics, tracing: Tracing):
        self._metrics = metrics
        self._tracing = tracing

    def done(self, messages: Sequence[Message], seconds: float) -> None:
        """The messages have had their effect, all together after `seconds`."""
        for message in messages:
            self._metrics.event_seconds.observe(seconds)
            counts = _count(message.report) if message.report else {}
            with message.about():
                outcome = self._outcome(message, counts)
                self._metrics.events.labels(outcome).inc()
                about = _attributes(message, outcome, len(messages))
                self._tracing.record(
                    SPAN,
                    Kind.EVENT,
                    parent=message.traceparent,
                    seconds=seconds,
                    attributes=about,
                    failure=message.failure,
                )
                for became, count in counts.items():
                    self._metrics.essays.labels(became).inc(count)
                if message.report is not None:
                    self._essays(message.report)

    def retried(self, messages: Sequence[Message], reason: str, attempts: int) -> None:
        """The messages wait for something that is out of order; told of each once, then of the first alone."""
        for message in messages if attempts == 0 else messages[:1]:
            with message.about():
                self._metrics.events.labels("retried").inc()
                logger.warning("event waits to be retried", extra={"reason": reason, "attempts": attempts + 1})

    def held(self, message: Message) -> None:
        """Somebody else is at work on the same event."""
        with message.about():
            logger.debug("event is being worked on elsewhere, waiting")

    def _outcome(self, message: Message, counts: Mapping[str, int]) -> str:
        if isinstance(message.content, Foreign):
            logger.info("foreign event passed over", extra={"event_type": message.content.event_type[:255]})
            return "foreign"
        if message.failure is not None:
            logger.error("event is a dead letter", extra={"reason": message.failure})
            return "dead_letter"
        if message.claim_state is ClaimState.CONFLICTING:
            logger.warning("event has come before with other data, the first counts")
            return "duplicate"
        if message.claim_state is ClaimState.COMPLETED:
            logger.info("event has come before")
            return "duplicate"
        logger.info("event processed", extra={"essays": counts})
        return "processed"

    def _essays(self, report: BatchReport) -> None:
        for essay in report.essays:
            if essay.outcome is EssayOutcome.STORED and not essay.skipped:
                continue
            about = {"essay_id": essay.essay_id[:LONGEST_GIVEN_ID]}
            for student_id in essay.skipped:
                logger.info("suggestion skipped, its student is unknown", extra={**about, "student_id": student_id})
            if essay.outcome is EssayOutcome.FAILED:
                logger.error("essay cannot be stored", extra={**about, "reason": essay.reason})
            elif essay.outcome is EssayOutcome.ALREADY_ASSOCIATED:
                logger.info("essay skipped, it has an association already", extra=about)
            elif essay.outcome is EssayOutcome.UNKNOWN_STUDENT:
                logger.warning("essay left open, no suggested student is known", extra=about)


def _count(report: BatchReport) -> dict[str, int]:
    """How many essays had which outcome; counted in one go, for there are many."""
    return {outcome.value: count for outcome, count in Counter(essay.outcome for essay in report.essays).items()}


def _attributes(message: Message, outcome: str, handled_together: int) -> Attributes:
    """What the span of an event tells: where it was, which it is, what became of it."""
    ids = {"event_id": message.event_id, "correlation_id": message.correlation_id}
    if isinstance(message.content, Suggested):
        ids["batch_id"] = message.content.batch_id
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": message.record.topic,
        "messaging.destination.partition.id": str(message.record.partition),
        "messaging.kafka.offset": message.record.offset,
        "messaging.batch.message_count": handled_together,
        "outcome": outcome,
        **{name: id_[:LONGEST_GIVEN_ID] for name, id_ in ids.items() if id_},
    }
