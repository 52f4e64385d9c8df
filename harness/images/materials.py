"""What images are made of and cannot be had inside a build: Debian's root file system, and Apache Kafka's jars."""

import tempfile
from pathlib import Path
from typing import IO

import docker
import docker.errors
import requests

from harness import packages, processes
from harness.console import step
from harness.engine import explained
from harness.images.recipe import digest, failed_command, is_present

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DEADLINE = 900.0


def import_base(client: docker.DockerClient, recipe: Path, architecture: str, tag: str, cache: Path) -> None:
    """Make Debian's root file system with mmdebstrap and give it to the engine as the image `tag`.

    Raises `InfrastructureError` with what mmdebstrap said, or where it cannot run.
    """
    wanted = ("mmdebstrap", "debian-archive-keyring")
    packages.need("mmdebstrap", *wanted, purpose="build images where no registry can be reached")
    if not KEYRING.exists() and packages.can_install():
        packages.install("debian-archive-keyring")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=cache) as archive:
        _run([str(recipe / "rootfs.sh"), architecture], "Making Debian's root file system", output=archive)
        archive.seek(0)
        try:
            repository, _, version = tag.partition(":")
            said = client.api.import_image(archive, repository, version, changes=['CMD ["/bin/sh"]'])
        except (docker.errors.DockerException, requests.RequestException) as error:
            raise explained(error, f"Importing the image {tag}") from error
    # The engine reports an error in the middle of an import as text of a successful answer.
    if not is_present(client, tag):
        raise explained(RuntimeError(said), f"Importing the image {tag}")


def kafka_jars(pom: Path, cache: Path) -> Path:
    """Return a folder with the jars that `pom` names, from Maven Central; downloaded once for each content of it.

    Raises `InfrastructureError` with what Maven said.
    """
    folder = cache / "jars" / digest([(pom.name, pom)])
    if folder.exists():
        return folder
    maven = packages.need("mvn", "maven", purpose="download Apache Kafka's jars from Maven Central")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        step("Downloading Apache Kafka's jars"),
        tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as work,
    ):
        unfinished = Path(work) / folder.name
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={unfinished}"]
        _run([maven, "-B", "-ntp", "-q", "-f", str(pom), *goal], "Downloading Apache Kafka's jars")
        unfinished.rename(folder)
    return folder


def _run(command: list[str], doing: str, output: IO[bytes] | None = None) -> None:
    try:
        ended = processes.run(command, deadline=DEADLINE, output=output)
    except OSError as error:
        raise explained(error, doing) from error
    if ended.status != 0:
        raise failed_command(Path(command[0]).name, ended.said, ended.status, doing)
