"""The images that a run is made of."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import docker

from harness.images import ImageChoice, Images
from harness.settings import ROOT
from harness.target import Target


@dataclass(frozen=True)
class StackImages:
    """The references of all images of a stack, of the service under test on it, and of what migrates its template."""

    postgres: str
    kafka: str
    redis: str
    service: str
    toxiproxy: str
    migrations: str


def have_images(client: docker.DockerClient, target: Target) -> tuple[StackImages, Sequence[str]]:
    """Have all images, pulled or built if need be; returns them, and a line for each that says how it was had.

    Raises `InfrastructureError`.
    """
    images = Images(client, ImageChoice.from_mapping(os.environ))
    images.prepare()
    service = str(target.image)
    if target.context is not None:
        service = images.service(target.context, ROOT / "constraints.txt")
    return (
        StackImages(
            images.postgres(),
            images.kafka(),
            images.redis(),
            service,
            images.toxiproxy(),
            migrations=target.migrations_image or service,
        ),
        images.describe(),
    )
