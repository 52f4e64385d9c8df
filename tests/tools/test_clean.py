"""Cleaning: images of the service that are out of date go; the current one, those in use, and a run's own do not."""

import io
import tarfile
import uuid
from collections.abc import Callable, Iterator

import docker
import pytest

from harness import leftovers
from harness.engine import ensure_engine
from harness.images.images import SERVICE
from harness.images.outdated import remove_outdated
from tools import clean

pytestmark = pytest.mark.engine

Repository = tuple[str, Callable[[str], str]]


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return ensure_engine()


@pytest.fixture
def repository(client: docker.DockerClient) -> Iterator[Repository]:
    """A repository of images of its own, and what adds one to it."""
    name = f"acceptance-test/{uuid.uuid4().hex[:8]}"

    def add(version: str) -> str:
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as archive:
            archive.addfile(tarfile.TarInfo(version))
        client.api.import_image_from_data(content.getvalue(), repository=name, tag=version)
        return f"{name}:{version}"

    yield name, add
    for tag in _tags(client, name):
        client.api.remove_image(tag, force=True)


def _tags(client: docker.DockerClient, repository: str) -> set[str]:
    return {tag for image in client.api.images(name=repository) for tag in image["RepoTags"] or []}


def test_the_current_image_and_one_that_a_container_uses_stay(
    client: docker.DockerClient, repository: Repository
) -> None:
    name, add = repository
    current, used, *_ = add("current"), add("used"), add("old"), add("mutant")
    container = client.api.create_container(used, ["x"])["Id"]
    try:
        assert remove_outdated(client, name, current) == 2
        assert _tags(client, name) == {current, used}
    finally:
        client.api.remove_container(container)
    assert remove_outdated(client, name, None) == 2
    assert remove_outdated(client, name, None) == 0


def test_while_a_run_lives_no_image_goes(
    client: docker.DockerClient, repository: Repository, monkeypatch, capsys
) -> None:
    name, add = repository
    old = add("old")
    run = leftovers.new_run()
    try:
        clean.remove_images(client, name, None)
        assert f"run {run.id}" in capsys.readouterr().err.replace(", ", " run ")
        assert _tags(client, name) == {old}
    finally:
        run.close()
    monkeypatch.setattr(clean, "find_living", lambda _: set())  # other people's runs are none of this test's business
    clean.remove_images(client, name, None)
    assert "Removed 1 image of the service" in capsys.readouterr().err
    assert not _tags(client, name)


def test_the_current_image_is_the_one_that_a_run_would_use(client: docker.DockerClient) -> None:
    current = clean.current_image(client)
    assert current is not None
    assert current.startswith(f"{SERVICE}:")
    assert current == clean.current_image(client)
