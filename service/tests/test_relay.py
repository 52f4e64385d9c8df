"""How the relay goes on: at once when woken, with pauses while there is trouble, until it is stopped."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from dishka import Provider, Scope, make_async_container

from class_management.application.outbox import Delivery, OutboxState, Pass, RelayOutbox
from class_management.application.ports import RefusedError, UnavailableError
from class_management.entrypoints.relay import OutboxRelay
from class_management.metrics import Metrics

IDLE = Pass(False, Delivery((), {}, None))


class Passes:
    """Stands in for the use case: each pass is `next_pass`'s."""

    def __init__(self, next_pass: Callable[[int], Pass]) -> None:
        self.next_pass = next_pass
        self.at: list[float] = []
        self.made = asyncio.Event()

    async def __call__(self) -> Pass:
        self.at.append(time.monotonic())
        self.made.set()
        return self.next_pass(len(self.at))


def relay(passes: Passes, state: OutboxState) -> OutboxRelay:
    provider = Provider(scope=Scope.REQUEST)

    def use_case() -> Any:
        return passes

    provider.provide(use_case, provides=RelayOutbox)
    return OutboxRelay(make_async_container(provider), state, Metrics())


async def test_it_is_woken_at_once_and_ends_when_told() -> None:
    passes, state = Passes(lambda _: IDLE), OutboxState()
    part = relay(passes, state)
    running = asyncio.create_task(part.run())
    await passes.made.wait()
    passes.made.clear()
    state.wake()
    await passes.made.wait()
    assert passes.at[1] - passes.at[0] < 0.4
    part.stop()
    await asyncio.wait_for(running, 1)


async def test_trouble_is_told_once_and_waited_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    def next_pass(number: int) -> Pass:
        if number == 1:
            raise UnavailableError("database: away")
        if number == 2:
            return Pass(False, Delivery((), {}, "kafka: away"))
        if number == 3:
            raise RefusedError("UntranslatableCharacterError")
        part.stop()
        return IDLE

    passes = Passes(next_pass)
    part = relay(passes, OutboxState())
    await asyncio.wait_for(part.run(), 2)
    assert passes.at[1] - passes.at[0] >= 0.09
    assert caplog.messages == ["announcements have to wait", "announcements go out again"]
