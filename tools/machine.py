"""What figures depend on: the machine that they were measured on."""

import os
import sys
from collections.abc import Mapping

IDLE = 0.5
"""Load a core below which a machine counts as idle."""


def machine(engine: str) -> dict[str, object]:
    """Return what the figures depend on; neither names nor paths."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "engine": engine,
        "python": sys.version.split()[0],
    }


def company() -> str:
    """Return in words what else the machine does (its load of the last minute); empty while it is as good as idle."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load < IDLE * cores:
        return ""
    return f"Before it began the load was {load:.1f} on {cores} cores: others are at work, and the figures say little."


def heading(date: str, about: Mapping[str, object], what: str = "") -> str:
    """Return the heading of a section in docs/measurements.md about figures that were measured at `date`."""
    machine = f"{about['cores']} cores, {about['memory_gib']} GiB, engine {about['engine']}, Python {about['python']}"
    return f"### {', '.join(filter(None, (date, what)))}: {machine}"
