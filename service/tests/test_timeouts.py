"""How the timeout monitor goes on: batch by batch, past one that cannot be decided, and past a database in trouble."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from dishka import Provider, Scope, make_async_container

from class_management.application.confirming import ConfirmOverdue
from class_management.application.ports import RefusedError, UnavailableError
from class_management.entrypoints import timeouts
from class_management.entrypoints.timeouts import TimeoutMonitor
from class_management.settings import Settings
from class_management.tracing import Tracing

ONE, TWO, THREE = (UUID(int=number) for number in range(1, 4))


@dataclass
class Overdue:
    """Stands in for the use case."""

    left: list[UUID] = field(default_factory=lambda: [ONE, TWO, THREE])
    refused: UUID | None = None
    troubles: int = 0
    looks: int = 0
    all_decided: asyncio.Event = field(default_factory=asyncio.Event)

    async def batches(self, hours: float, limit: int) -> list[UUID]:
        assert hours == 24
        self.looks += 1
        if self.troubles:
            self.troubles -= 1
            raise UnavailableError("database: away")
        if not set(self.left) - {self.refused}:
            self.all_decided.set()
        return self.left[:limit]

    async def __call__(self, batch_id: UUID, hours: float) -> int:
        assert hours == 24
        if batch_id == self.refused:
            raise RefusedError("CheckViolationError")
        self.left.remove(batch_id)
        return 1


async def decided(overdue: Overdue) -> None:
    """Run the monitor until all that can be decided is, and stop it."""
    provider = Provider(scope=Scope.REQUEST)

    def use_case() -> Any:
        return overdue

    provider.provide(use_case, provides=ConfirmOverdue)
    settings = SimpleNamespace(association_timeout_hours=24, association_timeout_check_seconds=3600)
    monitor = TimeoutMonitor(make_async_container(provider), cast("Settings", settings), Tracing())
    running = asyncio.create_task(monitor.run())
    await asyncio.wait_for(overdue.all_decided.wait(), 2)
    monitor.stop()
    await asyncio.wait_for(running, 1)


async def test_the_first_check_decides_all_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "BATCHES", 1)
    overdue = Overdue()
    await decided(overdue)
    assert overdue.left == []


async def test_one_that_cannot_be_decided_keeps_no_other_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(timeouts, "BATCHES", 1)
    overdue = Overdue(refused=ONE)
    await decided(overdue)
    assert overdue.left == [ONE]
    assert caplog.messages == ["an overdue batch cannot be decided"]


async def test_a_database_in_trouble_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "RETRY_SECONDS", 0.01)
    overdue = Overdue(troubles=3)
    await decided(overdue)
    assert (overdue.left, overdue.looks) == ([], 5)
