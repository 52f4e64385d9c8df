"""What can be broken on purpose: each fault proves that it has taken effect, and is mended by who began it."""

from harness.faults.clients import Crowded
from harness.faults.connections import Blocked, CutOff, Disconnected, Nameless, NamelessProxies, Sliced, Slowed
from harness.faults.databases import ReadOnly, SessionsEnded
from harness.faults.fault import Fault
from harness.faults.limits import StarvedOfCpu, StarvedOfMemory, StarvedToDeath
from harness.faults.memories import Evicting, Following, HeldWrites, Loading, Locked, OutOfMemory, OutOfStep
from harness.faults.owner import Faults, Happened
from harness.faults.partitions import Grown, Missing
from harness.faults.processes import Killed, Paused, Stopped
from harness.faults.shortages import DiskFull, Impatient, NoSlots
from harness.faults.topics import Closed
from harness.faults.transactions import BrokenOff, HeldCommits

__all__ = [
    "Blocked",
    "BrokenOff",
    "Closed",
    "Crowded",
    "CutOff",
    "Disconnected",
    "DiskFull",
    "Evicting",
    "Fault",
    "Faults",
    "Following",
    "Grown",
    "Happened",
    "HeldCommits",
    "HeldWrites",
    "Impatient",
    "Killed",
    "Loading",
    "Locked",
    "Missing",
    "Nameless",
    "NamelessProxies",
    "NoSlots",
    "OutOfMemory",
    "OutOfStep",
    "Paused",
    "ReadOnly",
    "SessionsEnded",
    "Sliced",
    "Slowed",
    "StarvedOfCpu",
    "StarvedOfMemory",
    "StarvedToDeath",
    "Stopped",
]
