"""What the suite's client of Kafka makes of a broker that is not ready."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, GroupLoadInProgressError

from harness.broker import Broker
from harness.eventually import Patience


@pytest.mark.asyncio
async def test_a_cluster_without_a_controller_is_not_ready_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker("localhost:1", Patience())
    admin = AIOKafkaAdminClient(bootstrap_servers="localhost:1")

    async def known() -> None:
        assert admin._client.cluster.controller is None

    monkeypatch.setattr(admin._client, "force_metadata_update", known)
    monkeypatch.setattr(broker, "_admin", admin)
    with pytest.raises(AssertionError, match="no controller yet"):
        await broker.create_topics({"topic": 1})


class _ComingBack:
    """A broker that has just started, as its administrator's client tells of it: each answer is given once."""

    def __init__(self) -> None:
        self.coordinators: list[Exception | int] = [GroupCoordinatorNotAvailableError(), 1, 1, 1]
        self.groups = [
            (GroupLoadInProgressError.errno, "group", "", "", "", []),
            (0, "group", "Stable", "consumer", "range", [("dead", "", "", b"", b""), ("alive", "", "", b"", b"")]),
        ]
        self.sent: list[Any] = []

    async def find_coordinator(self, _group: str) -> int:
        answer = self.coordinators.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def describe_consumer_groups(self, _groups: Sequence[str]) -> list[Any]:
        return [SimpleNamespace(groups=[self.groups.pop(0)])]

    async def _send_request(self, request: Any, _coordinator: int) -> None:
        self.sent.append(request)


@pytest.mark.asyncio
async def test_who_is_dead_is_evicted_by_a_broker_that_has_just_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    broker, back = Broker("localhost:1", Patience()), _ComingBack()
    monkeypatch.setattr(broker, "_admin", back)
    assert await broker.evict("group", ["dead"]) == ["dead"]
    assert len(back.sent) == 1
    assert not back.groups
