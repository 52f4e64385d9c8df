"""Apache Kafka (KRaft, one node) in a container."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from aiokafka.errors import KafkaError

from harness.broker import Broker
from harness.containers.container import RunContainer

INTERNAL_PORT = 19092
PROXIED_PORT = 29092
"""Where connections come in that a proxy passes on."""
CONTROLLER_PORT = 9093
CLUSTER_ID = "4L6g3nShT-eMCtK--X86sw"


class KafkaContainer(RunContainer):
    """One broker that is its own controller; ready when a record was produced and consumed.

    `proxy` is the host and port of a proxy in front of it, if there is one: who comes through that is sent there again.
    Works with the images `apache/kafka` and `confluentinc/cp-kafka`: both turn KAFKA_* into properties.
    """

    alias = "kafka"
    inner_port = 9092
    bear: ClassVar[tuple[type[Exception], ...]] = (OSError, KafkaError)

    def __init__(self, *args: Any, proxy: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._proxy = proxy
        proxied = f",PROXIED://:{PROXIED_PORT}" if proxy else ""
        self.with_envs(
            CLUSTER_ID=CLUSTER_ID,
            KAFKA_NODE_ID="1",
            KAFKA_PROCESS_ROLES="broker,controller",
            KAFKA_CONTROLLER_QUORUM_VOTERS=f"1@localhost:{CONTROLLER_PORT}",
            KAFKA_CONTROLLER_LISTENER_NAMES="CONTROLLER",
            KAFKA_LISTENERS=(
                f"INTERNAL://:{INTERNAL_PORT},EXTERNAL://:{self.inner_port},CONTROLLER://:{CONTROLLER_PORT}{proxied}"
            ),
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=",".join(
                f"{name}:PLAINTEXT" for name in ("INTERNAL", "EXTERNAL", "CONTROLLER", "PROXIED")
            ),
            KAFKA_INTER_BROKER_LISTENER_NAME="INTERNAL",
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR="1",
            KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS="1",
            KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR="1",
            KAFKA_TRANSACTION_STATE_LOG_MIN_ISR="1",
            KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS="1",
            KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS="0",
            # As in production: who asks for a topic that is missing does not make it, with too few partitions.
            KAFKA_AUTO_CREATE_TOPICS_ENABLE="false",
            # A scenario that waits until a member is missed may have it missed soon (the least is 6 s otherwise).
            KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS="1000",
            KAFKA_BROKER_HEARTBEAT_INTERVAL_MS="200" if proxy else "500",
            # One node has nobody to tell that nothing has happened, which is a third of what it does while it waits.
            KAFKA_METADATA_MAX_IDLE_INTERVAL_MS="0",
            KAFKA_HEAP_OPTS="-Xms256m -Xmx512m",
        )
        if proxy:
            # In a laboratory a broker that was killed may come back at once (KRaft waits for its session otherwise).
            # Elsewhere none is to be taken for dead where the machine stands still for a moment.
            self.with_envs(KAFKA_BROKER_SESSION_TIMEOUT_MS="1000")
        self.broker: Broker | None = None

    def choose_port(self, port: int) -> None:
        """Advertise the published port, for clients on this machine, beside the inner one."""
        super().choose_port(port)
        proxied = f",PROXIED://{self._proxy}" if self._proxy else ""
        self.with_env(
            "KAFKA_ADVERTISED_LISTENERS",
            f"INTERNAL://{self.alias}:{INTERNAL_PORT},EXTERNAL://{self.host}:{port}{proxied}",
        )

    @property
    def bootstrap_servers(self) -> str:
        """The address for clients on this machine."""
        return f"{self.host}:{self.published_port}"

    @property
    def inner_bootstrap_servers(self) -> str:
        """The address for containers on the same network."""
        return f"{self.alias}:{INTERNAL_PORT}"

    async def probe(self) -> None:
        """Produce a record and consume it, with fresh connections; `broker` keeps them."""
        await self._reach(Broker.round_trip)

    async def answers(self) -> None:
        """Produce a record, over the connections that there are; makes them if there are none."""
        if self.broker is None:
            await self._reach(Broker.ping)
        else:
            await self.broker.ping()

    async def _reach(self, check: Callable[[Broker], Awaitable[None]]) -> None:
        broker = self.broker or Broker(self.bootstrap_servers, self.patience)
        await broker.close()
        try:
            await broker.open()
            await check(broker)
        except BaseException:
            await broker.close()
            raise
        self.broker = broker

    async def close(self) -> None:
        """Close the clients."""
        if self.broker is not None:
            await self.broker.close()
            self.broker = None
