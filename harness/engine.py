"""The container engine: found where the user has it, or installed and started where that is possible."""

import errno
import ipaddress
import os
import shutil
import socket
import sys
from pathlib import Path
from urllib.parse import urlparse

import docker
import docker.errors
import requests
from docker.context import ContextAPI
from testcontainers.core.config import testcontainers_config
from testcontainers.core.docker_client import get_docker_host
from testcontainers.core.utils import default_gateway_ip

from harness import daemon, packages
from harness.daemon import Daemon
from harness.errors import InfrastructureError

PROBE_TIMEOUT = 10.0
"""Seconds in which a healthy engine has answered, however busy the machine."""

CALL_TIMEOUT = 120
"""Seconds that any one call to the engine may take."""

LEAST_FREE_BYTES = 1_000_000_000
"""Below this on the engine's disk a run is not begun: it would end in errors that look like the service's."""

FREE_DISK = "Free some space (`df -h`, `docker system df`, `docker image prune`), then run again."

INSIDE = Path("/.dockerenv")
"""There inside of containers; it may be left over on a machine that was made from one."""

FULL_DISK = ("no space left on device", "enough free space", "disk quota exceeded")


class NoEngineError(InfrastructureError):
    """Nobody answers at the engine's address."""


def ensure_engine(local: Daemon | None = None) -> docker.DockerClient:
    """Return a client of a working engine; on Debian and Ubuntu as root, install and start one if none answers.

    An engine that the user named (DOCKER_HOST, a docker context) is only asked. `local` describes the engine to
    start; the default is the machine's own. Raises `InfrastructureError` with the way out.
    """
    address = chosen_address()
    local = local or Daemon()
    if address and address != local.address:
        client = connect(address)
    else:
        try:
            client = connect(local.address)
        except NoEngineError:
            if not daemon.can_start():
                raise
            daemon.start(local, answers=lambda: answers(local.address))
            client = connect(local.address)
    _settle_testcontainers(client)
    _check_disk(client)
    return client


def chosen_address() -> str | None:
    """Return the address of the engine that the user chose, or None for the machine's own."""
    if (name := os.environ.get("DOCKER_CONTEXT")) and not os.environ.get("DOCKER_HOST"):
        context = ContextAPI.get_context(name)
        if context is None:
            raise InfrastructureError(
                f"DOCKER_CONTEXT names the docker context {name!r}, which does not exist.",
                remedy="Choose one of `docker context ls`, or unset DOCKER_CONTEXT.",
            )
        return str(context.Host) if name != "default" else None
    return get_docker_host()


def connect(address: str) -> docker.DockerClient:
    """Return a client of the engine at `address`.

    Raises `NoEngineError` when nobody is there, `InfrastructureError` when it is there and of no use.
    """
    _knock(address)
    try:
        client = docker.DockerClient(
            base_url=address,
            timeout=PROBE_TIMEOUT,
            tls=_tls(),
            max_pool_size=50,
            use_ssh_client=address.startswith("ssh://"),
        )
        client.ping()
    except (docker.errors.DockerException, requests.RequestException) as error:
        if "timed out" in str(error).lower():
            raise _hangs(address) from error
        raise NoEngineError(
            f"The container engine at {address} does not answer: {error}",
            remedy="Start it, or point DOCKER_HOST (or the docker context) to one that runs.",
        ) from error
    client.api.timeout = CALL_TIMEOUT
    # Whoever makes a client of their own (testcontainers, the docker command) then speaks to the same engine.
    if address != Daemon().address:
        os.environ["DOCKER_HOST"] = address
    return client


def answers(address: str) -> bool:
    """Tell whether an engine answers at `address`; raises `InfrastructureError` when it is there and of no use."""
    try:
        connect(address).close()
    except NoEngineError:
        return False
    return True


def explained(error: BaseException, doing: str) -> InfrastructureError:
    """Turn an error of the engine, or of the disk, into one that says the way out; `doing` says what was tried."""
    said = " ".join(str(getattr(error, "explanation", None) or error).split())
    if getattr(error, "errno", None) == errno.ENOSPC or tells_of_a_full_disk(said):
        return InfrastructureError(f"{doing}: no disk space left.", remedy=FREE_DISK, details=said)
    if isinstance(error, requests.exceptions.Timeout):
        return InfrastructureError(f"{doing}: the container engine did not answer in time.", details=said)
    if isinstance(error, requests.exceptions.ConnectionError):
        return InfrastructureError(f"{doing}: the connection to the container engine broke.", details=said)
    return InfrastructureError(f"{doing}: {said}")


def tells_of_a_full_disk(said: str) -> bool:
    """Tell whether a program, in whatever words, says that the disk is full."""
    return any(words in said.lower() for words in FULL_DISK)


def local_data_root(client: docker.DockerClient) -> Path | None:
    """Return the folder where the engine keeps its data, if it is on this machine."""
    root = Path(client.info().get("DockerRootDir", ""))
    try:
        return root if root.is_absolute() and root.exists() and shares_network(client) else None
    except PermissionError:
        return root.parent if shares_network(client) else None


def shares_network(client: docker.DockerClient) -> bool:
    """Tell whether the engine's published ports are on this machine's own localhost.

    They are if the address of its bridge is one of ours; from inside a container that was only given the engine's
    socket, it is not.
    """
    try:
        addresses = client.networks.get("bridge").attrs["IPAM"]["Config"][0]
        # Docker 20.10 leaves the gateway out unless it was configured; it is then the first address.
        gateway = addresses.get("Gateway") or str(ipaddress.ip_network(addresses["Subnet"])[1])
        with socket.socket() as probe:
            probe.bind((gateway, 0))
    except (docker.errors.APIError, KeyError, IndexError, ValueError, OSError):
        return False
    return True


def _knock(address: str) -> None:
    """Try a local socket first: its errors are exact, the client's are not."""
    url = urlparse(address)
    if url.scheme not in {"unix", "http+unix"}:
        return
    path = url.path
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(PROBE_TIMEOUT)
            probe.connect(path)
    except PermissionError as error:
        raise InfrastructureError(
            f"No permission to use the container engine: {path} is not open to user {os.getuid()}.",
            remedy="Join its group (`sudo usermod -aG docker $USER`, then log in again), or run as root.",
        ) from error
    except TimeoutError as error:
        raise _hangs(address) from error
    except OSError as error:
        raise NoEngineError(
            f"No container engine answers at {path} ({os.strerror(error.errno or 0).lower()}).",
            remedy=_how_to_get_one(),
        ) from error


def _hangs(address: str) -> InfrastructureError:
    return InfrastructureError(
        f"The container engine at {address} hangs: it did not answer within {PROBE_TIMEOUT:.0f} s.",
        remedy="Restart it (`sudo systemctl restart docker`, or restart Docker Desktop), then run again.",
    )


def _how_to_get_one() -> str:
    if sys.platform != "linux":
        return "Start Docker Desktop (https://docs.docker.com/get-docker/), then run again."
    if packages.find("dockerd"):
        return "Start it (`sudo systemctl start docker`), or run as root, then run again."
    return "Install Docker (Debian and Ubuntu: `sudo apt-get install docker.io`; others: https://docs.docker.com/engine/install/), or run as root on Debian or Ubuntu."  # noqa: E501 -- one sentence


def _tls() -> docker.tls.TLSConfig | bool:
    """Return the user's TLS settings, by docker's own environment variables."""
    return docker.utils.kwargs_from_env().get("tls", False)


def _check_disk(client: docker.DockerClient) -> None:
    root = local_data_root(client)
    if root and (free := shutil.disk_usage(root).free) < LEAST_FREE_BYTES:
        raise InfrastructureError(
            f"No disk space left for containers: {free / 1e6:.0f} MB free under {root}, "
            f"at least {LEAST_FREE_BYTES / 1e6:.0f} MB are needed.",
            remedy=FREE_DISK,
        )


def _settle_testcontainers(client: docker.DockerClient) -> None:
    """Tell testcontainers what it cannot know; a user's own settings stay as they are.

    Its reaper's image cannot be had without a registry: `harness.leftovers` does that work. And inside a container that
    was only given the engine's socket, what is published is not on localhost, but on the gateway.
    """
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    is_local = client.api.base_url == "http+docker://localhost"
    if is_local and INSIDE.exists() and not testcontainers_config.tc_host_override and not shares_network(client):
        testcontainers_config.tc_host_override = default_gateway_ip()
