"""What can be broken on purpose: each fault proves that it has taken effect, and is mended by who began it."""

from harness.faults.connections import Blocked, CutOff, Disconnected, Slowed
from harness.faults.databases import ReadOnly, SessionsEnded
from harness.faults.fault import Fault
from harness.faults.limits import StarvedOfCpu, StarvedOfMemory
from harness.faults.owner import Faults, Happened
from harness.faults.processes import Killed, Paused, Stopped
from harness.faults.topics import Closed

__all__ = [
    "Blocked",
    "Closed",
    "CutOff",
    "Disconnected",
    "Fault",
    "Faults",
    "Happened",
    "Killed",
    "Paused",
    "ReadOnly",
    "SessionsEnded",
    "Slowed",
    "StarvedOfCpu",
    "StarvedOfMemory",
    "Stopped",
]
