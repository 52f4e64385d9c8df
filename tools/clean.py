"""Removes what runs that died have left behind, and outdated images of the service; starts no engine for it.

Containers, networks, volumes; and the images of mutants and of earlier builds, unless a run lives: it may need them.
"""

import os
import sys

import docker

from harness.console import say
from harness.daemon import Daemon
from harness.engine import chosen_address, connect
from harness.errors import InfrastructureError
from harness.images import ImageChoice, Images
from harness.images.images import SERVICE
from harness.images.outdated import remove_outdated
from harness.leftovers import find_living, remove_leftovers
from harness.settings import ROOT, Settings
from harness.target import Target
from tools.broken_images import REPOSITORY


def remove_images(client: docker.DockerClient, repository: str, keep: str | None) -> None:
    """Remove the images of `repository`, save the tag `keep` and those in use, unless a run lives; say what went."""
    if living := find_living(client):
        say(f"Images of the service are left as they are: run {', '.join(sorted(living))} may use them.")
    elif removed := remove_outdated(client, repository, keep):
        say(
            f"Removed {removed} image{'s' if removed > 1 else ''} of the service that {'are' if removed > 1 else 'is'} "
            "out of date."
        )


def current_image(client: docker.DockerClient) -> str | None:
    """Return the image that the default target would be run from, if it is built from a folder."""
    context = Target.load(Settings().target).context
    images = Images(client, ImageChoice.from_mapping(os.environ))
    return images.current_service(context, ROOT / "constraints.txt") if context else None


def main() -> int:
    """Remove them; returns 1 when the engine does not let it, 0 also when there is no engine."""
    try:
        client = connect(chosen_address() or Daemon().address)
    except InfrastructureError as trouble:
        say(f"Nothing to remove from the engine: {trouble.problem}")
        return 0
    try:
        for line in remove_leftovers(client):
            say(line)
        remove_images(client, SERVICE, current_image(client))
        remove_images(client, REPOSITORY, None)
    except InfrastructureError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
