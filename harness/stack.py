"""A stack: PostgreSQL, Kafka and Redis on a network of their own, and the services that run on it."""

import asyncio
import hashlib
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import docker
import docker.errors
import requests
from aiokafka.errors import KafkaError
from redis.asyncio import Redis
from testcontainers.core.network import Network

from harness.broker import Broker
from harness.console import say
from harness.containers.container import RunContainer
from harness.containers.kafka import KafkaContainer
from harness.containers.postgres import PASSWORD, TEMPLATE, UNFINISHED, USER, PostgresContainer
from harness.containers.redis import RedisContainer
from harness.containers.service import ServiceContainer
from harness.engine import explained
from harness.errors import DidNotComeUpError, as_trouble
from harness.eventually import Patience
from harness.one_off import OneOff
from harness.stack_images import StackImages
from harness.standing import Ground
from harness.target import Target, Wiring

DATABASE = "acceptance.database"
"""Label of a service that is left standing: the database that it works on."""
INTERNAL_API_KEY = "acceptance-internal-api-key"
SECRETS = frozenset({PASSWORD, INTERNAL_API_KEY})


@dataclass(frozen=True)
class Left:
    """What a scenario leaves for the next one: its service, which runs on `database`.

    `look` looks once more at what the service has written, which is that scenario's; it returns whether nothing was
    unexpected.
    """

    database: str
    look: Callable[[], Awaitable[bool]]


@dataclass
class Stack:
    """The dependencies of the service, and how to run the service on them.

    `ground` tells whether it stands beyond the run. Nothing is started before `up`.
    """

    name: str
    images: StackImages
    target: Target
    wiring: Wiring
    ground: Ground
    patience: Patience
    network: Network = field(init=False)
    postgres: PostgresContainer = field(init=False)
    kafka: KafkaContainer = field(init=False)
    redis: RedisContainer = field(init=False)
    started: dict[str, float] = field(default_factory=dict)
    _starting: "asyncio.Task[None] | None" = field(default=None, init=False)
    _redis_client: Redis | None = field(default=None, init=False)
    services: list[ServiceContainer] = field(default_factory=list, init=False)
    left: Left | None = field(default=None, init=False)
    """What a scenario has left for the next one, where one has."""

    def begin(self) -> None:
        """Begin to start, in the background; whoever needs the stack awaits `ready`."""
        if self._starting is None:
            self._starting = asyncio.get_running_loop().create_task(self.up())

    async def ready(self) -> None:
        """Start, unless that has begun already, and wait until the stack is up; raises as `up` does."""
        self.begin()
        assert self._starting is not None
        await asyncio.shield(self._starting)

    async def rest(self) -> None:
        """Wait until it has started, or failed to, if that has begun."""
        if self._starting is not None:
            await asyncio.wait([self._starting])

    @property
    def template(self) -> str:
        """The migrated database that scenarios get clones of; another one for each image that migrates."""
        made_from = f"{self.images.migrations} {self.target.migrate_up}"
        return f"{TEMPLATE}{hashlib.sha256(made_from.encode()).hexdigest()[:12]}"

    @property
    def parts(self) -> tuple[RunContainer, ...]:
        """The containers of the dependencies."""
        return (self.postgres, self.kafka, self.redis)

    @property
    def client(self) -> docker.DockerClient:
        """The engine's client."""
        return self.postgres.get_docker_client().client

    def __post_init__(self) -> None:
        self.standing = self.ground.standing(self.name)
        self.labels = self.standing.labels if self.standing else self.ground.run_labels
        self.make_parts()

    def make_parts(self) -> None:
        """Make the objects for network and containers, of which none is started yet."""
        self.network = Network(docker_network_kw={"labels": self.labels})
        common = (self.network, self.labels, self.patience)
        self.postgres = PostgresContainer(self.images.postgres, *common)
        self.kafka = KafkaContainer(self.images.kafka, *common)
        self.redis = RedisContainer(self.images.redis, *common)

    async def up(self) -> None:
        """Start all dependencies at the same time, create the topics and migrate the template database.

        Raises `InfrastructureError`; what was started by then is removed with the run.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            await asyncio.to_thread(self.create_what_is_shared)
        except (docker.errors.APIError, requests.RequestException) as error:
            raise explained(error, f"Preparing the {self.name} stack") from error

        async def database() -> None:
            await self.postgres.up()
            self.started["postgres"] = loop.time() - begun
            await self.migrate_template()
            self.started["migrations"] = loop.time() - begun

        async def broker() -> None:
            await self.kafka.up()
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
                for part in (database(), broker(), cache(), self.start_more()):
                    together.create_task(part)
        except* Exception as errors:
            raise as_trouble(errors, f"Starting the {self.name} stack") from errors
        times = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in self.started.items())
        say(f"{self.name} stack is up ({times})")

    async def start_more(self) -> None:
        """Start what a kind of stack has beside these three."""

    def create_what_is_shared(self) -> None:
        """Create what the containers have together: the network; raises the errors of the engine's client."""
        self.network.create()

    @property
    def broker(self) -> Broker:
        """The clients of Kafka."""
        assert self.kafka.broker is not None, "Kafka is not up"
        return self.kafka.broker

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

    def service_addresses(self, database: str) -> dict[str, str]:
        """Return what the placeholders stand for in the environment of the service itself."""
        return self.addresses(database)

    async def migrate_template(self) -> None:
        """Make the template database, unless it is there already."""
        if await self.postgres.has_database(self.template):
            return
        unfinished = f"{UNFINISHED}{uuid.uuid4().hex[:12]}"
        await self.postgres.create_database(unfinished)
        await self.run_command(unfinished, self.target.migrate_up, image=self.images.migrations)
        await self.postgres.rename_database(unfinished, self.template)

    async def run_command(self, database: str, command: tuple[str, ...], image: str | None = None) -> str:
        """Run a command of the target, such as its migrations, against `database` and return what it printed.

        `image` is another one than the service's. Raises `InfrastructureError` with its output when it fails.
        """
        exit_code, printed = await (await self.begin_command(database, command, image=image)).ended()
        if exit_code:
            raise DidNotComeUpError(
                f"The command `{' '.join(command)}` ended with exit code {exit_code}.",
                remedy="Mend the service, or the command in the target file.",
                details=printed[-3000:].strip(),
            )
        return printed

    async def begin_command(
        self,
        database: str,
        command: Sequence[str] = (),
        settings: Mapping[str, str | None] | None = None,
        beside: ServiceContainer | None = None,
        image: str | None = None,
    ) -> OneOff:
        """Start a command of the target, or the service itself, as a process that is to end by itself.

        `settings` are put over its environment, None leaves one out. `beside` a running service, it shares its
        addresses and ports. `image` is another one than the service's. Raises `InfrastructureError`.
        """
        environment = {**self.target.filled(self.addresses(database)), **(settings or {})}
        return await OneOff.begin(
            self.client,
            image or self.images.service,
            command or self.target.command,
            {name: value for name, value in environment.items() if value is not None},
            network_mode=f"container:{beside.get_wrapped_container().id}" if beside else str(self.network.name),
            labels=self.ground.run_labels,
        )

    async def clear(self) -> None:
        """See that nothing of others is left: databases, keys, members of the group, messages that wait for it.

        Whoever calls it has the stack for himself, and no service runs on it.
        """
        await self.postgres.sweep(self.template)
        await self.migrate_template()  # what stands may have been started for another image of the service
        await self.redis_client.flushall()
        await self.broker.evict(self.wiring.group)
        await self.broker.commit_ends(self.wiring.group, self.wiring.topics)

    async def assert_running(self) -> None:
        """Raise `InfrastructureError` when one of the dependencies has ended or is gone."""
        await asyncio.gather(*(part.assert_running() for part in self.parts))

    async def run_service(
        self, database: str, *, lasting: bool = False, settings: Mapping[str, str] | None = None
    ) -> ServiceContainer:
        """Start a process of the service on `database` and wait until it is ready; raises `InfrastructureError`.

        `settings` are put over the target's environment. One that is `lasting` goes with the stack, others sooner.
        """
        labels = self.labels | {DATABASE: database} if lasting else self.ground.run_labels
        return await self.start(self.service_on(database, labels, settings))

    async def start(self, service: ServiceContainer) -> ServiceContainer:
        """Start a process that `service_on` has made, and wait until it is ready; raises `InfrastructureError`."""
        self.services.append(service)
        await service.up()
        return service

    async def begin_service(
        self, database: str, addresses: Mapping[str, str], settings: Mapping[str, str] | None = None
    ) -> ServiceContainer:
        """Start a process of the service on `database` without waiting for it: what it needs may be away, or wrong.

        `addresses` are put over what the placeholders in its environment stand for, `settings` over all of it.
        """
        filled = self.target.filled({**self.service_addresses(database), **addresses})
        service = self.service_on(database, self.ground.run_labels, {**filled, **(settings or {})})
        self.services.append(service)
        await service.begin()
        return service

    def service_on(
        self, database: str, labels: dict[str, str], settings: Mapping[str, str] | None = None
    ) -> ServiceContainer:
        """Return the next process of the service, on `database`, not started yet."""
        return ServiceContainer(
            self.target,
            {**self.target.filled(self.service_addresses(database)), **(settings or {})},
            self.wiring.group,
            self.broker,
            self.images.service,
            self.network,
            labels,
            self.patience,
            number=len(self.services) + 1,
        )

    def may_leave(self, running: ServiceContainer | None, database: str) -> bool:
        """Tell whether a scenario's service may be left for the next one: alone, and made as any other would be."""
        if self.standing is not None or running is None or self.services != [running]:
            return False
        return running.made_from == self.service_on(database, {}).made_from

    def take_over(self) -> ServiceContainer | None:
        """Return the service that was left running, if one was; from now on it is this scenario's."""
        if self.left is None:
            return None
        self.left = None
        (service,) = self.services
        return service

    async def end_services(self) -> None:
        """End and remove all processes of the service, one that was left, too; raises what made trouble first."""
        self.left = None
        services, self.services = self.services, []
        endings = await asyncio.gather(*(service.end() for service in services), return_exceptions=True)
        for trouble in endings:
            if trouble is not None:
                raise trouble

    async def close_clients(self) -> None:
        """Close the suite's own connections to the stack; what is to go is removed with the run."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        if self.left is not None:
            await self.left.look()
        await self.disconnect()

    async def disconnect(self) -> None:
        """Close the connections to what runs."""
        for service in self.services:
            await service.close()
        if self._redis_client is not None:
            await self._redis_client.aclose()
            self._redis_client = None
        await self.kafka.close()
