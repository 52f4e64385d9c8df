"""One process: HTTP, consumer, relay and timeout monitor, sharing one container, one engine, one lifecycle."""

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiokafka.errors import KafkaError
from dishka import AsyncContainer, Provider

from class_management.adapters.postgres.errors import describe
from class_management.adapters.postgres.probe import GONE, PostgresProbe
from class_management.application.health import StartError
from class_management.entrypoints.consumer.consumer import SuggestionConsumer
from class_management.entrypoints.http.app import create_app
from class_management.entrypoints.http.server import HttpServer
from class_management.entrypoints.relay import OutboxRelay
from class_management.entrypoints.timeouts import TimeoutMonitor
from class_management.providers import create_container
from class_management.settings import Settings, load

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 1.0
STOP_SECONDS = 5.0
"""How long HTTP and consumer may take to stop; each has shorter deadlines of its own."""
CLOSE_SECONDS = 1.5
"""How long closing all connections may take."""

NEVER_RETRIEVED = ("Future exception was never retrieved", "Task exception was never retrieved")

logger = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; raises what made a part end that should not have, and StartError."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.set_exception_handler(on_given_up)
    await Composition(settings).run(stop)
    logger.info("stopped")


def on_given_up(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell as a warning that a connection was given up, which libraries call an error: aiokafka where Kafka does not
    answer, or has not answered before a commit was given up; asyncpg where the time to connect ends in the very moment
    in which the connection is made.
    """
    message, error = str(context.get("message", "")), context.get("exception")
    if message.startswith("Unclosed AIOKafka"):
        logger.warning("a connection to kafka was given up")
    elif message in NEVER_RETRIEVED and isinstance(error, (OSError, KafkaError)):
        logger.warning("a connection was given up", extra={"error": type(error).__name__})
    else:
        loop.default_exception_handler(context)


class Composition:
    """The service put together, ready to run; of the process around it, it changes nothing (L3).

    `overrides` replace what the service's own providers provide.
    """

    def __init__(self, settings: Settings, *overrides: Provider):
        self.container = create_container(settings, *overrides)
        self._address = settings.host, settings.port

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, then close all connections; raises as `run` and `listen` do."""
        try:
            await run(self.container, listen(*self._address), stop)
        finally:
            await close(self.container)


def compose(environment: Mapping[str, str], *overrides: Provider) -> Composition:
    """Compose the service in a process of somebody else's, as the environment says; raises SettingsError."""
    return Composition(load(environment), *overrides)


def listen(host: str, port: int) -> socket.socket:
    """Open the HTTP port; raises StartError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise StartError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    # Handed on to the connections: else an answer's body waits 40 ms for the acknowledgement of its headers. asyncio
    # sets it by itself only where the socket was made with its protocol named.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def run(container: AsyncContainer, listening: socket.socket, stop: asyncio.Event) -> None:
    """Supervise the parts until `stop` is set; when one ends by itself all end, and its error is raised."""
    http = HttpServer(create_app(container), listening)
    relay, timeouts = await container.get(OutboxRelay), await container.get(TimeoutMonitor)
    database = asyncio.create_task(_wait_for_database(await container.get(PostgresProbe)), name="database")
    consuming = asyncio.create_task(_consume(container, database), name="consumer")
    parts = [
        asyncio.create_task(http.run(), name="http"),
        consuming,
        asyncio.create_task(_behind(database, relay.run), name="relay"),
        asyncio.create_task(_behind(database, timeouts.run), name="timeouts"),
    ]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([*parts, stopping], return_when=asyncio.FIRST_COMPLETED)
    logger.info("stopping")
    ended = [part for part in parts if part.done()]
    stopping.cancel()
    database.cancel()
    consuming.cancel()
    for part in (http, relay, timeouts):
        part.stop()
    _, hanging = await asyncio.wait(parts, timeout=STOP_SECONDS)
    for task in hanging:
        logger.warning("a part did not stop in time", extra={"part": task.get_name()})
        task.cancel()
    for task in (database, *parts):
        if task.done() and not task.cancelled():
            task.exception()  # of several that end for one reason the first tells it; asyncio is not to tell the others
    for task in ended:
        task.result()
        raise RuntimeError(f"{task.get_name()} ended by itself")


async def close(container: AsyncContainer) -> None:
    """Close all connections, within CLOSE_SECONDS; one that makes trouble does not make the stop a failure."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await container.close()
    except TimeoutError:
        logger.warning("connections were not closed in time")
    except Exception as error:  # noqa: BLE001 -- there is nothing left to be done, and all work is done or given up
        logger.warning("a connection could not be closed", extra={"error": type(error).__name__})


async def _consume(container: AsyncContainer, database: asyncio.Task[None]) -> None:
    await asyncio.shield(database)
    consumer = await container.get(SuggestionConsumer)
    await consumer.run()


async def _behind(database: asyncio.Task[None], run: Callable[[], Awaitable[None]]) -> None:
    """Run a part once the database is there; raises StartError if it is not ours."""
    await asyncio.shield(database)
    await run()


async def _wait_for_database(probe: PostgresProbe) -> None:
    """Wait until the database is there; raises StartError if it is not ours (L6)."""
    wait = FIRST_WAIT_SECONDS
    while True:
        try:
            return await probe.check_schema()
        except GONE as error:
            logger.warning("waiting for the database", extra={"reason": describe(error)})
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT_SECONDS)
