"""Where everything is put together: the one module that sees all layers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial

from aiokafka import AIOKafkaConsumer
from dishka import AsyncContainer, Provider, Scope, from_context, make_async_container, provide
from dishka.integrations.litestar import LitestarProvider
from redis.asyncio import Redis
from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine

from class_management.adapters import redis_claims
from class_management.adapters.kafka import KafkaPublisher
from class_management.adapters.kafka_courier import KafkaCourier
from class_management.adapters.postgres.associations import PostgresAssociations
from class_management.adapters.postgres.classes import PostgresClasses
from class_management.adapters.postgres.directory import PostgresDirectory
from class_management.adapters.postgres.engine import Turnstile, create_engine
from class_management.adapters.postgres.outbox import PostgresOutbox
from class_management.adapters.postgres.probe import PostgresProbe
from class_management.adapters.postgres.students import PostgresStudents
from class_management.adapters.postgres.transaction import PostgresTransaction
from class_management.adapters.postgres.validations import PostgresValidations
from class_management.adapters.traced_courier import TracedCourier
from class_management.application.batches import ShowBatches
from class_management.application.classes import ManageClasses
from class_management.application.confirming import ConfirmAssociations, ConfirmOverdue
from class_management.application.directory import AskDirectory
from class_management.application.health import CheckHealth, ConsumerState
from class_management.application.idempotency import Claims
from class_management.application.outbox import Courier, OutboxQueue, OutboxState, RelayOutbox
from class_management.application.ports import (
    Associations,
    Classes,
    Directory,
    Outbox,
    Publisher,
    Students,
    Transaction,
    Validations,
)
from class_management.application.store_suggestions import StoreSuggestions
from class_management.application.students import ManageStudents
from class_management.entrypoints.consumer.client import create_consumer
from class_management.entrypoints.consumer.consumer import SuggestionConsumer
from class_management.entrypoints.consumer.handler import Handler
from class_management.entrypoints.consumer.reporter import Reporter
from class_management.entrypoints.relay import OutboxRelay
from class_management.entrypoints.timeouts import TimeoutMonitor
from class_management.metrics import Metrics
from class_management.settings import Settings
from class_management.tracing import Tracing

DISPOSE_SECONDS = 1.3
"""How long closing the pool may take, of the time that closing everything has."""


class Connections(Provider):
    """What lives as long as the process: connections, counters, the consumer."""

    scope = Scope.APP

    settings = from_context(Settings)

    @provide
    async def engine(self, settings: Settings, metrics: Metrics) -> AsyncIterator[AsyncEngine]:
        """The pool of database connections."""
        engine = create_engine(settings)
        if isinstance(pool := engine.pool, QueuePool):
            metrics.database_connections.set_function(lambda: pool.checkedin() + pool.checkedout())
        yield engine
        with suppress(TimeoutError):  # one that hangs is not to keep the others from being closed
            async with asyncio.timeout(DISPOSE_SECONDS):
                await engine.dispose()

    @provide
    async def probe(self, settings: Settings) -> AsyncIterator[PostgresProbe]:
        """The connection that asks how the database is."""
        probe = PostgresProbe(settings.database_url)
        yield probe
        await probe.close()

    @provide
    async def redis(self, settings: Settings) -> AsyncIterator[Redis]:
        """The connections to Redis."""
        redis = redis_claims.connect(settings.redis_url)
        yield redis
        await redis.aclose()

    @provide(provides=Publisher)
    async def publisher(self, settings: Settings) -> AsyncIterator[KafkaPublisher]:
        """The producer of dead letters."""
        publisher = KafkaPublisher(settings)
        yield publisher
        await publisher.close()

    @provide(provides=Courier)
    async def courier(self, settings: Settings, tracing: Tracing) -> AsyncIterator[TracedCourier]:
        """The producer of announcements."""
        courier = KafkaCourier(settings)
        yield TracedCourier(courier, tracing)
        await courier.close()

    @provide
    def outbox_state(self) -> OutboxState:
        """What is known of the outbox."""
        return OutboxState()

    @provide
    def consumer_state(self, settings: Settings) -> ConsumerState:
        """What the consumer tells about itself."""
        return ConsumerState(settings.consumer_stall_seconds)

    @provide
    def check_health(
        self, probe: PostgresProbe, redis: Redis, consumer: ConsumerState, outbox: OutboxState
    ) -> CheckHealth:
        """The answer to `/healthz`."""
        return CheckHealth(probe, redis_claims.RedisProbe(redis), consumer, outbox)

    @provide
    def create_client(self, settings: Settings) -> Callable[[], AIOKafkaConsumer]:
        """How the consumer connects."""
        return partial(create_consumer, settings)

    @provide
    async def tracing(self, settings: Settings) -> AsyncIterator[Tracing]:
        """The way to a collector of spans, if there is one."""
        if not settings.traces_endpoint:
            yield Tracing()
            return
        from class_management.adapters import otlp  # noqa: PLC0415 -- loading it takes a while, and most do without

        tracing = otlp.connect(settings)
        yield tracing
        await tracing.close()

    metrics = provide(Metrics)
    turnstile = provide(Turnstile)
    claims = provide(redis_claims.RedisClaims, provides=Claims)
    reporter = provide(Reporter)
    handler = provide(Handler)
    consumer = provide(SuggestionConsumer)
    relay = provide(OutboxRelay)
    timeouts = provide(TimeoutMonitor)


class UnitsOfWork(Provider):
    """What lives as long as a request or a message, or as the messages that are stored together: one transaction, and
    what works in it.
    """

    scope = Scope.REQUEST

    @provide
    async def transaction(self, turnstile: Turnstile) -> AsyncIterator[PostgresTransaction]:
        """The transaction."""
        transaction = PostgresTransaction(turnstile)
        yield transaction
        await transaction.close()

    @provide
    def as_port(self, transaction: PostgresTransaction) -> Transaction:
        """The transaction, as the use cases know it."""
        return transaction

    @provide
    def as_outbox(self, outbox: PostgresOutbox) -> Outbox:
        """The outbox, as the use cases fill it."""
        return outbox

    @provide
    def as_queue(self, outbox: PostgresOutbox) -> OutboxQueue:
        """The outbox, as the relay empties it."""
        return outbox

    outbox = provide(PostgresOutbox)
    associations = provide(PostgresAssociations, provides=Associations)
    validations = provide(PostgresValidations, provides=Validations)
    directory = provide(PostgresDirectory, provides=Directory)
    classes = provide(PostgresClasses, provides=Classes)
    students = provide(PostgresStudents, provides=Students)
    store_suggestions = provide(StoreSuggestions)
    manage_classes = provide(ManageClasses)
    manage_students = provide(ManageStudents)
    show_batches = provide(ShowBatches)
    confirm_associations = provide(ConfirmAssociations)
    confirm_overdue = provide(ConfirmOverdue)
    ask_directory = provide(AskDirectory)
    relay_outbox = provide(RelayOutbox)


def create_container(settings: Settings, *overrides: Provider) -> AsyncContainer:
    """Compose the service; `overrides` replace what they provide (L3)."""
    return make_async_container(
        Connections(), UnitsOfWork(), LitestarProvider(), *overrides, context={Settings: settings}
    )
