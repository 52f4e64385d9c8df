"""The way images come where a registry answers: a real one, on this machine, with the published names."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
import httpx
import pytest

from harness import doctor, packages
from harness.engine import ensure_engine
from harness.errors import InfrastructureError
from harness.eventually import Patience
from harness.images import ImageChoice, Images
from harness.images.images import KINDS
from harness.images.recipe import is_present
from harness.ports import free_port
from harness.settings import ROOT

pytestmark = pytest.mark.engine

CONFIGURATION = """\
version: 0.1
storage:
  filesystem:
    rootdirectory: {folder}
http:
  addr: 127.0.0.1:{port}
"""


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return ensure_engine()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty registry; engines trust one on a loopback address without being told."""
    program = packages.need("docker-registry", "docker-registry", purpose="show how images are pulled")
    folder = tmp_path_factory.mktemp("registry")
    port = free_port()
    configuration = folder / "config.yml"
    configuration.write_text(CONFIGURATION.format(folder=folder / "data", port=port))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "serve", configuration], stdout=log, stderr=log)

    async def look() -> None:
        if process.poll() is not None:
            raise InfrastructureError("The registry ended at once.", details=(folder / "log").read_text())
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{port}/v2/")).status_code == 200

    try:
        asyncio.run(Patience().eventually(look, within=20, bear=(httpx.HTTPError,)))
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def published(client: docker.DockerClient, registry: str) -> Iterator[ImageChoice]:
    """The images of this repository in the registry, under the names of the published ones, and not in the engine."""
    built = Images(client, ImageChoice(mode="build"))
    built.prepare()
    choice = ImageChoice(mode="pull", registry=registry)
    for kind in KINDS:
        client.api.tag(built.built(kind), choice.published(kind))
        for event in client.api.push(choice.published(kind), stream=True, decode=True):
            assert "error" not in event, event
        forget(client, choice.published(kind))
    yield choice
    for kind in KINDS:
        forget(client, choice.published(kind))


def forget(client: docker.DockerClient, reference: str) -> None:
    """Remove a name of an image; its layers stay with its other names."""
    if is_present(client, reference):
        client.api.remove_image(reference)


def test_images_are_pulled_under_their_published_names(client: docker.DockerClient, published: ImageChoice) -> None:
    assert [f.what for f in doctor.images(Images(client, published), client, None) if not f.missing] == [
        f"image of {kind}: will be pulled, {published.published(kind)}" for kind in KINDS
    ]
    images = Images(client, published)
    images.prepare()
    assert images.describe() == [f"{kind}: {published.published(kind)} (pulled)" for kind in sorted(KINDS)]
    assert images.postgres() == f"{published.registry}/postgres:15-alpine"
    version = client.containers.run(images.redis(), ["redis-server", "--version"], remove=True)
    assert version.startswith(b"Redis server v=7.")
    again = Images(client, published)
    again.prepare()
    assert again.describe() == [f"{kind}: {published.published(kind)} (pulled earlier)" for kind in sorted(KINDS)]


def test_what_is_pulled_comes_over_the_wire(client: docker.DockerClient, registry: str, tmp_path: Path) -> None:
    """The engine forgets the image altogether: its only layer has to come from the registry."""
    (tmp_path / "content").write_text(registry)
    subprocess.run(["tar", "-cf", tmp_path / "image.tar", "-C", tmp_path, "content"], check=True)
    choice = ImageChoice(mode="pull", registry=registry, redis="only:here")
    with (tmp_path / "image.tar").open("rb") as archive:
        client.api.import_image(archive, f"{registry}/only", "here")
    client.images.push(f"{registry}/only", "here")
    forget(client, choice.published("redis"))
    try:
        container = client.api.create_container(Images(client, choice).redis(), ["none"])
        chunks, _ = client.api.get_archive(container["Id"], "/content")
        assert registry.encode() in b"".join(chunks)
        client.api.remove_container(container["Id"])
    finally:
        forget(client, choice.published("redis"))


def test_an_image_that_the_registry_does_not_have_is_an_error(client: docker.DockerClient, registry: str) -> None:
    with pytest.raises(InfrastructureError, match=r"nobody/kafka:1 cannot be pulled: .*not found"):
        Images(client, ImageChoice(mode="pull", registry=registry, kafka="nobody/kafka:1")).kafka()


def test_a_registry_that_cannot_be_reached_is_an_error_where_images_must_be_pulled(client: docker.DockerClient) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with pytest.raises(InfrastructureError, match="connection refused") as caught:
        Images(client, ImageChoice(mode="pull", registry=nowhere)).prepare()
    assert "ACCEPTANCE_IMAGES=build" in caught.value.remedy


def test_a_registry_that_cannot_be_reached_is_no_obstacle_where_images_may_be_built(
    client: docker.DockerClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "images", tmp_path / "images")
    # A new image, made of layers that the engine has.
    with (tmp_path / "images" / "redis" / "Dockerfile").open("a") as recipe:
        recipe.write(f'LABEL acceptance.test="{tmp_path.name}"\n')
    choice = ImageChoice(registry=f"127.0.0.1:{free_port()}")
    reference = Images(client, choice, recipes=tmp_path / "images").redis()
    try:
        assert reference.startswith("acceptance/redis:")
        assert is_present(client, reference)
        assert "connection refused); building one from images/redis instead" in " ".join(
            capsys.readouterr().err.split()
        )
    finally:
        forget(client, reference)
