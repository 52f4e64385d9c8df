"""The actors of a scenario, for dishka."""

from collections.abc import AsyncIterator

from dishka import Provider, provide

from actors import evidence
from actors.acknowledgements import Acknowledgements
from actors.amid_an_outage import AmidAnOutage
from actors.around_an_outage import AroundAnOutage
from actors.asker import Asker
from actors.auditor import Auditor
from actors.batches_in_hand import BatchesInHand
from actors.bookkeeper import Bookkeeper
from actors.chronicle import Chronicle
from actors.contest import Contest
from actors.crowd import Crowd
from actors.dead_letters import DeadLetters
from actors.deliveries import Deliveries
from actors.double_delivery import DoubleDelivery
from actors.flood import Flood
from actors.hands import Hands
from actors.intruder import Intruder
from actors.ledger import Ledger
from actors.log_reader import LogReader
from actors.marker import Marker
from actors.monitoring import Monitoring
from actors.nlp_service import NlpService
from actors.nonsense import Nonsense
from actors.onlooker import Onlooker
from actors.operator import Operator
from actors.other_service import OtherService
from actors.records import Records
from actors.rehearsals import Rehearsals
from actors.replicas import Replicas
from actors.schema import Schema
from actors.session_watch import SessionWatch
from actors.somebody_else import SomebodyElse
from actors.start import Start
from actors.storage import Storage
from actors.teacher import Teacher
from harness.eventually import Patience
from harness.evidence import Collector
from harness.faults import Faults
from harness.journal import Journal, Redaction
from harness.names import Names
from harness.scopes import SuiteScope
from harness.sites import Site


class ActorsProvider(Provider):
    """Everybody acts in one scenario and is forgotten after it."""

    scope = SuiteScope.SCENARIO
    acknowledgements = provide(Acknowledgements)
    amid_an_outage = provide(AmidAnOutage)
    asker = provide(Asker)
    around_an_outage = provide(AroundAnOutage)
    auditor = provide(Auditor)
    batches_in_hand = provide(BatchesInHand)
    bookkeeper = provide(Bookkeeper)
    contest = provide(Contest)
    flood = provide(Flood)
    dead_letters = provide(DeadLetters)
    deliveries = provide(Deliveries)
    hands = provide(Hands)
    intruder = provide(Intruder)
    ledger = provide(Ledger)
    log_reader = provide(LogReader)
    marker = provide(Marker)
    monitoring = provide(Monitoring)
    nlp_service = provide(NlpService)
    nonsense = provide(Nonsense)
    operator = provide(Operator)
    onlooker = provide(Onlooker)
    other_service = provide(OtherService)
    records = provide(Records)
    rehearsals = provide(Rehearsals)
    start = provide(Start)
    storage = provide(Storage)
    teacher = provide(Teacher)

    @provide
    def collectors(self, site: Site, names: Names, redaction: Redaction) -> tuple[Collector, ...]:
        """What a failing scenario leaves behind of the things that only the actors know."""
        return evidence.collectors(site, names, redaction)

    @provide
    async def somebody_else(
        self, site: Site, names: Names, journal: Journal, patience: Patience
    ) -> AsyncIterator[SomebodyElse]:
        """Somebody else, who lets go of everything at the end."""
        somebody_else = SomebodyElse(site, names, journal, patience)
        yield somebody_else
        await somebody_else.gives_up()

    @provide
    async def chronicle(
        self, site: Site, nlp: NlpService, names: Names, faults: Faults, *, journal: Journal, patience: Patience
    ) -> AsyncIterator[Chronicle]:
        """The chronicle, which ends before what is still broken is mended."""
        chronicle = Chronicle(site, nlp, names, faults, journal=journal, patience=patience)
        yield chronicle
        await chronicle.ends()

    @provide
    async def crowd(self, teacher: Teacher, names: Names) -> AsyncIterator[Crowd]:
        """The crowd, which disperses at the end."""
        crowd = Crowd(teacher, names)
        yield crowd
        await crowd.disperse()

    @provide
    async def double_delivery(
        self,
        site: Site,
        nlp: NlpService,
        replicas: Replicas,
        auditor: Auditor,
        *,
        journal: Journal,
        patience: Patience,
    ) -> AsyncIterator[DoubleDelivery]:
        """What reaches two replicas, and the watch over who asks Redis for it, which ends at the end."""
        delivery = DoubleDelivery(site, nlp, replicas, auditor, journal=journal, patience=patience)
        yield delivery
        await delivery.ends()

    @provide
    async def replicas(
        self, site: Site, operator: Operator, faults: Faults, patience: Patience
    ) -> AsyncIterator[Replicas]:
        """The replicas, of whom none is waited for any more at the end."""
        replicas = Replicas(site, operator, faults, patience)
        yield replicas
        await replicas.ends()

    @provide
    async def session_watch(self, auditor: Auditor, patience: Patience) -> AsyncIterator[SessionWatch]:
        """The watch over the sessions, which ends at the end."""
        watch = SessionWatch(auditor, patience)
        yield watch
        await watch.ends()

    @provide
    async def schema(self, site: Site, journal: Journal) -> AsyncIterator[Schema]:
        """The schema, whose database is dropped at the end."""
        schema = Schema(site, journal)
        yield schema
        await schema.close()
