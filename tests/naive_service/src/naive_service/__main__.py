"""The process: `python -m naive_service`, or `… migrate`, or `… migrate down`."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

import asyncpg
import uvicorn
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from naive_service.consumer import Consumer, correlation
from naive_service.http import App

DATABASE = os.environ["CLASS_MANAGEMENT_SERVICE_DATABASE_URL"].replace("+asyncpg", "")


def setting(name: str, default: str) -> str:
    return os.environ.get(f"CLASS_MANAGEMENT_SERVICE_{name}", default)


class Server(uvicorn.Server):
    """Leaves the signals to `serve`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def log_with_correlation() -> None:
    """Write plain lines of text, each with the correlation id of the event that it is about."""
    handler = logging.StreamHandler()
    handler.addFilter(lambda entry: bool(entry.__dict__.setdefault("correlation", correlation.get())))
    line = "%(asctime)s %(levelname)s [%(correlation)s] %(message)s"
    logging.basicConfig(level=setting("LOG_LEVEL", "INFO"), format=line, handlers=[handler])
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


async def migrate(script: str) -> None:
    connection = await asyncpg.connect(DATABASE)
    await connection.execute((files("naive_service") / script).read_text())
    await connection.close()


async def serve() -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    size = int(setting("DATABASE_POOL_SIZE", "10")) + int(setting("DATABASE_MAX_OVERFLOW", "20"))
    pool = await asyncpg.create_pool(DATABASE, min_size=0, max_size=size)
    url = setting("REDIS_URL", "redis://localhost:6379")
    redis = Redis.from_url(url, socket_timeout=0.3, socket_connect_timeout=0.3, retry=Retry(NoBackoff(), 1))
    consumer = Consumer(pool, redis)
    address = {"host": setting("HOST", "0.0.0.0"), "port": int(setting("PORT", "5002"))}
    config = uvicorn.Config(App(pool, consumer), **address, lifespan="off", log_config=None, access_log=False)
    server = Server(config)
    parts = {asyncio.create_task(server.serve()), asyncio.create_task(consumer.run())}
    await asyncio.wait({*parts, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    consumer.stopping = server.should_exit = True
    _, unfinished = await asyncio.wait(parts, timeout=3.5)
    for part in unfinished:
        part.cancel()
    if unfinished:
        await asyncio.wait(unfinished, timeout=2.5)
    pool.terminate()
    await redis.aclose()
    return 0 if stop.is_set() else 1


if __name__ == "__main__":
    log_with_correlation()
    if sys.argv[1:2] == ["migrate"]:
        asyncio.run(migrate("down.sql" if sys.argv[2:] == ["down"] else "up.sql"))
    else:
        with asyncio.Runner() as runner:
            code = runner.run(serve())
            os._exit(code)  # whatever still hangs on a server that is away
