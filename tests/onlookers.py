"""Who stands for the watch over a scenario's log where there is no log."""

from dataclasses import dataclass


@dataclass
class Onlooker:
    """Says what it is told to: whether the scenario has `held`, and whether its service was `quiet_afterwards`."""

    held: bool
    quiet_afterwards: bool = True

    async def look_last(self) -> bool:
        return self.held

    async def look_after_the_end(self) -> bool:
        return self.quiet_afterwards
