"""What a teacher sees of a batch of essays."""

from uuid import UUID

from class_management.application.ports import Associations, AssociationView


class ShowBatches:
    """The use cases about batches; a teacher sees those of own classes only (H4)."""

    def __init__(self, associations: Associations):
        self._associations = associations

    async def associations(self, teacher: str, batch_id: UUID) -> list[AssociationView]:
        """Who wrote which essay; nothing for an unknown batch."""
        return await self._associations.of_batch(batch_id, teacher)
