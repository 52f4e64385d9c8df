"""An engine that cannot freeze a container at that moment is asked again; any other trouble is told at once."""

import asyncio
from typing import Any

import pytest

from harness.errors import InfrastructureError
from harness.eventually import Patience
from harness.faults import Paused

BUSY = "Cannot pause container: OCI runtime pause failed: unable to freeze: unknown"


class Container:
    """Stands in for a container of an engine that is in trouble some times before it obeys."""

    alias = "redis"
    patience = Patience(0.02)

    def __init__(self, *troubles: str) -> None:
        self.troubles = list(troubles)

    async def engine(self, _: Any) -> None:
        await asyncio.sleep(0)
        if self.troubles:
            raise InfrastructureError(self.troubles.pop())


async def test_an_engine_that_cannot_freeze_now_is_asked_again() -> None:
    container = Container(BUSY, BUSY)
    await Paused(container).cause()  # type: ignore[arg-type]
    assert container.troubles == []


@pytest.mark.parametrize("troubles", [[BUSY] * 1000, ["the engine is gone"]], ids=["for ever", "another trouble"])
async def test_an_engine_that_does_not_obey_is_trouble_of_the_infrastructure(troubles: list[str]) -> None:
    with pytest.raises(InfrastructureError, match=troubles[0].split(":")[0]):
        await Paused(Container(*troubles)).cause()  # type: ignore[arg-type]
