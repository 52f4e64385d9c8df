"""What other services of the platform want to know: whose essay it is, and which class a batch belongs to."""

from collections.abc import Collection, Mapping
from uuid import UUID

from class_management.application.ports import Directory, EssayAuthor
from class_management.domain.errors import EssayNotFoundError


class AskDirectory:
    """The use cases behind the internal routes."""

    def __init__(self, directory: Directory):
        self._directory = directory

    async def authors_of_batch(self, batch_id: UUID) -> list[EssayAuthor]:
        """Who wrote the essays of a batch; nothing for an unknown one."""
        return await self._directory.authors_of_batch(batch_id)

    async def author_of(self, essay_id: UUID) -> EssayAuthor:
        """Who wrote an essay; raises EssayNotFoundError."""
        found = await self._directory.author_of(essay_id)
        if found is None:
            raise EssayNotFoundError(essay_id)
        return found

    async def classes_of(self, batch_ids: Collection[UUID]) -> Mapping[UUID, tuple[UUID, str]]:
        """Id and name of the class of each of the batches that have one."""
        return await self._directory.classes_of(batch_ids)
