"""Images that nobody will use again: every change of a service leaves one of 300 MB, every mutant a layer."""

import docker
import docker.errors
import requests

from harness.engine import explained

GONE, IN_USE = 404, 409


def remove_outdated(client: docker.DockerClient, repository: str, keep: str | None) -> int:
    """Remove the images of `repository`, save the tag `keep` and what a container uses; returns how many went.

    Raises `InfrastructureError` when the engine does not answer.
    """
    try:
        images = client.api.images(name=repository)
        tags = [tag for image in images for tag in image.get("RepoTags") or [] if tag != keep]
        return sum(remove(client, tag) for tag in tags)
    except (docker.errors.APIError, requests.RequestException) as error:
        raise explained(error, f"Removing outdated images of {repository}") from error


def remove(client: docker.DockerClient, tag: str) -> bool:
    """Remove one image and tell whether it went: not if a container, running or not, was made from it."""
    try:
        client.api.remove_image(tag)
    except docker.errors.APIError as error:
        if error.status_code not in (GONE, IN_USE):
            raise
        return False
    return True
