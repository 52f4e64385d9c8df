"""Spans: in whose trace they are, what they tell, and that there are none where nobody wants them."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from uuid import uuid4

import httpx
import pytest
from aiokafka import ConsumerRecord
from dishka import Provider, Scope, make_async_container
from litestar.types import Receive, Send
from litestar.types import Scope as AsgiScope
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from class_management import settings
from class_management.adapters import otlp
from class_management.adapters.announcements import announcement
from class_management.adapters.traced_courier import TracedCourier
from class_management.application.outbox import Delivery, Outgoing
from class_management.domain.events import TeacherNotified
from class_management.entrypoints.consumer.decode import decode
from class_management.entrypoints.consumer.reporter import Reporter
from class_management.entrypoints.http.spans import with_spans
from class_management.metrics import Metrics
from class_management.tracing import Kind, Tracing, current_traceparent

from .records import data, envelope, record

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
STRANGE = [None, "", "00-x", f"00-{'0' * 32}-{PARENT}-01", f"ff-{TRACE}-{PARENT}-01", 7, ["a"]]
REQUIRED = {
    "CLASS_MANAGEMENT_SERVICE_DATABASE_URL": "postgresql+asyncpg://u:p@db/name",
    "HULEEDU_INTERNAL_API_KEY": "key",
}


class Collected:
    """Tracing, and what it has collected."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.tracing = otlp.OtlpTracing(SimpleSpanProcessor(self._exporter), "test")

    @property
    def spans(self) -> list[ReadableSpan]:
        """All that have ended."""
        return list(self._exporter.get_finished_spans())

    def report(self, *records: ConsumerRecord) -> None:
        """Have the consumer report records as handled together."""
        Reporter(Metrics(), self.tracing).done([decode(one) for one in records], 0.25)

    async def request(self, path: str, status: int, **headers: str) -> None:
        """Send a request to an application that answers so."""

        async def app(scope: AsgiScope, _: Receive, send: Send) -> None:
            if scope["path"].startswith("/v1/classes/"):
                scope["path_template"] = "/v1/classes/{class_id}"
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        provider = Provider(scope=Scope.APP)
        provider.provide(lambda: self.tracing, provides=Tracing)
        wrapped = with_spans(app, make_async_container(provider))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=wrapped), base_url="http://test") as client:
            await client.get(path, headers=headers)


@pytest.fixture
def collected() -> Collected:
    return Collected()


def trace_of(span: ReadableSpan) -> str:
    return f"{span.get_span_context().trace_id:032x}"


def parent_of(span: ReadableSpan) -> str | None:
    return f"{span.parent.span_id:016x}" if span.parent else None


async def test_a_request_continues_the_trace_of_its_header(collected: Collected) -> None:
    await collected.request("/v1/classes/1?name=Anna", 200, traceparent=TRACEPARENT)
    [span] = collected.spans
    assert (trace_of(span), parent_of(span)) == (TRACE, PARENT)
    assert (span.name, span.kind) == ("GET /v1/classes/{class_id}", trace.SpanKind.SERVER)
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/classes/{class_id}",
        "http.response.status_code": 200,
        "correlation_id": "",
    }


async def test_a_request_without_a_trace_begins_one_and_what_monitoring_asks_none(collected: Collected) -> None:
    for path in ("/healthz", "/livez", "/metrics", "/anything/Anna"):
        await collected.request(path, 404)
    [span] = collected.spans
    assert (span.name, span.parent, span.status.is_ok) == ("HTTP", None, True)


async def test_an_answer_that_is_the_service_s_fault_is_a_failure(collected: Collected) -> None:
    await collected.request("/v1/classes/1", 503)
    [span] = collected.spans
    assert not span.status.is_ok


def test_each_event_continues_its_own_trace_also_when_handled_in_a_group(collected: Collected) -> None:
    other = TRACEPARENT.replace("4", "5")
    first, second = (envelope(metadata={"traceparent": given, "more": {}}) for given in (TRACEPARENT, other))
    collected.report(record(first, offset=7), record(second))
    one, two = collected.spans
    assert (trace_of(one), parent_of(one)) == (TRACE, PARENT)
    assert trace_of(two) == TRACE.replace("4", "5")
    assert one.kind is trace.SpanKind.CONSUMER
    assert one.end_time and one.start_time and one.end_time - one.start_time == 250_000_000
    assert one.attributes and one.attributes["messaging.batch.message_count"] == 2
    assert one.attributes["event_id"] == first["event_id"]
    assert one.attributes["batch_id"] == first["data"]["batch_id"]
    assert one.attributes["messaging.kafka.offset"] == 7


@pytest.mark.parametrize("given", STRANGE)
def test_a_traceparent_that_is_none_begins_a_new_trace(collected: Collected, given: object) -> None:
    collected.report(record(envelope(metadata={"traceparent": given})))
    [span] = collected.spans
    assert span.parent is None
    assert span.attributes and span.attributes["outcome"] == "processed"


def test_a_dead_letter_is_a_failure_and_no_name_is_told(collected: Collected) -> None:
    collected.report(record(b"\xff"), record(envelope(data=data(course_code="Åsa Lind"))), record(envelope()))
    assert [span.status.is_ok for span in collected.spans] == [False, False, True]
    assert "Åsa" not in "".join(span.to_json() for span in collected.spans)


async def test_what_is_published_is_in_the_trace_of_the_change(collected: Collected) -> None:
    event_id, refused, later = uuid4(), uuid4(), uuid4()

    class Kafka:
        async def deliver(self, _: Sequence[Outgoing]) -> Delivery:
            return Delivery({event_id}, {refused: "too large"}, "kafka: away")

    with collected.tracing.span("change", Kind.REQUEST, TRACEPARENT):
        told = announcement(TeacherNotified("t", uuid4(), "8B"), event_id, uuid4(), current_traceparent())
    assert told.envelope.metadata is not None
    traceparent = told.envelope.metadata["traceparent"]
    events = [Outgoing(id_, told.topic, b"k", b"v", (), traceparent) for id_ in (event_id, refused, later)]
    await TracedCourier(Kafka(), collected.tracing).deliver(events)
    change, published, failed = collected.spans
    assert {trace_of(span) for span in (change, published, failed)} == {TRACE}
    assert parent_of(published) == f"{change.get_span_context().span_id:016x}"
    assert (published.kind, published.status.is_ok) == (trace.SpanKind.PRODUCER, True)
    assert (failed.attributes or {})["event_id"] == str(refused)
    assert failed.status.description == "too large"


def test_without_a_collector_an_event_tells_of_no_trace() -> None:
    with Tracing().span("change", Kind.REQUEST, TRACEPARENT):
        told = announcement(TeacherNotified("t", uuid4(), "8B"), uuid4(), uuid4(), current_traceparent())
    assert told.envelope.metadata is None


def test_a_span_in_hand_can_be_continued_by_others(collected: Collected) -> None:
    with pytest.raises(KeyError), collected.tracing.span("outer", Kind.OWN_WORK, TRACEPARENT):
        collected.tracing.record("inner", Kind.PUBLICATION, parent=current_traceparent(), seconds=0.1, attributes={})
        raise KeyError("Anna")
    assert current_traceparent() is None
    inner, outer = collected.spans
    assert trace_of(inner) == trace_of(outer) == TRACE
    assert parent_of(inner) == f"{outer.get_span_context().span_id:016x}"
    assert outer.status.description == "KeyError"
    assert "Anna" not in outer.to_json()


def test_two_compositions_do_not_mix_and_nothing_is_global(collected: Collected) -> None:
    other = Collected()
    collected.report(record(envelope()))
    assert (len(collected.spans), len(other.spans)) == (1, 0)
    assert isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def test_what_is_told_of_the_service_can_be_chosen(monkeypatch: pytest.MonkeyPatch, collected: Collected) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "service.name=ours,deployment.environment.name=staging")
    chosen = Collected()
    for one in (collected, chosen):
        one.report(record(envelope()))
    named = [
        (
            one.spans[0].resource.attributes["service.name"],
            one.spans[0].resource.attributes["deployment.environment.name"],
        )
        for one in (collected, chosen)
    ]
    assert named == [("class_management_service", "test"), ("ours", "staging")]


class Collector:
    """A server that keeps what it is sent, and answers, or does not."""

    def __init__(self, answers: bool) -> None:
        self._answers = answers
        self.received = b""

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        self.received += await reader.readuntil(b"\r\n\r\n")
        if self._answers:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
            writer.close()
        else:
            await asyncio.sleep(10)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(otlp, "CLOSE_SECONDS", 0.3)
    yield


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("answers", [True, False])
async def test_the_last_spans_are_sent_at_a_stop_which_waits_for_no_collector_that_hangs(
    answers: bool, caplog: pytest.LogCaptureFixture
) -> None:
    collector = Collector(answers)
    server = await asyncio.start_server(collector.take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    given = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}/", "OTEL_EXPORTER_OTLP_HEADERS": "key=s%20t"}
    tracing = otlp.connect(settings.load(REQUIRED | given))
    with tracing.span("work", Kind.OWN_WORK):
        pass
    begun = time.monotonic()
    await tracing.close()
    assert time.monotonic() - begun < 1.5
    assert ("the last spans were not sent in time" in caplog.messages) is not answers
    assert collector.received.startswith(b"POST /v1/traces HTTP/1.1\r\n")
    assert b"key: s t\r\n" in collector.received
    server.close()


def test_without_a_collector_nothing_of_it_is_loaded() -> None:
    """Loading takes a tenth of a second of each start."""
    code = (
        "import asyncio, sys; from class_management import __main__ as command; asyncio.run = lambda c: c.close()\n"
        "command.run_service(); print([name for name in sys.modules if name.startswith('opentelemetry.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=REQUIRED, capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
