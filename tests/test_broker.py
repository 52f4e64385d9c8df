"""What the suite's client of Kafka makes of a broker that is not ready."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from harness.broker import Broker


@pytest.mark.asyncio
async def test_a_cluster_without_a_controller_is_not_ready_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker("localhost:1")
    admin = AIOKafkaAdminClient(bootstrap_servers="localhost:1")

    async def known() -> None:
        assert admin._client.cluster.controller is None

    monkeypatch.setattr(admin._client, "force_metadata_update", known)
    monkeypatch.setattr(broker, "_admin", admin)
    with pytest.raises(AssertionError, match="no controller yet"):
        await broker.create_topics({"topic": 1})
