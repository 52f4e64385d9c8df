"""What the service may leave behind when all has been dealt with: nothing that stays for ever (V9)."""

from contextlib import suppress

from actors import wire
from harness.eventually import NeverHappenedError, Patience
from harness.history import Figure
from harness.sites import Site
from harness.sql import text

_IDLE = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND state LIKE 'idle in transaction%' AND application_name <> 'acceptance'"
)


async def remains(site: Site, patience: Patience) -> list[Figure]:
    """Return what has remained: sessions idle in transaction, and keys in Redis that never lapse.

    What is on its way out has some seconds for it: a session may be between two statements, but not whenever one looks.
    """

    async def look() -> list[Figure]:
        figures = await _figures(site)
        assert not any(figure.has_grown for figure in figures), str(figures)
        return figures

    with suppress(NeverHappenedError):
        return await patience.eventually(look)
    return await _figures(site)


async def _figures(site: Site) -> list[Figure]:
    async with site.engine.connect() as connection:
        idle = (await connection.execute(text(_IDLE))).scalar_one()
    redis = site.stack.redis_client
    keys = [key async for key in redis.scan_iter(match=f"{wire.KEY_PREFIX}:*", count=1000)]
    async with redis.pipeline(transaction=False) as asking:
        for key in keys:
            asking.ttl(key)
        endless = (await asking.execute()).count(-1)
    return [
        Figure("sessions idle in transaction", 0, idle),
        Figure("keys in Redis that never lapse", 0, endless),
    ]
