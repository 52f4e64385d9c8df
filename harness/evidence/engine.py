"""Containers: how they are, and what they may use."""

import asyncio
from typing import Any

import docker.errors

from harness.containers.container import KILLED, RunContainer
from harness.evidence.collector import Collector, Finding
from harness.evidence.scene import Scene
from harness.faults.limits import PLENTY

_BILLION, _MEGABYTE = 1_000_000_000, 1024 * 1024


def collector(scene: Scene) -> Collector:
    """Return the collector for the containers of the scenario's stack."""

    async def collect() -> Finding:
        return await asyncio.to_thread(_look, scene)

    return Collector("Containers", "containers.txt", collect)


def _look(scene: Scene) -> Finding:
    stack = scene.site.stack
    lines: list[str] = []
    telling: list[str] = []
    for container in (*stack.parts, *stack.services):
        told, is_well = _told(container)
        lines.append(told)
        if not is_well:
            telling.append(told)
            lines += [f"    | {scene.redaction.text(line)}" for line in container.log_tail().splitlines()]
    return Finding(lines, telling)


def _told(container: RunContainer) -> tuple[str, bool]:
    """Return what is to be told of a container, and whether it is well."""
    try:
        wrapped = container.get_wrapped_container()
        wrapped.reload()
    except docker.errors.NotFound:
        return f"the container {container.alias} is gone", False
    state, limits = wrapped.attrs["State"], wrapped.attrs["HostConfig"]
    status, is_well = _status(state)
    return f"the container {container.alias} ({wrapped.name}) {status}{_limits(limits)}", is_well


def _status(state: dict[str, Any]) -> tuple[str, bool]:
    if state["Paused"]:
        return "is paused", False
    if state["Running"]:
        return f"is running since {state['StartedAt'][:19]}Z", True
    why = ", out of memory" if state["OOMKilled"] else ", killed" if state["ExitCode"] == KILLED else ""
    return f"has ended with exit code {state['ExitCode']}{why} at {state['FinishedAt'][:19]}Z", False


def _limits(host: dict[str, Any]) -> str:
    """Return the limits that there are, as the end of a sentence."""
    nano, quota, period = host.get("NanoCpus") or 0, host.get("CpuQuota") or 0, host.get("CpuPeriod") or 100_000
    cpus = nano / _BILLION if nano else quota / period if quota > 0 else 0
    memory = host.get("Memory") or 0
    limits = [f"{cpus:g} CPU"] if cpus else []
    if 0 < memory < PLENTY:
        limits.append(f"{memory // _MEGABYTE} MB of memory")
    return f", with a limit of {' and '.join(limits)}" if limits else ""
