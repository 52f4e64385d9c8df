"""The form of all faults."""

from abc import ABC, abstractmethod
from typing import ClassVar, Self


class Fault(ABC):
    """Something broken on purpose: an async context manager, inside which it is broken, and after which it is mended.

    Subclasses say how to cause it, how to prove it, and how to heal it.
    """

    lingers: ClassVar[bool] = False
    """Whether something of it may stay with who was there meanwhile, or with their connections, when it is mended."""

    @property
    @abstractmethod
    def what(self) -> str:
        """What is broken, as the end of a sentence: `kafka is paused`."""

    @abstractmethod
    async def cause(self) -> None:
        """Break it."""

    @abstractmethod
    async def prove(self) -> None:
        """Raise AssertionError unless it is broken now."""

    @abstractmethod
    async def heal(self) -> None:
        """Mend it and wait until it works again; does no harm where nothing is broken."""

    async def __aenter__(self) -> Self:
        try:
            await self.cause()
            await self.prove()
        except BaseException as trouble:
            try:
                await self.heal()
            except Exception as worse:  # noqa: BLE001 -- the first trouble matters more; the second one goes along
                trouble.add_note(f"and it could not be healed: {worse!r}")
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.heal()
