"""The actors of a scenario, for dishka."""

from collections.abc import AsyncIterator

from dishka import Provider, provide

from actors import evidence
from actors.acknowledgements import Acknowledgements
from actors.amid_an_outage import AmidAnOutage
from actors.announcements import Announcements
from actors.around_an_outage import AroundAnOutage
from actors.around_kafka import AroundKafka
from actors.asker import Asker
from actors.auditor import Auditor
from actors.bad_settings import BadSettings
from actors.batches_in_hand import BatchesInHand
from actors.belongings import Belongings
from actors.blunderer import Blunderer
from actors.bookkeeper import Bookkeeper
from actors.broken_transactions import BrokenTransactions
from actors.calendar import Calendar
from actors.changes import Changes
from actors.checkup import CheckUp
from actors.chronicle import Chronicle
from actors.client import Client
from actors.composed_apart import ComposedApart
from actors.composition import Compositions
from actors.container_watch import ContainerWatch, Habits
from actors.contest import Contest
from actors.crowd import Crowd
from actors.dead_letters import DeadLetters
from actors.deadline import Deadline
from actors.decisions import Decisions
from actors.deliveries import Deliveries
from actors.description import Description
from actors.double_delivery import DoubleDelivery
from actors.eavesdropper import Eavesdropper
from actors.essay_lifecycle import EssayLifecycle
from actors.figures import FigureReader
from actors.flood import Flood
from actors.good_settings import GoodSettings
from actors.half_way import HalfWay
from actors.hands import Hands
from actors.hard_times import HardTimes
from actors.intruder import Intruder
from actors.last_word import LastWord
from actors.ledger import Ledger
from actors.log_form import LogForm
from actors.log_reader import LogReader
from actors.looks import Looks
from actors.lost_words import LostWords
from actors.marker import Marker
from actors.migrations import Migrations
from actors.moments import Moments
from actors.monitoring import Monitoring
from actors.nlp_service import NlpService
from actors.nonsense import Nonsense
from actors.onlooker import Onlooker
from actors.operator import Operator
from actors.other_service import OtherService
from actors.records import Records
from actors.rehearsals import Rehearsals
from actors.replicas import Replicas
from actors.rude_clients import RudeClients
from actors.rush import Rush
from actors.schema import Schema
from actors.session_watch import SessionWatch
from actors.somebody_else import SomebodyElse
from actors.start import Start
from actors.storage import Storage
from actors.storm import Storm
from actors.storm_diary import Diary
from actors.stranger import AnotherTeacher, Stranger
from actors.teacher import Teacher
from actors.topic_office import TopicOffice
from actors.tracer import Tracer
from actors.warden import Warden
from harness.eventually import Patience
from harness.evidence import Collector
from harness.faults import Faults
from harness.journal import Journal, Redaction
from harness.names import Names
from harness.scopes import SuiteScope
from harness.sites import Site


class ActorsProvider(Provider):
    """Everybody acts in one scenario and is forgotten after it; what is known of the service is not."""

    scope = SuiteScope.SCENARIO
    acknowledgements = provide(Acknowledgements)
    amid_an_outage = provide(AmidAnOutage)
    announcements = provide(Announcements)
    another_teacher = provide(AnotherTeacher)
    around_an_outage = provide(AroundAnOutage)
    around_kafka = provide(AroundKafka)
    asker = provide(Asker)
    auditor = provide(Auditor)
    bad_settings = provide(BadSettings)
    batches_in_hand = provide(BatchesInHand)
    belongings = provide(Belongings)
    blunderer = provide(Blunderer)
    bookkeeper = provide(Bookkeeper)
    calendar = provide(Calendar)
    changes = provide(Changes)
    check_up = provide(CheckUp)
    client = provide(Client)
    composed_apart = provide(ComposedApart)
    container_watch = provide(ContainerWatch)
    broken_transactions = provide(BrokenTransactions)
    contest = provide(Contest)
    dead_letters = provide(DeadLetters)
    deadline = provide(Deadline)
    deliveries = provide(Deliveries)
    description = provide(Description)
    diary = provide(Diary)
    eavesdropper = provide(Eavesdropper)
    essay_lifecycle = provide(EssayLifecycle)
    figure_reader = provide(FigureReader)
    habits = provide(Habits, scope=SuiteScope.RUN)
    good_settings = provide(GoodSettings)
    half_way = provide(HalfWay)
    hands = provide(Hands)
    hard_times = provide(HardTimes)
    intruder = provide(Intruder)
    last_word = provide(LastWord)
    looks = provide(Looks)
    ledger = provide(Ledger)
    log_form = provide(LogForm)
    log_reader = provide(LogReader)
    lost_words = provide(LostWords)
    marker = provide(Marker)
    moments = provide(Moments)
    monitoring = provide(Monitoring)
    nlp_service = provide(NlpService)
    nonsense = provide(Nonsense)
    onlooker = provide(Onlooker)
    operator = provide(Operator)
    other_service = provide(OtherService)
    records = provide(Records)
    rehearsals = provide(Rehearsals)
    rush = provide(Rush)
    start = provide(Start)
    storage = provide(Storage)
    storm = provide(Storm)
    stranger = provide(Stranger)
    teacher = provide(Teacher)
    tracer = provide(Tracer)
    warden = provide(Warden)
    topic_office = provide(TopicOffice)

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
        await somebody_else.leaves()

    @provide
    async def compositions(self, site: Site, journal: Journal, patience: Patience) -> AsyncIterator[Compositions]:
        """What is composed in process, all of which ends at the end."""
        compositions = Compositions(site, journal, patience)
        yield compositions
        await compositions.end()

    @provide
    async def chronicle(
        self, site: Site, nlp: NlpService, names: Names, faults: Faults, *, journal: Journal, patience: Patience
    ) -> AsyncIterator[Chronicle]:
        """The chronicle, which ends before what is still broken is mended."""
        chronicle = Chronicle(site, nlp, names, faults, journal=journal, patience=patience)
        yield chronicle
        await chronicle.ends()

    @provide
    async def flood(
        self,
        site: Site,
        nlp: NlpService,
        auditor: Auditor,
        *,
        journal: Journal,
        patience: Patience,
        somebody_else: SomebodyElse,
    ) -> AsyncIterator[Flood]:
        """The flood, which has run off before the next scenario, with nobody in its way."""
        flood = Flood(site, nlp, auditor, journal, patience)
        yield flood
        await somebody_else.leaves()
        await flood.runs_off()

    @provide
    async def crowd(self, teacher: Teacher, names: Names) -> AsyncIterator[Crowd]:
        """The crowd, which disperses at the end."""
        crowd = Crowd(teacher, names)
        yield crowd
        await crowd.disperse()

    @provide
    async def decisions(
        self,
        auditor: Auditor,
        teacher: Teacher,
        lifecycle: EssayLifecycle,
        announcements: Announcements,
        calendar: Calendar,
        *,
        names: Names,
        patience: Patience,
    ) -> AsyncIterator[Decisions]:
        """The decisions, and the answers on their way, which nobody waits for at the end."""
        decisions = Decisions(auditor, teacher, lifecycle, announcements, calendar, names=names, patience=patience)
        yield decisions
        await decisions.give_up()

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
    async def rude_clients(
        self, site: Site, teacher: Teacher, asker: Asker, belongings: Belongings, journal: Journal
    ) -> AsyncIterator[RudeClients]:
        """The rude clients, who hang up at the end."""
        clients = RudeClients(site, teacher, asker, belongings=belongings, journal=journal)
        yield clients
        await clients.hang_up()

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

    @provide
    async def migrations(
        self, site: Site, schema: Schema, journal: Journal, patience: Patience
    ) -> AsyncIterator[Migrations]:
        """The migrations, of which none runs on at the end."""
        migrations = Migrations(site, schema, journal, patience)
        yield migrations
        await migrations.close()
