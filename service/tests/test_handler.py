"""What happens to a group of messages, with stores in memory: nothing moves before its effect is durable."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord
from dishka import Provider, Scope, make_async_container, provide

from class_management.application.idempotency import Claim, ClaimState
from class_management.application.ports import TooLargeError, UnavailableError
from class_management.application.store_suggestions import StoreSuggestions
from class_management.domain.suggestions import Batch, BatchReport, EssayOutcome, EssayReport
from class_management.entrypoints.consumer.dead_letters import ROOMY
from class_management.entrypoints.consumer.handler import Handler
from class_management.entrypoints.consumer.patience import GivenUpError, Patience
from class_management.entrypoints.consumer.reporter import Reporter
from class_management.metrics import Metrics
from class_management.tracing import Tracing

from .records import envelope, record

STORED = BatchReport([EssayReport("e", EssayOutcome.STORED)])
HOPELESS = BatchReport([EssayReport("e", EssayOutcome.FAILED, "class does not exist")])


class World:
    """The handler among stand-ins that write down what happens, in order."""

    def __init__(self) -> None:
        self.happened: list[tuple[str, int]] = []
        self.states: dict[str, ClaimState] = {}
        self.store: Callable[[Sequence[Batch]], list[BatchReport]] = lambda batches: [STORED] * len(batches)
        self.publishing_fails = 0
        self.most_headers = 100
        self.too_large = asyncio.Event()
        self.sent: list[tuple[bytes | None, dict[str, bytes]]] = []
        self.renewal_seconds = 0.001
        self.renewing = False
        self.metrics = Metrics()
        self.patience = Patience()
        container = make_async_container(_UnitOfWork(self))
        self.handler = Handler(container, self, self, Reporter(self.metrics, Tracing()))

    async def handle(self, *records: ConsumerRecord) -> int:
        """Let the handler handle."""
        return await self.handler.handle(records, self.patience)

    def counted(self, outcome: str) -> float:
        """The counter of events."""
        [line] = [
            line for line in self.metrics.render().decode().splitlines() if f'events_total{{outcome="{outcome}"' in line
        ]
        return float(line.split()[-1])

    async def take(self, claims: Sequence[Claim]) -> list[ClaimState]:
        self.happened.append(("take", len(claims)))
        return [self.states.get(claim.place, ClaimState.TAKEN) for claim in claims]

    async def renew(self, claims: Sequence[Claim]) -> None:
        self.renewing = True
        await asyncio.sleep(0.005)
        self.renewing = False
        self.happened.append(("renew", len(claims)))

    async def complete(self, claims: Sequence[Claim]) -> None:
        assert not self.renewing, "a renewal is still on its way"
        self.happened.append(("complete", len(claims)))

    async def release(self, claims: Sequence[Claim]) -> None:
        assert not self.renewing, "a renewal is still on its way, and would bring the key back"
        if claims:
            self.happened.append(("release", len(claims)))

    async def publish(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        if self.publishing_fails:
            self.publishing_fails -= 1
            raise UnavailableError(topic)
        if len(headers) > self.most_headers:
            self.too_large.set()
            raise TooLargeError(topic)
        assert key == b"key"
        self.happened.append(("publish", 1))
        self.sent.append((value, dict(headers)))


class _UnitOfWork(Provider):
    scope = Scope.REQUEST

    def __init__(self, world: World):
        super().__init__()
        self._world = world

    @provide(provides=StoreSuggestions)
    def store(self) -> Any:
        """Stands in for the use case."""

        async def store(batches: Sequence[Batch]) -> list[BatchReport]:
            self._world.happened.append(("store", len(batches)))
            await asyncio.sleep(0)
            return self._world.store(batches)

        return store


@pytest.fixture
async def world() -> World:
    return World()


async def test_a_group_is_claimed_stored_and_completed_in_this_order(world: World) -> None:
    assert await world.handle(record(envelope(), offset=0), record(envelope(), offset=1)) == 2
    assert world.happened == [("take", 2), ("store", 2), ("complete", 2)]
    assert world.counted("processed") == 2


async def test_what_can_never_be_processed_is_a_dead_letter_with_its_headers(world: World) -> None:
    junk = record(b"\xff", {"trace_id": b"c-1", "own": b"\x00"}, offset=41)
    assert await world.handle(junk) == 1
    [(value, headers)] = world.sent
    assert value == b"\xff"
    assert headers == {
        "trace_id": b"c-1",
        "own": b"\x00",
        "dlq.reason": b"no envelope: not UTF-8",
        "dlq.topic": junk.topic.encode(),
        "dlq.partition": b"0",
        "dlq.offset": b"41",
        "dlq.correlation_id": b"c-1",
    }
    assert world.counted("dead_letter") == 1


async def test_a_dead_letter_that_does_not_fit_with_its_reason_is_kept_without(world: World) -> None:
    large = b"\xff" * ROOMY
    world.most_headers = 1
    assert await world.handle(record(large, {"own": b"\x00"})) == 1
    assert world.sent == [(large, {"own": b"\x00"})]
    assert world.counted("dead_letter") == 1


async def test_a_small_dead_letter_that_is_refused_waits_with_its_reason(world: World) -> None:
    world.most_headers = 1
    handling = asyncio.create_task(world.handle(record(b"\xff", {"own": b"\x00"})))
    await world.too_large.wait()
    world.most_headers = 100
    assert await handling == 1
    ((_, headers),) = world.sent
    assert "dlq.reason" in headers


async def test_an_impossible_event_is_a_dead_letter_and_its_claim_released(world: World) -> None:
    world.store = lambda batches: [HOPELESS] * len(batches)
    assert await world.handle(record(envelope())) == 1
    assert world.happened == [("take", 1), ("store", 1), ("publish", 1), ("complete", 0), ("release", 1)]


async def test_foreign_events_get_no_claim_and_duplicates_no_work(world: World) -> None:
    world.states["0:1"] = ClaimState.COMPLETED
    done = await world.handle(record(envelope(event_type="x.y"), offset=0), record(envelope(), offset=1))
    assert done == 2
    assert world.happened == [("take", 1), ("complete", 0)]
    assert (world.counted("foreign"), world.counted("duplicate")) == (1, 1)


async def test_without_redis_the_work_is_done_all_the_same(world: World) -> None:
    world.states["0:0"] = ClaimState.UNKNOWN
    assert await world.handle(record(envelope())) == 1
    assert world.happened == [("take", 1), ("store", 1), ("complete", 1)]


async def test_what_somebody_else_works_on_is_waited_for_with_all_behind_it(world: World) -> None:
    world.states["0:1"] = ClaimState.HELD
    records = [record(envelope(), offset=offset) for offset in range(3)]
    assert await world.handle(*records) == 1
    assert world.happened == [("take", 3), ("release", 1), ("store", 1), ("complete", 1)]
    assert await world.handle(*records[1:]) == 0


async def test_trouble_is_waited_out_while_the_claim_is_renewed(world: World) -> None:
    troubles = iter([UnavailableError("database: away")] * 2)

    def store(batches: Sequence[Batch]) -> list[BatchReport]:
        if trouble := next(troubles, None):
            raise trouble
        return [STORED] * len(batches)

    world.store = store
    assert await world.handle(record(envelope())) == 1
    assert world.counted("retried") == 2
    assert ("renew", 1) in world.happened
    assert world.happened[-1] == ("complete", 1)
    assert world.sent == []


async def test_a_dead_letter_that_cannot_be_written_is_tried_again(world: World) -> None:
    world.publishing_fails = 2
    assert await world.handle(record(b"junk")) == 1
    assert len(world.sent) == 1


async def test_a_dead_letter_that_does_not_fit_at_all_waits_until_it_does(world: World) -> None:
    world.most_headers = -1
    handling = asyncio.create_task(world.handle(record(b"\xff" * ROOMY)))
    await world.too_large.wait()
    assert (world.sent, world.counted("retried")) == ([], 1)
    world.most_headers = 100
    assert await handling == 1
    assert len(world.sent) == 1


async def test_work_that_is_given_up_releases_its_claims(world: World) -> None:
    def store(_: Sequence[Batch]) -> list[BatchReport]:
        world.patience.end()
        raise UnavailableError("database: away")

    world.store = store
    with pytest.raises(GivenUpError):
        await world.handle(record(envelope()))
    assert world.happened[-1] == ("release", 1)


async def test_work_that_is_cancelled_releases_its_claims(world: World) -> None:
    def store(_: Sequence[Batch]) -> list[BatchReport]:
        raise asyncio.CancelledError

    world.store = store
    with pytest.raises(asyncio.CancelledError):
        await world.handle(record(envelope()))
    assert world.happened[-1] == ("release", 1)


async def test_of_a_group_only_the_message_pays_that_breaks_it(world: World) -> None:
    event = envelope()
    guilty, guilty_batch = record(event, offset=1), UUID(event["data"]["batch_id"])

    def store(batches: Sequence[Batch]) -> list[BatchReport]:
        if any(batch.batch_id == guilty_batch for batch in batches):
            raise TypeError("nobody foresaw this")
        return [STORED] * len(batches)

    world.store = store
    assert await world.handle(record(envelope(), offset=0), guilty, record(envelope(), offset=2)) == 3
    [(value, headers)] = world.sent
    assert (value, headers["dlq.reason"]) == (guilty.value, b"unexpected TypeError")
    assert [many for what, many in world.happened if what == "store"] == [3, 1, 1, 1, 1, 1]
    assert world.happened[-2:] == [("complete", 2), ("release", 1)]
    assert (world.counted("processed"), world.counted("dead_letter"), world.counted("retried")) == (2, 1, 2)


async def test_what_nobody_foresaw_and_passes_again_is_nobody_s_fault(world: World) -> None:
    mistakes = iter([TypeError(), TypeError()])

    def store(batches: Sequence[Batch]) -> list[BatchReport]:
        if mistake := next(mistakes, None):
            raise mistake
        return [STORED] * len(batches)

    world.store = store
    assert await world.handle(record(envelope())) == 1
    assert world.sent == []
    assert (world.counted("processed"), world.counted("retried")) == (1, 2)
