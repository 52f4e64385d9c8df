"""The use case behind the relay, over an outbox in memory."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import pytest

from class_management.application.outbox import Backlog, Delivery, OutboxState, Outgoing, RelayOutbox
from class_management.application.ports import UnavailableError

ONE, TWO, THREE = (UUID(int=number) for number in range(1, 4))


class Box:
    """An outbox, its transaction, and a way to Kafka that delivers all but `refused` and what lies behind `stuck`."""

    def __init__(self, *ids: UUID) -> None:
        self.waiting = list(ids)
        self.refused: dict[UUID, str] = {}
        self.stuck: UUID | None = None
        self.at_work_elsewhere = False
        self.commit_fails = False
        self.marked: tuple[set[UUID], dict[UUID, str]] = (set(), {})
        self.sent: list[UUID] = []

    async def backlog(self) -> Backlog:
        left = [id_ for id_ in self.waiting if id_ not in self.marked[0]]
        return Backlog(len(left), 1.5 if left else 0.0, len(self.marked[1]))

    async def take(self, share: int, without: Collection[UUID]) -> list[Outgoing] | None:
        if self.at_work_elsewhere:
            return None
        return [Outgoing(id_, "topic", None, b"") for id_ in self.waiting if id_ not in without][:share]

    async def mark(self, published: Collection[UUID], refused: Mapping[UUID, str]) -> None:
        self.marked = (set(published), dict(refused))

    async def deliver(self, events: Sequence[Outgoing]) -> Delivery:
        ids = [event.id for event in events]
        trouble = None
        if self.stuck in ids:
            ids, trouble = ids[: ids.index(self.stuck)], "kafka: away"
        self.sent += ids
        return Delivery([id_ for id_ in ids if id_ not in self.refused], self.refused, trouble)

    async def commit(self) -> None:
        if self.commit_fails:
            raise UnavailableError("database: away")
        self.waiting = [id_ for id_ in self.waiting if id_ not in self.marked[0]]

    async def rollback(self) -> None:
        self.marked = (set(), {})


async def test_what_waits_is_published_and_marked() -> None:
    box, state = Box(ONE, TWO), OutboxState()
    made = await RelayOutbox(box, box, box, state)()
    assert (box.sent, box.waiting, made.more) == ([ONE, TWO], [], False)
    assert state.backlog.waiting == 0
    assert state.trouble() is None


async def test_nothing_is_taken_where_nothing_waits() -> None:
    box = Box()
    box.at_work_elsewhere = True
    assert not (await RelayOutbox(box, box, box, OutboxState())()).more


async def test_while_another_replica_publishes_it_is_looked_again_soon() -> None:
    box = Box(ONE)
    box.at_work_elsewhere = True
    made = await RelayOutbox(box, box, box, OutboxState())()
    assert (made.more, made.delivery.published, box.sent) == (True, (), [])


async def test_what_could_not_be_marked_is_published_again() -> None:
    box, state = Box(ONE), OutboxState()
    box.commit_fails = True
    with pytest.raises(UnavailableError):
        await RelayOutbox(box, box, box, state)()
    box.commit_fails = False
    box.marked = (set(), {})
    await RelayOutbox(box, box, box, state)()
    assert (box.sent, box.waiting) == ([ONE, ONE], [])


async def test_what_is_in_trouble_waits_and_is_told() -> None:
    box, state = Box(ONE, TWO, THREE), OutboxState()
    box.stuck = TWO
    made = await RelayOutbox(box, box, box, state)()
    assert (box.waiting, made.delivery.trouble) == ([TWO, THREE], "kafka: away")
    assert state.backlog.waiting == 2


async def test_what_is_refused_is_reported_and_left_alone_for_a_while() -> None:
    box, state = Box(ONE, TWO), OutboxState()
    box.refused = {ONE: "larger than topic takes"}
    await RelayOutbox(box, box, box, state)()
    assert (box.waiting, state.trouble()) == ([ONE], "1 event is refused by kafka")
    box.sent.clear()
    made = await RelayOutbox(box, box, box, state)()
    assert (box.sent, made.more) == ([], False)
