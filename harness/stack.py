"""A stack: PostgreSQL, Kafka and Redis on a network of their own, and the services that run on it."""

import asyncio
from dataclasses import dataclass, field

import docker
import docker.errors
from aiokafka.errors import KafkaError
from redis.asyncio import Redis
from testcontainers.core.network import Network

from harness.broker import Broker
from harness.console import say
from harness.containers.kafka import KafkaContainer
from harness.containers.postgres import PASSWORD, USER, PostgresContainer
from harness.containers.redis import RedisContainer
from harness.containers.service import ServiceContainer
from harness.errors import DidNotComeUpError, InfrastructureError, as_trouble
from harness.eventually import Patience
from harness.target import Target, Wiring

TEMPLATE = "template_migrated"
INTERNAL_API_KEY = "acceptance-internal-api-key"
SECRETS = frozenset({PASSWORD, INTERNAL_API_KEY})


@dataclass(frozen=True)
class StackImages:
    """The images of a stack."""

    postgres: str
    kafka: str
    redis: str
    service: str


@dataclass
class Stack:
    """The dependencies of the service, and how to run the service on them.

    `labels` mark everything as belonging to a run. Nothing is started before `up`.
    """

    name: str
    images: StackImages
    target: Target
    wiring: Wiring
    labels: dict[str, str]
    patience: Patience
    network: Network = field(init=False)
    postgres: PostgresContainer = field(init=False)
    kafka: KafkaContainer = field(init=False)
    redis: RedisContainer = field(init=False)
    started: dict[str, float] = field(default_factory=dict)
    _starting: "asyncio.Task[None] | None" = field(default=None, init=False)
    _broker: Broker | None = field(default=None, init=False)
    _redis_client: Redis | None = field(default=None, init=False)
    services: list[ServiceContainer] = field(default_factory=list, init=False)

    def begin(self) -> None:
        """Begin to start, in the background; whoever needs the stack awaits `ready`."""
        if self._starting is None:
            self._starting = asyncio.get_running_loop().create_task(self.up())

    async def ready(self) -> None:
        """Start, unless that has begun already, and wait until the stack is up; raises as `up` does."""
        self.begin()
        assert self._starting is not None
        await asyncio.shield(self._starting)

    async def up(self) -> None:
        """Start all dependencies at the same time, create the topics and migrate the template database.

        Raises `InfrastructureError`; what was started by then is removed by `down`.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        self.network = Network(docker_network_kw={"labels": self.labels})
        await asyncio.to_thread(self._create_network)
        common = (self.network, self.labels, self.patience)
        self.postgres = PostgresContainer(self.images.postgres, *common)
        self.kafka = KafkaContainer(self.images.kafka, *common)
        self.redis = RedisContainer(self.images.redis, *common)

        async def database() -> None:
            await self.postgres.up()
            self.started["postgres"] = loop.time() - begun
            await self.postgres.create_database(TEMPLATE)
            await self.migrate(TEMPLATE, self.target.migrate_up)
            self.started["migrations"] = loop.time() - begun

        async def broker() -> None:
            await self.kafka.up()
            self._broker = self.kafka.broker
            await self.broker.create_topics(self.wiring.topics)
            await self.patience.eventually(
                lambda: self.broker.find_coordinator(self.wiring.group), within=30, bear=(KafkaError,)
            )
            self.started["kafka"] = loop.time() - begun

        async def cache() -> None:
            await self.redis.up()
            self.started["redis"] = loop.time() - begun

        try:
            async with asyncio.TaskGroup() as together:
                for part in (database(), broker(), cache()):
                    together.create_task(part)
        except* Exception as errors:
            raise as_trouble(errors, f"Starting the {self.name} stack") from errors
        times = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in self.started.items())
        say(f"{self.name} stack is up ({times})")

    def _create_network(self) -> None:
        try:
            self.network.create()
        except docker.errors.APIError as error:
            raise InfrastructureError(f"The engine could not create a network: {error.explanation}") from error

    @property
    def broker(self) -> Broker:
        """The clients of Kafka."""
        assert self._broker is not None, "Kafka is not up"
        return self._broker

    @property
    def redis_client(self) -> Redis:
        """The client of Redis."""
        if self._redis_client is None:
            self._redis_client = self.redis.client()
        return self._redis_client

    def addresses(self, database: str) -> dict[str, str]:
        """Return what a target's placeholders stand for, as seen from inside the network."""
        return {
            "database_host": self.postgres.alias,
            "database_port": str(self.postgres.inner_port),
            "database_name": database,
            "database_user": USER,
            "database_password": PASSWORD,
            "kafka_bootstrap_servers": self.kafka.inner_bootstrap_servers,
            "redis_url": f"redis://{self.redis.alias}:{self.redis.inner_port}",
            "internal_api_key": INTERNAL_API_KEY,
        }

    async def migrate(self, database: str, command: tuple[str, ...]) -> str:
        """Run a migration command of the target against `database` and return what it printed.

        Raises `InfrastructureError` with its output when it fails.
        """
        client: docker.DockerClient = self.postgres.get_docker_client().client
        environment = self.target.filled(self.addresses(database))
        try:
            printed: bytes = await asyncio.to_thread(
                client.containers.run,
                self.images.service,
                list(command),
                environment=environment,
                network=self.network.name,
                labels=self.labels,
                remove=True,
                stderr=True,
            )
        except docker.errors.ContainerError as error:
            raise DidNotComeUpError(
                f"The migration `{' '.join(command)}` ended with exit code {error.exit_status}.",
                remedy="Mend the service's migrations, or `migrations` in the target file.",
                details=(error.stderr or b"").decode(errors="replace")[-3000:],
            ) from error
        except docker.errors.APIError as error:
            raise InfrastructureError(f"The migration could not be started: {error.explanation}") from error
        return printed.decode(errors="replace")

    async def assert_running(self) -> None:
        """Raise `InfrastructureError` when one of the dependencies has ended or is gone."""
        await asyncio.gather(*(c.assert_running() for c in (self.postgres, self.kafka, self.redis)))

    async def run_service(self, database: str) -> ServiceContainer:
        """Start a process of the service on `database` and wait until it is ready; raises `InfrastructureError`."""
        service = ServiceContainer(
            self.target,
            self.target.filled(self.addresses(database)),
            self.wiring.group,
            self.broker,
            self.images.service,
            self.network,
            self.labels,
            self.patience,
        )
        self.services.append(service)
        await service.up()
        return service

    async def end_services(self) -> None:
        """End all processes of the service, or else kill them; raises what made trouble first."""
        services, self.services = self.services, []
        endings = await asyncio.gather(*(service.end() for service in services), return_exceptions=True)
        for service, ending in zip(services, endings, strict=True):
            if isinstance(ending, BaseException):
                await asyncio.to_thread(service.remove)
                raise ending

    async def close_clients(self) -> None:
        """Close the suite's own connections to the stack; the containers are removed with the run."""
        if self._starting is None:
            return
        self._starting.cancel()
        await asyncio.wait([self._starting])
        for service in self.services:
            await service.close()
        if self._redis_client is not None:
            await self._redis_client.aclose()
        if self._broker is not None:
            await self._broker.close()
