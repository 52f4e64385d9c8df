"""Building an image from a folder, recognised by its content."""

import hashlib
import io
import os
import re
import tarfile
import tempfile
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import docker
import docker.errors
import requests

from harness.engine import explained, tells_of_a_full_disk
from harness.errors import InfrastructureError

LAST_LINES = 15
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
IN_MEMORY = 8_000_000
NOT_AT_THE_TOP = frozenset({"build", "dist", "tests", "wheels"})
PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def files_of(folder: Path) -> list[tuple[str, Path]]:
    """Return the files of a recipe or service as (name in the context, path), sorted by name.

    Left out are tests, hidden files, and what tools leave behind: none of them changes an image.
    """
    found = []
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        unwanted = parts[0] in NOT_AT_THE_TOP or any(
            part.startswith(".") or part == "__pycache__" or part.endswith((".egg-info", ".pyc")) for part in parts
        )
        if path.is_file() and not unwanted:
            found.append(("/".join(parts), path))
    return sorted(found)


def digest(files: Iterable[tuple[str, Path]], *more: str) -> str:
    """Return twelve hex digits that stand for the files' names, contents and executable bits, and for `more`."""
    total = hashlib.sha256()
    for name, path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{name}\0{os.access(path, os.X_OK)}\0{content}\n".encode())
    for text in more:
        total.update(f"{text}\0".encode())
    return total.hexdigest()[:12]


def is_present(client: docker.DockerClient, reference: str) -> bool:
    """Tell whether the engine has the image; raises `InfrastructureError` when the engine fails."""
    try:
        client.api.inspect_image(reference)
    except docker.errors.ImageNotFound:
        return False
    except (docker.errors.APIError, requests.RequestException) as error:
        raise explained(error, f"Looking for the image {reference}") from error
    return True


def build(
    client: docker.DockerClient, tag: str, files: Iterable[tuple[str, Path]], arguments: Mapping[str, str]
) -> None:
    """Build the Dockerfile among `files` with the engine's plain builder, and tag it.

    `arguments` are build arguments. Raises `InfrastructureError` with the last lines of a build that fails.
    """
    proxies = {name: os.environ[name] for name in PROXY_VARIABLES if name in os.environ}
    said: deque[str] = deque(maxlen=LAST_LINES)
    try:
        with _archive(files) as context:
            events = client.api.build(
                fileobj=context,
                custom_context=True,
                tag=tag,
                buildargs={**proxies, **arguments},
                # Packages come through the machine's own network: a bridge's names often do not resolve.
                network_mode="host",
                rm=True,
                forcerm=True,
                decode=True,
            )
            _follow(events, tag, said)
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise explained(error, f"Building the image {tag}") from error


def _follow(events: Iterable[Mapping[str, Any]], tag: str, said: deque[str]) -> None:
    for event in events:
        said.extend(line for line in event.get("stream", "").splitlines() if line.strip())
        if "error" in event:
            raise _failure(event["error"], said, f"Building the image {tag}")


def _archive(files: Iterable[tuple[str, Path]]) -> IO[bytes]:
    """Return a tar archive of `files` that is the same whoever makes it, when and where."""
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- the caller closes it
    with tarfile.open(fileobj=spool, mode="w") as archive:
        for name, path in files:
            entry = tarfile.TarInfo(name)
            content = path.read_bytes()
            entry.size = len(content)
            entry.mode = 0o755 if os.access(path, os.X_OK) else 0o644
            archive.addfile(entry, io.BytesIO(content))
    spool.seek(0)
    return spool


def failed_command(command: str, said: str, status: int, doing: str) -> InfrastructureError:
    """Return the error for a command of the host that ended with `status`, with the last lines it printed."""
    return _failure(f"`{command}` ended with exit code {status}", said.splitlines(), doing)


def _failure(reason: str, said: Iterable[str], doing: str) -> InfrastructureError:
    lines = [COLOUR.sub("", line).rstrip() for line in said][-LAST_LINES:]
    full = next(filter(tells_of_a_full_disk, lines), None)
    problem = explained(RuntimeError(full or reason), doing)
    problem.details = "\n".join(lines)
    return problem
