"""What a run leaves in the engine, and its removal: at the run's end, or by the next run when this one was killed."""

import contextlib
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import docker
import docker.errors
import requests

from harness import locks
from harness.console import say
from harness.engine import explained
from harness.errors import InfrastructureError
from harness.settings import ROOT

RUN, LOCK, HOST = "acceptance.run", "acceptance.lock", "acceptance.host"
LOCKS = ROOT / ".cache" / "runs"
DEADLINE = 30.0
PAUSE = 0.1
GHOST_SECONDS = 2.0
"""After so long a network to which nothing is attached, and which the engine calls in use, is left to the engine: what
it has lost count of stays in its books until it is restarted (moby/moby#42119), and does no harm."""
AT_ONCE = 8

# Answers of the engine that mean: somebody else removes it, or it cannot be removed yet. Looking again tells.
NOT_YET = frozenset({403, 409, 500})
IN_USE = "has active endpoints"


@dataclass(frozen=True)
class Run:
    """A run of the suite, alive as long as it holds its lock; the kernel gives the lock back when the process dies."""

    id: str
    labels: dict[str, str]
    """What every container, network and volume of the run is labelled with."""
    lock: IO[str]

    def close(self) -> None:
        """End the run: what still carries its labels is left over from now on."""
        Path(self.lock.name).unlink(missing_ok=True)
        self.lock.close()


def new_run(folder: Path = LOCKS) -> Run:
    """Begin a run; raises `InfrastructureError` when its lock file cannot be written."""
    run_id = uuid.uuid4().hex[:8]
    path = folder.resolve() / f"{run_id}.lock"
    lock = locks.hold(path)
    assert lock is not None, f"{path} is new, and held by somebody else"
    return Run(run_id, {RUN: run_id, LOCK: str(path), HOST: socket.gethostname()}, lock)


def remove_leftovers(client: docker.DockerClient) -> list[str]:
    """Remove everything that belongs to dead runs of this machine; returns a line for each such run.

    Runs that live, and those of other machines that share the engine, are left alone. Raises `InfrastructureError`.
    """
    said = []
    for run_id, labels in _runs(client).items():
        with _taken_from_the_dead(labels) as dead:
            if dead and (removed := remove_run(client, run_id)):
                said.append(f"Removed what run {run_id} had left behind: {removed}.")
                Path(labels[LOCK]).unlink(missing_ok=True)
    return said


def containers_of(client: docker.DockerClient, run_id: str) -> list[dict[str, Any]]:
    """Return what the engine lists of a run's containers, whatever their state; raises `InfrastructureError`."""
    try:
        return _containers(client, f"{RUN}={run_id}")
    except (docker.errors.APIError, requests.RequestException) as error:
        raise explained(error, f"Looking for the containers of run {run_id}") from error


def find_leftovers(client: docker.DockerClient) -> list[str]:
    """Return the ids of dead runs of this machine that left something behind; changes nothing."""
    found = []
    for run_id, labels in _runs(client).items():
        with _taken_from_the_dead(labels) as dead:
            if dead:
                found.append(run_id)
    return found


def find_living(client: docker.DockerClient, folder: Path = LOCKS) -> set[str]:
    """Return the ids of the runs that live: those of this checkout, and others' that have something in the engine.

    Raises `InfrastructureError`.
    """
    own = {path.stem: {LOCK: str(path.resolve()), HOST: socket.gethostname()} for path in folder.glob("*.lock")}
    living = set()
    for run_id, labels in (own | _runs(client)).items():
        with _taken_from_the_dead(labels) as dead:
            if LOCK in labels and not dead:  # what stands has no lock: it is nobody's
                living.add(run_id)
    return living


def remove_run(client: docker.DockerClient, run_id: str, *, deadline: float = DEADLINE) -> str:
    """Remove all containers, volumes and networks of a run, whatever their state; returns what they were.

    It may already be going, or gone, by another's hand. Raises `InfrastructureError` if something is still there
    after `deadline` seconds; a network that stays through a defect of the engine's own is told in a line.
    """
    end = time.monotonic() + deadline
    removed = []
    # Networks and volumes can only go when no container uses them.
    for kind, find, remove in (
        ("container", _containers, _remove_container),
        ("network", _networks, _remove_network),
        ("volume", _volumes, _remove_volume),
    ):
        if count := _remove_all(client, run_id, find, remove, end):
            removed.append(f"{count} {kind}{'s' if count > 1 else ''}")
    return ", ".join(removed)


def _containers(client: docker.DockerClient, label: str) -> list[dict[str, Any]]:
    # The plain list: the richer one inspects each container, and fails for one that goes meanwhile.
    return list(client.api.containers(all=True, filters={"label": label}))


def _networks(client: docker.DockerClient, label: str) -> list[dict[str, Any]]:
    return list(client.api.networks(filters={"label": label}))


def _volumes(client: docker.DockerClient, label: str) -> list[dict[str, Any]]:
    return list(client.api.volumes(filters={"label": label}).get("Volumes") or [])


def _remove_container(client: docker.DockerClient, container: dict[str, Any]) -> None:
    # Kills it, paused or not; its anonymous volumes go with it.
    client.api.remove_container(container["Id"], force=True, v=True)


def _remove_network(client: docker.DockerClient, network: dict[str, Any]) -> None:
    for endpoint in (client.api.inspect_network(network["Id"]).get("Containers") or {}).values():
        # Somebody else's container on the run's network, or the ghost of one that died half-way.
        client.api.disconnect_container_from_network(endpoint["Name"], network["Id"], force=True)
    client.api.remove_network(network["Id"])


def _remove_volume(client: docker.DockerClient, volume: dict[str, Any]) -> None:
    client.api.remove_volume(volume["Name"], force=True)


def _remove_all(
    client: docker.DockerClient,
    run_id: str,
    find: Callable[[docker.DockerClient, str], list[dict[str, Any]]],
    remove: Callable[[docker.DockerClient, dict[str, Any]], None],
    end: float,
) -> int:
    """Remove all that `find` finds, and look again until nothing is left; returns how many there were."""
    seen: set[str] = set()
    troubles: dict[str, str] = {}
    left_to_the_engine = time.monotonic() + GHOST_SECONDS
    while True:
        try:
            things = find(client, f"{RUN}={run_id}")
        except (docker.errors.APIError, requests.RequestException) as error:
            raise explained(error, f"Looking for what run {run_id} left") from error
        if not things:
            return len(seen)
        if time.monotonic() > left_to_the_engine and all(
            _is_ghost(client, t, troubles.get(_name(t), "")) for t in things
        ):
            names = ", ".join(map(_name, things))
            say(
                f"The engine keeps the network {names}, to which nothing is attached, until it is restarted: "
                "a defect of its own, moby/moby#42119, which does no harm"
            )
            return len(seen) - len(things)
        if time.monotonic() > end:
            raise InfrastructureError(
                f"The engine does not remove what run {run_id} left: {', '.join(map(_name, things))}.",
                remedy=f"`docker rm -fv $(docker ps -aq --filter label={RUN}={run_id})`; "
                f"if that fails too, restart the engine.",
                details="\n".join(f"{name}: {trouble}" for name, trouble in troubles.items()),
            )
        if seen:
            time.sleep(PAUSE)
        seen.update(map(_name, things))
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="remove") as threads:
            for thing, trouble in zip(things, threads.map(lambda one: _try(client, remove, one), things), strict=True):
                troubles[_name(thing)] = trouble


def _try(
    client: docker.DockerClient, remove: Callable[[docker.DockerClient, dict[str, Any]], None], thing: dict[str, Any]
) -> str:
    """Remove one thing; returns why it is still there, if it is. Raises `InfrastructureError` when the engine is."""
    try:
        remove(client, thing)
    except docker.errors.NotFound:
        return ""
    except docker.errors.APIError as error:
        if error.status_code not in NOT_YET:
            raise explained(error, f"Removing {_name(thing)}") from error
        return str(error.explanation)
    except requests.RequestException as error:
        return str(error)
    return ""


def _is_ghost(client: docker.DockerClient, thing: dict[str, Any], trouble: str) -> bool:
    """Tell whether it is a network that the engine will not remove though nothing is attached to it."""
    if IN_USE not in trouble:
        return False
    try:
        return not client.api.inspect_network(thing["Id"]).get("Containers")
    except docker.errors.APIError:
        return False  # it has gone meanwhile, perhaps; looking again tells


def _name(thing: dict[str, Any]) -> str:
    names = thing.get("Names")
    return str(names[0].lstrip("/") if names else thing.get("Name") or thing.get("Id", "?")[:12])


def _runs(client: docker.DockerClient) -> dict[str, dict[str, str]]:
    """Return the labels of every run that has something in the engine."""
    runs: dict[str, dict[str, str]] = {}
    try:
        for find in (_containers, _networks, _volumes):
            for thing in find(client, RUN):
                labels = thing.get("Labels") or {}
                runs[labels[RUN]] = labels
    except (docker.errors.APIError, requests.RequestException) as error:
        raise explained(error, "Looking for what earlier runs left") from error
    return runs


@contextlib.contextmanager
def _taken_from_the_dead(labels: dict[str, str]) -> Iterator[bool]:
    """Hold the lock of the run with `labels` if its owner is dead and was of this machine; gives whether it is so."""
    path = Path(labels.get(LOCK, ""))
    if labels.get(HOST) != socket.gethostname() or not path.is_absolute():
        yield False
        return
    if not path.exists():
        yield os.access(path.parent, os.X_OK) or not path.parent.exists()
        return
    try:
        lock = locks.hold(path)
    except InfrastructureError:
        # Somebody else's lock file, which this user may not open: their next run removes what they left.
        yield False
        return
    if lock is None:
        yield False
        return
    with lock:
        yield True
