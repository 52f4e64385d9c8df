"""Who owns the faults of a scenario."""

import asyncio
import time
from dataclasses import dataclass
from typing import TypeVar

from harness.console import say
from harness.eventually import Patience
from harness.faults.fault import Fault
from harness.journal import Journal

F = TypeVar("F", bound=Fault)

HEAL_WITHIN = 40.0
"""Seconds in which a fault has to be healed at the end of a scenario; more than the wait for a container."""


@dataclass
class Happened:
    """A fault that was begun, and proved; `healed` is None while it lasts. Moments are Unix seconds."""

    what: str
    began: float
    proof: str
    healed: float | None = None


class Faults:
    """Begins the faults of one scenario, and heals at its end, however it ends, what is not healed by then.

    `may_break` tells whether the scenario is where things may be broken.
    """

    def __init__(self, journal: Journal, patience: Patience, *, may_break: bool) -> None:
        self._journal, self._patience, self._may_break = journal, patience, may_break
        self._active: list[Fault] = []
        self._happened: dict[Fault, Happened] = {}
        self.happened: list[Happened] = []
        """What was broken in this scenario, in the order in which it was, also what is mended by now."""
        self.lingers = False
        """Whether something of it may stay with who was there meanwhile, or with their connections."""

    async def begin(self, fault: F) -> F:
        """Break something and return the fault, for `heal`; raises AssertionError when it does not take effect.

        Also where nothing may be broken, since others work there too.
        """
        if not self._may_break:
            raise AssertionError(
                f"here nothing may be broken (“{fault.what}” was asked for): others work on the shared stack. "
                "Tag the scenario @laboratory, and begin it with `Given the service runs`."
            )
        began = time.time()
        await fault.__aenter__()
        self._active.append(fault)
        self.lingers |= fault.lingers
        self._happened[fault] = self.note(fault.what, began, "it was looked at when it began")
        self._journal.write("faults", f"from now on {fault.what}")
        return fault

    def note(self, what: str, began: float, proof: str) -> Happened:
        """Note what was broken by other means, and how that is known; who mends it sets when it was `healed`."""
        self.happened.append(Happened(what, began, proof))
        return self.happened[-1]

    async def heal(self, fault: Fault) -> None:
        """Heal a fault now; raises AssertionError for one that is not active."""
        if fault not in self._active:
            raise AssertionError(f"nobody has begun, or somebody has healed already: {fault.what}")
        await fault.heal()
        self._active.remove(fault)
        self._happened.pop(fault).healed = time.time()
        self._journal.write("faults", f"no longer: {fault.what}")

    async def close(self) -> None:
        """Heal what is active, the last one first, each within its time; one that fails is told, and stops no other."""
        for fault in reversed(self._active):
            try:
                async with asyncio.timeout(self._patience.seconds(HEAL_WITHIN)):
                    await fault.heal()
            except Exception as trouble:  # noqa: BLE001 -- whatever it is, the others have their turn
                self.lingers = True
                say(f"It could not be healed that {fault.what}: {trouble!r}")
        self._active.clear()
