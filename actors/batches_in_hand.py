"""Batches that replicas have in hand, or that wait behind those, when one of them goes or joins (R5)."""

from collections.abc import Sequence

from actors.acknowledgements import Acknowledgements
from actors.chronicle import Chronicle
from actors.hands import Hands
from actors.nlp_service import NlpService, Rows
from actors.replicas import Replicas
from actors.somebody_else import SomebodyElse
from actors.storage import Storage

HELD_ESSAY = "The sea"
TAKEN_OVER_WITHIN = 10.0
"""Seconds in which others have to have done the work of a replica, once Kafka has given it up."""


class BatchesInHand:
    """Held by somebody else until the moment has come; in the end all are stored, each once."""

    def __init__(
        self,
        replicas: Replicas,
        nlp: NlpService,
        somebody: SomebodyElse,
        storage: Storage,
        *,
        acknowledgements: Acknowledgements,
        chronicle: Chronicle,
        hands: Hands,
    ) -> None:
        self._replicas, self._nlp, self._somebody, self._storage = replicas, nlp, somebody, storage
        self._acknowledgements, self._chronicle, self._hands = acknowledgements, chronicle, hands
        self._batches: dict[str, Rows] = {}

    async def are_half_done(self, batch: str, behind: Sequence[str]) -> None:
        """Have the last replica wait in the middle of a batch, with an essay stored but not committed.

        Somebody else is just storing the next one, and another is behind that, or what the replica was waiting for
        would be all that is left to do: PostgreSQL finishes it even for one that is dead. The batches `behind` come in
        through the same partition.
        """
        self._nlp.partition = await self._replicas.partition_of_the_last()
        first, second = self._nlp.students[:2]
        await self._somebody.begins_to_store(HELD_ESSAY, first, self._nlp.class_name)
        rows = [
            {"essay": "My summer", "student": first},
            {"essay": HELD_ESSAY, "student": second},
            {"essay": "Freedom", "student": first},
        ]
        await self._come_in(batch, rows, self._nlp.partition)
        await self._somebody.is_waited_for()
        for name in behind:
            await self._come_in(name, self._nlp.own_essay(name), self._nlp.partition)

    async def are_held_up(self, batches: Sequence[str]) -> None:
        """Publish a batch through each partition while somebody else is just storing its essay, and wait for a hand.

        Each is held by a session of its own, which tells who is at work on which.
        """
        for partition, batch in enumerate(batches):
            rows = self._nlp.own_essay(batch)
            await self._somebody.begins_to_store(rows[0]["essay"], self._nlp.students[0], self._nlp.class_name)
            await self._come_in(batch, rows, partition)
        await self._hands.take_up(len(batches))

    async def meet_a_new_replica(self) -> None:
        """Have one more replica join, and raise AssertionError unless it takes up some of them.

        Where the others do not give up what they have in hand, they have to finish it before it can have its share.
        """
        await self._hands.are_told_apart_from_now_on()
        has_its_share = await self._replicas.one_joins()
        await self._are_neither_stored_nor_acknowledged()
        if has_its_share:
            await self._hands.take_work_up_anew()

    async def _come_in(self, batch: str, rows: Rows, partition: int) -> None:
        self._batches[batch] = rows
        await self._nlp.publishes(batch, self._nlp.event(batch, rows), partition)

    async def change_hands(self, how: str) -> None:
        """Have the last replica go, and come back once the others have done its work; raises AssertionError if not.

        Nobody stands in their way any more as soon as it is gone.
        """
        self._chronicle.begins()
        await self._replicas.the_last_goes(how)
        await self._acknowledgements.draws_line(self._nlp.last_position)
        await self._somebody.gives_up()
        await self._replicas.the_last_is_missed()
        try:
            await self.are_stored(TAKEN_OVER_WITHIN)
        except AssertionError as undone:
            raise AssertionError(f"others do not take over from a replica that {how}: {undone}") from undone
        await self._replicas.the_last_comes_back()

    async def _are_neither_stored_nor_acknowledged(self) -> None:
        for batch in self._batches:
            await self._storage.neither_holds_nor_acknowledges(batch)

    async def go_on(self) -> None:
        """Have the other give up what holds them up, and wait until they are stored and all replicas share the work."""
        await self._acknowledgements.draws_line(self._nlp.last_position)
        await self._somebody.gives_up()
        await self.are_stored(TAKEN_OVER_WITHIN)
        await self._replicas.all_have_their_share()

    async def are_stored(self, within: float = 5.0) -> None:
        """Wait until exactly these are stored and acknowledged, and not put aside as well; `within` is in seconds."""
        for batch, rows in self._batches.items():
            await self._storage.holds_exactly(batch, rows, within)
            await self._storage.has_not_put_aside(batch)

    async def were_not_acknowledged_early(self) -> None:
        """Raise AssertionError if one was acknowledged before it could be stored, or such a word was taken back."""
        await self._acknowledgements.were_given_after_the_line(map(self._nlp.position_about, self._batches))
        await self._acknowledgements.were_never_taken_back()
