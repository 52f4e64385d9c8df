"""Images of broken services: what is changed is in them, and what is not is as in the service's own."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from harness.engine import ensure_engine
from harness.images.recipe import files_of, is_present
from tools.broken_images import REPOSITORY, BrokenImages, migrating
from tools.runs import ROOT

SUGGESTIONS = Path("src/class_management/domain/suggestions.py")
SCHEMA = Path("src/class_management/migrations/versions/0001_schema.py")
PRINTS = "import class_management.{} as m; print(m.MARK)"


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return ensure_engine()


@pytest.fixture(scope="module")
def images() -> Iterator[BrokenImages]:
    made = BrokenImages(ROOT / "service", ROOT / "constraints.txt", ROOT / ".cache")
    yield made
    made.remove()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "service", tmp_path / "service", ignore=shutil.ignore_patterns("__pycache__", "tests"))
    return tmp_path / "service"


def _marked(path: Path) -> str:
    mark = uuid.uuid4().hex
    path.write_text(f"{path.read_text()}\nMARK = {mark!r}\n")
    return mark


def _says(client: docker.DockerClient, image: str, module: str) -> str:
    said: bytes = client.containers.run(image, ["python3", "-c", PRINTS.format(module)], remove=True)
    return said.decode().strip()


@pytest.mark.engine
def test_a_changed_module_is_a_layer_that_is_gone_when_it_is_removed(
    client: docker.DockerClient, images: BrokenImages, copy: Path
) -> None:
    mark = _marked(copy / SUGGESTIONS)
    image = images.of(copy)
    assert image.reference.startswith(f"{REPOSITORY}:")
    assert _says(client, image.reference, "domain.suggestions") == mark
    whole = client.api.inspect_image(str(image.migrated_by))["RootFS"]["Layers"]
    assert client.api.inspect_image(image.reference)["RootFS"]["Layers"][:-1] == whole
    assert images.of(copy) == image
    images.remove(but=image.reference)
    assert is_present(client, image.reference)
    images.remove()
    assert not is_present(client, image.reference)
    assert is_present(client, str(image.migrated_by))


@pytest.mark.engine
def test_an_image_in_use_goes_once_it_is_not(client: docker.DockerClient, images: BrokenImages, copy: Path) -> None:
    _marked(copy / SUGGESTIONS)
    image = images.of(copy).reference
    container = client.api.create_container(image, ["x"])["Id"]
    images.remove()
    assert is_present(client, image)
    client.api.remove_container(container)
    images.remove()
    assert not is_present(client, image)


@pytest.mark.engine
def test_changed_migrations_migrate_and_no_others(images: BrokenImages, copy: Path) -> None:
    _marked(copy / SCHEMA)
    assert images.of(copy).migrated_by is None


@pytest.mark.engine
def test_what_is_no_changed_module_has_a_whole_image(
    client: docker.DockerClient, images: BrokenImages, copy: Path
) -> None:
    (copy / SUGGESTIONS).with_name("surplus.py").write_text("MARK = 'new'\n")
    image = images.of(copy)
    assert not image.reference.startswith(REPOSITORY)
    assert _says(client, image.reference, "domain.surplus") == "new"
    images.remove()
    assert not is_present(client, image.reference)


@pytest.mark.engine
def test_the_service_as_it_is_has_its_own_image_which_stays(
    client: docker.DockerClient, images: BrokenImages, copy: Path
) -> None:
    image = images.of(copy)
    assert image.reference == image.migrated_by
    images.remove()
    assert is_present(client, image.reference)


def test_migrations_depend_on_what_they_import_and_on_what_that_imports(tmp_path: Path) -> None:
    modules = {
        "src/s/__init__.py": "",
        "src/s/settings.py": "from . import words",
        "src/s/words.py": "import s.letters.greek",
        "src/s/letters/__init__.py": "",
        "src/s/letters/greek.py": "",
        "src/s/letters/latin.py": "",
        "src/s/main.py": "from s.settings import x",
        "src/s/migrations/env.py": "from s.settings import url",
        "src/s/migrations/versions/0001.py": "",
        "Dockerfile": "",
    }
    for name, content in modules.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    assert set(modules) - migrating(dict(files_of(tmp_path))) == {"src/s/letters/latin.py", "src/s/main.py"}
