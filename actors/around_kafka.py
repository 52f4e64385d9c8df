"""What a teacher changes while Kafka is away, to be announced once it is back (E2, E4)."""

from collections.abc import Sequence

from actors.changes import Changes
from actors.monitoring import Monitoring
from actors.operator import Operator
from actors.teacher import Teacher


class AroundKafka:
    """Has changes succeed while Kafka is away, and mends it once the service has failed to publish them."""

    def __init__(self, changes: Changes, teacher: Teacher, monitoring: Monitoring, operator: Operator) -> None:
        self._changes, self._teacher = changes, teacher
        self._monitoring, self._operator = monitoring, operator

    async def goes_on(self, name: str, names: Sequence[str], batch: str) -> None:
        """Rename a class several times, and confirm all of a batch."""
        await self._changes.renames_class(name, names)
        await self._teacher.confirms_all(batch)
        await self._comes_back()

    async def goes_on_around_a_restart(self, name: str, names: Sequence[str]) -> None:
        """Rename a class several times, and have the service killed and started."""
        await self._changes.renames_class(name, names)
        await self._operator.restarts_service_all_the_same()
        await self._comes_back()

    async def creates_classes(self, classes: int) -> None:
        """Create classes through all replicas."""
        await self._changes.creates_classes_through_all(classes)
        await self._comes_back()

    async def _comes_back(self) -> None:
        await self._monitoring.asks_until_kafka_is_given_up()
        await self._operator.mends()
