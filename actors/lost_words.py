"""Words between the service and what it depends on that are lost on their way, while the connection stays."""

from typing import Literal

from actors.auditor import Auditor
from actors.marker import Marker
from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.outages import TABLE, laboratory
from actors.somebody_else import SomebodyElse
from actors.storage import Storage
from harness.eventually import Patience
from harness.faults import Blocked, HeldCommits
from harness.sites import Site

Direction = Literal["upstream", "downstream"]
ASKED, ANSWERED = "the word", "the answer to it"
DIRECTIONS: dict[str, Direction] = {ASKED: "upstream", ANSWERED: "downstream"}
"""Who is not heard: what the service says has no effect; what it is answered has had it."""
BEGINS, ENDS = "begins", "is done"
OCCASIONS = (BEGINS, ENDS)
"""What the service tells Redis of an event."""
USED_AGAIN_WITHIN = 5.0
"""Seconds in which a service uses a Redis again that has come back."""
EARLIER = "an earlier batch"


class LostWords:
    """Has words get lost while an event is processed (R1, R3)."""

    def __init__(
        self,
        site: Site,
        operator: Operator,
        nlp: NlpService,
        somebody: SomebodyElse,
        *,
        auditor: Auditor,
        marker: Marker,
        storage: Storage,
        patience: Patience,
    ) -> None:
        self._site, self._operator, self._nlp, self._somebody = site, operator, nlp, somebody
        self._auditor, self._marker, self._storage, self._patience = auditor, marker, storage, patience

    async def are_lost_to_redis(self, whose: str, about: str, batch: str) -> None:
        """Have one of the two get lost while a batch is processed, which is stored all the same.

        It is mended after that, and the service has used Redis again when this returns. The two have spoken before, so
        that it is no connecting that fails.
        """
        await self._has_stored_an_earlier_batch()
        if about == ENDS:
            await self._is_at_work_on(batch)
        await self._lose("redis", whose)
        if about == ENDS:
            await self._somebody.lets_go()
        else:
            await self._nlp.suggests(batch, self._nlp.one_essay_a_student())
        await self._storage.holds_exactly(batch, self._nlp.one_essay_a_student())
        await self._auditor.record(self._nlp.last_event)  # what came of the words, for the journal
        await self._operator.mends_all()
        await self._marker.is_on_record(within=USED_AGAIN_WITHIN)

    async def answer_of_redis_is_lost_with_the_connection(self, batch: str) -> None:
        """Have Redis put a batch on record, and nobody hear of it, for the connection is closed; it is back at once.

        So who asks once more meets what it has said itself.
        """
        await self._has_stored_an_earlier_batch()
        await self._lose("redis", ANSWERED)
        await self._nlp.suggests(batch, self._nlp.one_essay_a_student())

        async def look() -> None:
            assert await self._auditor.record(self._nlp.last_event), "the event is not on record yet"

        await self._patience.eventually(look)
        await self._operator.mends_all()

    async def are_lost_to_postgres(self, whose: str, batch: str) -> None:
        """Have the commit of a batch, or the answer to it, get lost, and mend it once that has had its effect."""
        await self._has_stored_an_earlier_batch()
        if whose == ANSWERED:
            await self._loses_the_answer_to_a_commit(batch)
        else:
            await self._loses_a_commit(batch)
        await self._operator.mends_all()

    async def _loses_the_answer_to_a_commit(self, batch: str) -> None:
        postgres = laboratory(self._site, "PostgreSQL").postgres
        held = await self._operator.begins(HeldCommits(postgres, self._site.database, TABLE))
        await self._nlp.suggests(batch, self._nlp.one_essay_a_student())
        await self._patience.eventually(held.is_met)
        await self._lose("postgres", ANSWERED)
        await self._operator.mends_this(held)

        async def look() -> None:
            assert await self._auditor.rows(batch), "what was committed cannot be seen yet"

        await self._patience.eventually(look)

    async def _loses_a_commit(self, batch: str) -> None:
        await self._is_at_work_on(batch)
        await self._lose("postgres", ASKED)
        await self._somebody.lets_go()
        if not await self._patience.eventually(lambda: self._has_been_stored_by_one_word(batch)):
            await self._storage.neither_holds_nor_acknowledges(batch)

    async def _has_been_stored_by_one_word(self, batch: str) -> bool:
        """Tell whether a batch is stored, for its one statement commits itself; else it waits for a word to commit."""
        stored = await self._storage.holds_all_or_nothing_now(batch, self._nlp.one_essay_a_student())
        sessions = await self._auditor.sessions()
        assert stored or sessions.paused, f"the batch is not stored, and no transaction is open for it: {sessions}"
        return stored

    async def _has_stored_an_earlier_batch(self) -> None:
        await self._nlp.suggests(EARLIER, self._nlp.own_essay(EARLIER))
        await self._storage.holds_exactly(EARLIER, self._nlp.own_essay(EARLIER))

    async def _is_at_work_on(self, batch: str) -> None:
        await self._somebody.holds_class(self._nlp.class_name)
        await self._nlp.suggests(batch, self._nlp.one_essay_a_student())
        await self._somebody.is_waited_for()

    async def _lose(self, part: str, whose: str) -> None:
        here = laboratory(self._site, f"{whose} is lost")
        await self._operator.begins(Blocked(here.toxiproxy, part, DIRECTIONS[whose]))
