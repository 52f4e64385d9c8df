"""Spans to a collector, by OTLP over HTTP; loaded only where one is configured, for it takes a while to load.

The provider is one composition's own (L3): nothing here is global.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from class_management import SERVICE_NAME, __version__
from class_management.settings import Settings
from class_management.tracing import TRACEPARENT, Attributes, Kind, Span, Tracing, in_hand

EXPORT_SECONDS = 5.0
"""How long one attempt to send may take, with all that follow it."""
SEND_EVERY_MILLISECONDS = 1_000
LARGEST_QUEUE, LARGEST_BATCH = 4096, 512
"""Spans; what comes when the queue is full is lost, rather than held in the way of work."""
CLOSE_SECONDS = 1.0
KINDS = {
    Kind.REQUEST: SpanKind.SERVER,
    Kind.EVENT: SpanKind.CONSUMER,
    Kind.PUBLICATION: SpanKind.PRODUCER,
    Kind.OWN_WORK: SpanKind.INTERNAL,
}

_propagator = TraceContextTextMapPropagator()

logger = logging.getLogger(__name__)


class OtlpTracing(Tracing):
    """Makes real spans and hands them to `processor`."""

    def __init__(self, processor: SpanProcessor, environment: str):
        ours = {
            "service.name": SERVICE_NAME,
            "service.version": __version__,
            "deployment.environment.name": environment,
        }
        # What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say comes before what we say.
        resource = Resource.create().merge(Resource(ours)).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False, meter_provider=NoOpMeterProvider())
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("class_management", __version__)

    @contextmanager
    def span(self, name: str, kind: Kind, parent: str | None = None) -> Iterator[Span]:
        """Do what is inside as a span."""
        span = self._tracer.start_span(name, _context(parent), KINDS[kind])
        try:
            with in_hand(_traceparent_of(span)):
                yield _Recorded(span)
        except BaseException as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)  # its text may tell more than anybody should know
            raise
        finally:
            span.end()

    def record(
        self,
        name: str,
        kind: Kind,
        *,
        parent: str | None,
        seconds: float,
        attributes: Attributes,
        failure: str | None = None,
    ) -> None:
        """Tell of what has just been done."""
        ended = time.time_ns()
        begun = ended - int(seconds * 1e9)
        span = self._tracer.start_span(name, _context(parent), KINDS[kind], attributes, start_time=begun)
        if failure is not None:
            span.set_status(StatusCode.ERROR, failure)
        span.end(ended)

    async def close(self) -> None:
        """Send what has not been sent, within CLOSE_SECONDS; never raises."""
        loop, closed = asyncio.get_running_loop(), asyncio.Event()

        def shut_down() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # nobody waits any more
                loop.call_soon_threadsafe(closed.set)

        # A thread that nobody waits for at the end of the process, as the loop would for one of its own.
        threading.Thread(target=shut_down, name="closing traces", daemon=True).start()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await closed.wait()
        except TimeoutError:
            logger.warning("the last spans were not sent in time")


class _Recorded(Span):
    """A span of the SDK's."""

    def __init__(self, span: OtelSpan):
        self._span = span

    def rename(self, name: str) -> None:
        """Call it by a better name."""
        self._span.update_name(name)

    def note(self, attributes: Attributes) -> None:
        """Add attributes."""
        self._span.set_attributes(attributes)

    def fail(self, reason: str) -> None:
        """Take note that it did not succeed."""
        self._span.set_status(StatusCode.ERROR, reason)


def connect(settings: Settings) -> OtlpTracing:
    """Make what sends spans to the configured collector; connects at the first of them."""
    exporter = OTLPSpanExporter(
        endpoint=settings.traces_endpoint,
        headers=settings.traces_headers,
        timeout=EXPORT_SECONDS,
        compression=Compression.Gzip,
        meter_provider=NoOpMeterProvider(),
    )
    processor = BatchSpanProcessor(
        exporter,
        max_queue_size=LARGEST_QUEUE,
        schedule_delay_millis=SEND_EVERY_MILLISECONDS,
        max_export_batch_size=LARGEST_BATCH,
        export_timeout_millis=EXPORT_SECONDS * 1000,
        meter_provider=NoOpMeterProvider(),
    )
    return OtlpTracing(processor, settings.environment)


def _context(traceparent: str | None) -> Context:
    """The context that a traceparent names, an empty one where it is none: then a new trace begins."""
    return _propagator.extract({TRACEPARENT: traceparent} if traceparent else {}, Context())


def _traceparent_of(span: OtelSpan) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
