"""What a Redis that runs can refuse, forget or hold up."""

from collections.abc import Mapping
from contextlib import suppress
from typing import ClassVar

import redis.exceptions
from redis.asyncio import Redis

from harness.containers.redis import RedisContainer
from harness.containers.toxiproxy import ToxiproxyContainer
from harness.faults.fault import Fault

PROOF = "acceptance:proof"
"""A key that nobody reads, to write to."""
ANSWERS_WITHIN = 0.3
"""Seconds after which a write that is held up is taken for one."""
FOR_EVER = 10 * 60 * 1000
"""Milliseconds; longer than any scenario."""
LITTLE = "1"
"""Bytes of memory that Redis has used before it has begun."""
PASSWORD = "a-password-of-the-suite-alone"  # noqa: S105 -- of a Redis that lives for minutes, and has nothing in it
NOWHERE = ("127.0.0.1", 1)

LONG, MANY, SLOW_PORT, LOADED_FROM = 300, 600, 7001, "/tmp/loading"  # noqa: S108 -- in the container
SLOWLY = (
    f"--port {SLOW_PORT} --dir {LOADED_FROM} --protected-mode no --key-load-delay 50000"
    " --loading-process-events-interval-bytes 1024"
)
"""It takes half a minute, and answers in between."""


class _Refusing(Fault):
    """A Redis that refuses to write; subclasses say how it comes to that, and the error that it answers with."""

    refusal: ClassVar[type[redis.exceptions.RedisError]]
    says: ClassVar[str]

    def __init__(self, container: RedisContainer) -> None:
        self._container = container

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} {self.says}"

    async def prove(self) -> None:
        """See `Fault`."""
        async with self._container.client(answer_within=ANSWERS_WITHIN) as client:
            try:
                await self._ask(client)
            except self.refusal:
                return
        raise AssertionError(f"{self._container.alias} writes as ever")

    async def _ask(self, client: Redis) -> None:
        await client.set(PROOF, "", px=1)

    async def heal(self) -> None:
        """See `Fault`."""
        async with self._container.client() as client:
            await self._heal(client)
        await self._container.answers()

    async def _heal(self, client: Redis) -> None:
        raise NotImplementedError


class HeldWrites(_Refusing):
    """A Redis that answers no write until it is mended; who reads is answered. Who waits can be counted."""

    refusal = redis.exceptions.TimeoutError
    says = "holds up who writes"

    async def cause(self) -> None:
        """See `Fault`."""
        async with self._container.client() as client:
            await client.client_pause(FOR_EVER, all=False)

    async def waiting(self) -> int:
        """Return how many connections wait for the answer to a write."""
        async with self._container.client() as client:
            return int((await client.info("clients"))["blocked_clients"])

    async def _heal(self, client: Redis) -> None:
        await client.client_unpause()


class _Configured(_Refusing):
    """A Redis with settings that it did not have."""

    settings: ClassVar[Mapping[str, str]]
    usual: ClassVar[Mapping[str, str]]

    async def cause(self) -> None:
        """See `Fault`."""
        async with self._container.client() as client:
            for name, value in self.settings.items():
                await client.config_set(name, value)

    async def _heal(self, client: Redis) -> None:
        for name, value in self.usual.items():
            await client.config_set(name, value)


class OutOfMemory(_Configured):
    """A Redis that has no memory left for anything new, and keeps what it has."""

    refusal = redis.exceptions.OutOfMemoryError
    says = "has no memory left"
    settings: ClassVar[Mapping[str, str]] = {"maxmemory-policy": "noeviction", "maxmemory": LITTLE}
    usual: ClassVar[Mapping[str, str]] = {"maxmemory": "0"}


class Evicting(_Configured):
    """A Redis that has given up all keys for want of memory, and still has none left."""

    refusal = redis.exceptions.OutOfMemoryError
    says = "has given up all keys for want of memory"
    settings: ClassVar[Mapping[str, str]] = {"maxmemory-policy": "allkeys-random", "maxmemory": LITTLE}
    usual: ClassVar[Mapping[str, str]] = {"maxmemory": "0", "maxmemory-policy": "noeviction"}

    async def prove(self) -> None:
        """See `Fault`."""
        await super().prove()
        async with self._container.client() as client:
            if left := await client.dbsize():
                raise AssertionError(f"{self._container.alias} still has {left} keys")


class Locked(_Configured):
    """A Redis that answers nobody who does not know the password, which nobody was told."""

    refusal = redis.exceptions.AuthenticationError
    says = "wants a password"
    settings: ClassVar[Mapping[str, str]] = {"requirepass": PASSWORD}
    usual: ClassVar[Mapping[str, str]] = {"requirepass": ""}

    async def cause(self) -> None:
        """See `Fault`; who is connected has to come again."""
        async with self._container.client() as client:
            for name, value in self.settings.items():
                await client.config_set(name, value)
            await client.client_kill_filter(_type="normal", skipme=True)

    async def heal(self) -> None:
        """See `Fault`."""
        with suppress(redis.exceptions.AuthenticationError):  # it wants none, then
            async with self._container.client(password=PASSWORD) as client:
                await self._heal(client)
        await self._container.answers()


class Following(_Refusing):
    """A Redis that has become the replica of one that is not there: it takes no changes."""

    refusal: ClassVar[type[redis.exceptions.RedisError]] = redis.exceptions.ReadOnlyError
    says = "takes no changes"

    async def cause(self) -> None:
        """See `Fault`."""
        async with self._container.client() as client:
            await client.replicaof(*NOWHERE)

    async def _heal(self, client: Redis) -> None:
        await client.replicaof("NO", "ONE")


class OutOfStep(Following):
    """A replica that says nothing at all before it has caught up with its master, which is not there."""

    refusal = redis.exceptions.MasterDownError
    says = "has not caught up yet"

    async def cause(self) -> None:
        """See `Fault`."""
        async with self._container.client() as client:
            await client.config_set("replica-serve-stale-data", "no")
        await super().cause()

    async def _ask(self, client: Redis) -> None:
        await client.get(PROOF)

    async def _heal(self, client: Redis) -> None:
        await super()._heal(client)
        await client.config_set("replica-serve-stale-data", "yes")


class Loading(Fault):
    """A Redis that is still loading what it has kept, for clients behind a proxy: they are led to one that takes long.

    It is a second server in the same container, with much to load and a pause after each key.
    """

    def __init__(self, container: RedisContainer, toxiproxy: ToxiproxyContainer) -> None:
        self._container, self._toxiproxy = container, toxiproxy

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._container.alias} is still loading"

    async def cause(self) -> None:
        """See `Fault`."""
        much = {f"{PROOF}:{number}": "much" * LONG for number in range(MANY)}
        async with self._container.client() as client:
            await client.mset(much)
            await client.save()
            await client.delete(*much)
        await self._shell(
            f"mkdir -p {LOADED_FROM} && cp dump.rdb {LOADED_FROM} && redis-server {SLOWLY} --daemonize yes"
        )
        await self._container.patience.eventually(self.prove)
        await self._toxiproxy.lead(self._container.alias, f"{self._container.alias}:{SLOW_PORT}")

    async def prove(self) -> None:
        """See `Fault`."""
        answer = await self._shell(f"redis-cli -p {SLOW_PORT} get {PROOF} 2>&1; true")
        if "LOADING" not in answer:
            raise AssertionError(f"{self._container.alias} is not loading, it answers: {answer.strip()}")

    async def heal(self) -> None:
        """See `Fault`."""
        await self._toxiproxy.lead(self._container.alias, f"{self._container.alias}:{self._container.inner_port}")
        await self._shell(f"redis-cli -p {SLOW_PORT} shutdown nosave; rm -rf {LOADED_FROM} dump.rdb")

    async def _shell(self, command: str) -> str:
        done = await self._container.engine(lambda container: container.exec_run(["sh", "-c", command]))
        printed = str(done.output.decode(errors="replace"))
        assert done.exit_code == 0, f"`{command}` failed in {self._container.alias}: {printed}"
        return printed
