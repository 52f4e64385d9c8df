"""What runs beside a scenario, and its end."""

import asyncio
from typing import Any

CALLED_OFF_WITHIN = 2.0
"""Seconds in which whatever is called off has ended, unless it hangs."""


async def call_off(task: "asyncio.Task[Any] | None") -> None:
    """Cancel what runs beside the scenario, if anything does, and wait until it has ended: CALLED_OFF_WITHIN at most.

    SQLAlchemy gives a connection back whatever that takes, also when it is cancelled: a look at a PostgreSQL that
    stands still ends when that goes on, which it may only do after everybody has called off what he had begun.
    """
    if task is not None:
        task.cancel()
        await asyncio.wait([task], timeout=CALLED_OFF_WITHIN)
