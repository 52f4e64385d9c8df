"""The topic of suggestions itself: it goes, is made, grows, forgets, and others come to read it."""

from actors import wire
from actors.monitoring import Monitoring
from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.outages import laboratory
from actors.start import Start
from actors.storage import Storage
from harness import topics
from harness.eventually import Patience
from harness.faults import Grown, Missing
from harness.journal import Journal
from harness.sites import Site

NOTICED_WITHIN = 30.0
"""Seconds in which a service has noticed a partition that is new, without being told."""
TAKEN_BACK, STANDS = "taken back", "stands"


class TopicOffice:
    """Does to the topic what its administrators, and time, do."""

    def __init__(
        self,
        site: Site,
        operator: Operator,
        monitoring: Monitoring,
        nlp: NlpService,
        *,
        start: Start,
        storage: Storage,
        journal: Journal,
        patience: Patience,
    ) -> None:
        self._site, self._operator, self._monitoring, self._nlp = site, operator, monitoring, nlp
        self._start, self._storage, self._journal, self._patience = start, storage, journal, patience
        self._batches: list[str] = []

    async def has_no_topic(self) -> None:
        """Delete the topic, with all that is in it, until it is mended."""
        kafka = laboratory(self._site, "the topic is missing").kafka
        await self._operator.begins(Missing(kafka, wire.SUGGESTED, wire.PARTITIONS))

    async def makes_the_topic_late(self) -> None:
        """Start the service without the topic, and make it once the service has had to notice."""
        await self._start.begins()
        await self._operator.is_answered()
        await self._monitoring.asks_until_noticed()
        await self._operator.mends()
        await self._monitoring.is_told_that_all_is_well(within=10)

    async def makes_the_topic_anew(self) -> None:
        """Delete the topic under the service, and make it anew once the service has had to notice."""
        await self.has_no_topic()
        await self._monitoring.asks_until_noticed()
        await self._operator.mends()

    async def adds_a_channel(self, batch: str) -> None:
        """Have the topic get one partition more, and have a batch come in through it, before anybody has noticed."""
        kafka = laboratory(self._site, "the topic grows").kafka
        await self._operator.begins(Grown(kafka, wire.SUGGESTED, wire.PARTITIONS))
        await self._nlp.publishes(batch, self._nlp.event(batch, self._nlp.one_essay_a_student()), wire.PARTITIONS)

    async def sees_stored(self, batch: str) -> None:
        """Wait until a batch is stored and acknowledged that came in through a partition that is new."""
        await self._storage.holds_exactly(batch, self._nlp.one_essay_a_student(), within=NOTICED_WITHIN)

    async def forgets_what_is_before(self, batch: str) -> None:
        """Have Kafka delete all that lies before a batch in its partition, as it does with what is old."""
        position = self._nlp.position_about(batch)
        await topics.forget_before(self._site.stack.broker, position)
        self._journal.write("operator", "had Kafka forget what is old", before=position.offset)

    async def is_visited_in_turn(self, visitors: int) -> None:
        """Publish as many batches as there are visitors, each of whom joins the group after one, and leaves it.

        They take nothing but their share of the partitions, and time: each coming and going is a rebalance.
        """
        for number in range(1, visitors + 1):
            batch = f"batch {number}"
            self._batches.append(batch)
            await self._nlp.publishes(
                batch, self._nlp.event(batch, self._nlp.own_essay(batch)), number % wire.PARTITIONS
            )
            share = await topics.visit(self._site.stack.broker, wire.GROUP, wire.SUGGESTED)
            self._journal.write("visitor", f"came and went, the {number}.", partitions=sorted(share))

    async def sees_all_stored(self) -> None:
        """Wait until exactly what came in meanwhile is stored, batch by batch."""
        for batch in self._batches:
            await self._storage.holds_exactly(batch, self._nlp.own_essay(batch))

    async def publishes_in_a_transaction(self, batch: str, *, take_back: bool) -> None:
        """Have the NLP service publish a batch in a transaction of its own, which it takes back, or lets stand."""
        event = self._nlp.event(batch, self._nlp.one_essay_a_student())
        record = topics.Sent(event.value, event.record_key, event.headers)
        (position,) = await topics.send_in_transaction(
            self._site.stack.broker, wire.SUGGESTED, self._nlp.partition, [record], take_back=take_back
        )
        self._nlp.has_published(batch, event, position)
        self._journal.write("nlp_service", TAKEN_BACK if take_back else STANDS, batch=batch, offset=position.offset)
