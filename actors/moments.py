"""Moments between reading an event and acknowledging it, at which the service is held up, and killed (R4).

It is held up from outside: one of the parts that it needs is blocked, while another one shows how far it has come.
"""

from collections.abc import Awaitable, Callable

from actors import wire
from actors.auditor import Auditor
from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.outages import laboratory
from actors.records import Records
from actors.somebody_else import SomebodyElse
from actors.storage import Storage
from harness.eventually import Patience
from harness.faults import Blocked, HeldWrites
from harness.sites import Site

READ = "the event is read, and not on record"
ON_RECORD = "the event is on record, and nothing is being stored"
HALF_WAY = "the batch is being stored, and not committed"
STORED = "the batch is stored, and the event not on record as done"
DONE = "the event is on record as done, and not acknowledged"

EARLIER = "an earlier batch"
"""What is done before: a service that has never done anything shows little."""


class Moments:
    """Brings the service to a moment, with two batches on their way, and kills it there."""

    def __init__(
        self,
        site: Site,
        operator: Operator,
        nlp: NlpService,
        somebody: SomebodyElse,
        *,
        auditor: Auditor,
        storage: Storage,
        records: Records,
        patience: Patience,
    ) -> None:
        self._site, self._operator, self._nlp, self._somebody = site, operator, nlp, somebody
        self._auditor, self._storage, self._records, self._patience = auditor, storage, records, patience
        self._batches: tuple[str, ...] = ()

    async def come(self, moment: str, batch: str, behind: str) -> None:
        """Publish a batch and another one behind it, and wait until the service is held up at the `moment`."""
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            READ: self._read,
            ON_RECORD: self._on_record,
            HALF_WAY: self._half_way,
            STORED: self._stored,
            DONE: self._done,
        }
        assert moment in ways, f"no moment {moment!r}; known: {', '.join(ways)}"
        await self._nlp.suggests(EARLIER, self._nlp.own_essay(EARLIER))
        await self._storage.holds_exactly(EARLIER, self._nlp.own_essay(EARLIER))
        self._batches = batch, behind
        await ways[moment]()
        acknowledgement = await self._auditor.acknowledgement(self._nlp.position_about(batch))
        assert not acknowledgement.is_passed, f'"{batch}" is acknowledged already: {acknowledgement.seen}'

    async def _come_in(self) -> None:
        for batch in self._batches:
            await self._nlp.suggests(batch, self._nlp.own_essay(batch))

    async def _read(self) -> None:
        """What asks Redis to write waits there; PostgreSQL is blocked, too, for who gives Redis up goes on."""
        here = laboratory(self._site, READ)
        held = await self._operator.begins(HeldWrites(here.redis))
        await self._blocks("postgres")
        await self._come_in()

        async def look() -> None:
            assert await held.waiting(), "the service has not asked Redis to put an event on record yet"

        await self._patience.eventually(look)
        assert await self._record() is None, "the event is on record already"

    async def _on_record(self) -> None:
        await self._blocks("postgres")
        await self._come_in()
        await self._patience.eventually(self._is_being_processed)
        await self._storage.holds_nothing_now(self._batches[0])

    async def _half_way(self) -> None:
        await self._is_at_work()
        await self._storage.holds_nothing_now(self._batches[0])

    async def _stored(self) -> None:
        """Kafka is blocked, too, for who gives Redis up goes on."""
        await self._is_at_work()
        await self._operator.begins(HeldWrites(laboratory(self._site, STORED).redis))
        await self._blocks("kafka")
        await self._somebody.lets_go()
        await self._patience.eventually(self._is_stored)
        record = await self._record()
        assert record is None or record["status"] != "completed", f"the event is on record as done already: {record}"

    async def _done(self) -> None:
        await self._is_at_work()
        await self._blocks("kafka")
        await self._somebody.lets_go()
        await self._records.come_to_hold_the_event_about(self._batches[0])

    async def _is_at_work(self) -> None:
        await self._somebody.holds_class(self._nlp.class_name)
        await self._come_in()
        await self._somebody.is_waited_for()

    async def _blocks(self, part: str) -> None:
        await self._operator.begins(Blocked(laboratory(self._site, part).toxiproxy, part, "upstream"))

    async def _is_being_processed(self) -> None:
        record = await self._record()
        assert record is not None and record["status"] == "processing", f"the record of the event is {record}"

    async def _is_stored(self) -> None:
        assert await self._auditor.rows(self._batches[0]), f'nothing of "{self._batches[0]}" is stored yet'

    async def _record(self) -> dict[str, object] | None:
        return await self._auditor.record(self._event)

    @property
    def _event(self) -> wire.Event:
        return self._nlp.event_about(self._batches[0])

    async def end_in_a_kill(self) -> None:
        """Kill the service, take away what held it up, and start it again."""
        await self._operator.kills_service()
        await self._operator.mends_all()
        await self._somebody.gives_up()
        await self._operator.starts_service()

    async def have_come_to_nothing(self) -> None:
        """Raise AssertionError if one of the batches is stored or acknowledged now (P8)."""
        for batch in self._batches:
            await self._storage.neither_holds_nor_acknowledges(batch)

    async def have_done_no_harm(self) -> None:
        """Wait until exactly both batches are stored, on record and acknowledged, and see that none is put aside."""
        for batch in self._batches:
            await self._storage.holds_exactly(batch, self._nlp.own_essay(batch))
            await self._storage.has_not_put_aside(batch)
            await self._records.hold_the_acknowledged_event_about(batch)
