"""One event that reaches two replicas at once (I8, I9)."""

from contextlib import suppress

from actors import wire
from actors.auditor import Auditor
from actors.nlp_service import NlpService, Rows
from actors.replicas import Replicas
from harness.eventually import NeverHappenedError, Patience
from harness.fence import Position
from harness.journal import Journal
from harness.redis_watch import RedisWatch
from harness.sites import Site

BOTH = 2
AGAIN = 2
"""How often a replica asks for an event that it waits for, where it asks again and again how things go."""
COMES_TO_IT_WITHIN = 3.0
"""Seconds after which a replica has come to an event, in whatever way it waits for its turn then."""


class DoubleDelivery:
    """Delivers an event through a partition of one replica and through one of another."""

    def __init__(
        self,
        site: Site,
        nlp: NlpService,
        replicas: Replicas,
        auditor: Auditor,
        *,
        journal: Journal,
        patience: Patience,
    ) -> None:
        self._site, self._nlp, self._replicas, self._auditor = site, nlp, replicas, auditor
        self._journal, self._patience = journal, patience
        self._watch = RedisWatch(site.stack.redis.client(answer_within=None))
        self._positions: list[Position] = []

    async def ends(self) -> None:
        """Stop watching."""
        await self._watch.ends()

    async def publishes_to_both(self, batch: str, rows: Rows) -> None:
        """Publish one event to both replicas."""
        await self._delivers_the_copy(await self._nlp.suggests(batch, rows))

    async def delivers_to_the_other(self) -> None:
        """Deliver the last event, which a replica is at work on, to the other one, which has time to come to it.

        It is seen to be there when it has asked Redis for the event more than once (who waits may ask again), or waits
        for the held row itself, or has acknowledged the event, so that it does not wait at all. How it waits is its own
        affair: one that is not seen has COMES_TO_IT_WITHIN seconds.
        """
        event = self._nlp.last_event
        await self._watch.begins()
        await self._delivers_the_copy(event)

        async def look() -> None:
            asked = self._watch.asked(event.idempotency_key)
            acknowledged = (await self._auditor.acknowledgement(self._positions[-1])).is_passed
            at_it = (await self._auditor.sessions()).waiting >= BOTH
            self._journal.look("auditor", "who asked Redis for the event", asked=dict(asked), at_the_held_row=at_it)
            if not (acknowledged or at_it or (len(asked) >= BOTH and min(asked.values()) >= AGAIN)):
                raise AssertionError(
                    f"the copy in partition {self._positions[-1].partition} has not been taken up: "
                    f"Redis was asked for the event by {dict(asked)}, and no second session waits for the held row"
                )

        with suppress(NeverHappenedError):
            await self._patience.eventually(look, within=COMES_TO_IT_WITHIN)

    async def _delivers_the_copy(self, event: wire.Event) -> None:
        other = await self._replicas.partition_of_another(self._nlp.partition)
        self._positions = [self._nlp.last_position, await self._nlp.sends(event, other)]

    async def is_not_acknowledged(self) -> None:
        """Raise AssertionError if one of the two is acknowledged at this moment."""
        for position in self._positions:
            acknowledgement = await self._auditor.acknowledgement(position)
            assert not acknowledgement.is_passed, (
                "a replica is still at work on the event, nothing of it is stored, and its copy for another replica is "
                f"acknowledged; if the first one dies now the event may be lost: {acknowledgement.seen}"
            )

    async def is_acknowledged(self) -> None:
        """Wait until both are acknowledged, and see that neither was put aside."""

        async def look() -> None:
            acknowledgement = await self._auditor.acknowledgement(*self._positions)
            assert acknowledgement.is_passed, f"not both copies of the event are acknowledged: {acknowledgement.seen}"

        await self._patience.eventually(look)
        letters = await self._auditor.dead_letters_of(self._nlp.last_event)
        assert not letters, f"the event is kept as {letters} dead letters, though it could be processed"
