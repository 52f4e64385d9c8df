"""The process: `python -m naive_service`, or `… migrate`, or `… migrate down`."""

import asyncio
import logging
import os
import signal
import sys
from importlib.resources import files

import asyncpg
import uvicorn
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from naive_service.consumer import Consumer, correlation, setting
from naive_service.http import App

DATABASE = setting("DATABASE_URL", "").replace("+asyncpg", "")


async def migrate(script: str) -> None:
    connection = await asyncpg.connect(DATABASE)
    await connection.execute((files("naive_service") / script).read_text())
    await connection.close()


async def serve() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # uvicorn heeds it, and raises it once more when it has ended
    size = int(setting("DATABASE_POOL_SIZE", "10")) + int(setting("DATABASE_MAX_OVERFLOW", "20"))
    pool = await asyncpg.create_pool(DATABASE, min_size=0, max_size=size)
    url = setting("REDIS_URL", "redis://localhost:6379")
    redis = Redis.from_url(url, socket_timeout=0.3, socket_connect_timeout=0.3, retry=Retry(NoBackoff(), 1))
    host, port = setting("HOST", "0.0.0.0"), int(setting("PORT", "5002"))
    config = uvicorn.Config(App(pool), host, port, log_config=None, access_log=False, timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    consuming = asyncio.create_task(Consumer(pool, redis).run(lambda: server.should_exit))
    await server.serve()
    await asyncio.wait([consuming], timeout=1)
    consuming.cancel()
    await asyncio.wait([consuming], timeout=2.5)
    pool.terminate()
    os._exit(0)  # whatever still hangs on a server that is away


if __name__ == "__main__":
    handler = logging.StreamHandler()
    handler.addFilter(lambda entry: bool(entry.__dict__.setdefault("correlation", correlation.get())))
    line = "%(asctime)s %(levelname)s [%(correlation)s] %(message)s"
    logging.basicConfig(level=setting("LOG_LEVEL", "INFO"), format=line, handlers=[handler])
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if sys.argv[1:2] == ["migrate"]:
        asyncio.run(migrate("down.sql" if sys.argv[2:] == ["down"] else "up.sql"))
    else:
        asyncio.run(serve())
