"""Redis keys of the scenario, with value and TTL."""

from typing import Any

from harness.evidence.collector import Collector, Finding
from harness.evidence.scene import Scene

MOST_LOOKED_AT = 5_000


def collector(scene: Scene) -> Collector:
    """Return the collector for the keys that mention anything of the scenario."""

    async def collect() -> Finding:
        redis = scene.site.stack.redis_client
        keys: list[str] = []
        async for key in redis.scan_iter(count=1000):
            keys.append(key)
            if len(keys) == MOST_LOOKED_AT:
                break
        values = await _values(redis, keys)
        ours = [key for key in keys if scene.is_ours(f"{key} {values[key]}")]
        async with redis.pipeline(transaction=False) as asked:
            for key in ours:
                asked.ttl(key)
            ttls = await asked.execute()
        lines = [
            f"{key} = {scene.shown(values[key].encode())} ({'no TTL' if ttl < 0 else f'lapses in {ttl} s'})"
            for key, ttl in zip(ours, ttls, strict=True)
        ]
        return Finding([*lines, f"({len(keys) - len(ours)} other keys)"])

    return Collector("Keys in Redis that mention the scenario", "redis.txt", collect)


async def _values(redis: Any, keys: list[str]) -> dict[str, str]:
    """Return the values of keys that hold a text; those of another kind are told by their kind."""
    values = dict(zip(keys, await redis.mget(keys) if keys else [], strict=True))
    return {key: f"(a {await redis.type(key)})" if value is None else value for key, value in values.items()}
