"""What a teacher changes while Kafka is away, to be announced once it is back (E2, E4)."""

from collections.abc import Sequence

from actors.changes import Changes
from actors.monitoring import Monitoring
from actors.operator import Operator
from actors.replicas import Replicas
from actors.teacher import Teacher


class AroundKafka:
    """Has changes succeed while Kafka is away, and mends it once the service has failed to publish them."""

    def __init__(
        self, changes: Changes, teacher: Teacher, monitoring: Monitoring, operator: Operator, *, replicas: Replicas
    ) -> None:
        self._changes, self._teacher = changes, teacher
        self._monitoring, self._operator, self._replicas = monitoring, operator, replicas

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

    async def creates_class_through_one_that_dies(self, name: str) -> None:
        """Create a class through the last replica, and kill that one: nobody has told the others what waits.

        Kafka comes back at once: what there is to show is whether another one looks, and not how it bears the outage.
        """
        await self._changes.creates_class_through_the_last(name)
        await self._replicas.the_last_goes("is killed")
        await self._operator.mends()

    async def _comes_back(self) -> None:
        await self._monitoring.asks_until_kafka_is_given_up()
        await self._operator.mends()
