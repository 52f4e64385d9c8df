"""Images: which one is chosen, when it is pulled and when built, and what makes it a new one."""

import tarfile
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import docker.errors
import pytest
import requests

from harness.errors import InfrastructureError
from harness.images import ImageChoice, Images, images, recipe, wheels
from harness.images.pull import PullError, pull
from harness.settings import ROOT

RECIPES = ROOT / "images"


class Engine:
    """A stand-in for the engine: the images it has, what a registry would give it, and what it was asked to do."""

    def __init__(self, *present: str, registry: Iterable[str] = ()) -> None:
        self.present = {images.NOTHING, *present}
        self.registry = set(registry)
        self.asked: list[str] = []
        self.api = self

    def version(self) -> dict[str, str]:
        return {"Arch": "amd64"}

    def inspect_image(self, reference: str) -> dict[str, str]:
        if reference not in self.present:
            raise docker.errors.ImageNotFound(reference)
        return {"Id": f"sha256:{reference}"}

    def pull(self, reference: str, *, stream: bool, decode: bool) -> Iterable[Mapping[str, Any]]:
        assert stream
        assert decode
        self.asked.append(f"pull {reference}")
        yield {"status": f"Pulling from {reference}"}
        if reference not in self.registry:
            yield {"error": "connection refused"}
            return
        self.present.add(reference)

    def build(self, *, fileobj: Any, tag: str, buildargs: Mapping[str, str], **_: Any) -> Iterable[Mapping[str, Any]]:
        with tarfile.open(fileobj=fileobj) as archive:
            assert "Dockerfile" in archive.getnames()
        assert buildargs["BASE"] in self.present
        self.asked.append(f"build {tag.partition(':')[0]}")
        self.present.add(tag)
        return [{"stream": "Step 1/1"}]


@pytest.fixture
def materials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Materials of images that cost nothing."""

    def import_base(engine: Engine, _recipe: Path, _architecture: str, tag: str, _cache: Path) -> None:
        engine.asked.append("import acceptance/base")
        engine.present.add(tag)

    monkeypatch.setattr(images.materials, "import_base", import_base)
    monkeypatch.setattr(images.materials, "kafka_jars", lambda pom, _: pom.parent / "bin")
    monkeypatch.setattr(images.golang, "program", lambda module, *_: module.parent / "bin")


@pytest.fixture
def recipes(tmp_path: Path) -> Path:
    for kind in ("base", *images.KINDS):
        (tmp_path / "recipes" / kind).mkdir(parents=True)
        (tmp_path / "recipes" / kind / "Dockerfile").write_text(f"ARG BASE\nFROM ${{BASE}}\n# {kind}\n")
    return tmp_path / "recipes"


def of(engine: Engine, recipes: Path, **choice: Any) -> Images:
    return Images(engine, ImageChoice(**choice), recipes=recipes, cache=recipes.parent / "cache")


def test_the_environment_chooses_the_images() -> None:
    chosen = ImageChoice.from_mapping(
        {
            "ACCEPTANCE_IMAGES": "pull",
            "ACCEPTANCE_KAFKA_IMAGE": "confluentinc/cp-kafka:7.4.0",
            "ACCEPTANCE_REGISTRY": "",
        }
    )
    assert chosen == ImageChoice(mode="pull", kafka="confluentinc/cp-kafka:7.4.0")


def test_an_unknown_way_to_get_images_is_an_error_that_names_the_ways() -> None:
    with pytest.raises(InfrastructureError, match="ACCEPTANCE_IMAGES=always") as caught:
        ImageChoice.from_mapping({"ACCEPTANCE_IMAGES": "always"})
    assert "auto, pull, build" in caught.value.remedy


@pytest.mark.parametrize(
    ("registry", "name", "reference"),
    [
        ("", "postgres:15-alpine", "postgres:15-alpine"),
        ("localhost:5000", "postgres:15-alpine", "localhost:5000/postgres:15-alpine"),
        ("mirror.example/hub/", "postgres", "mirror.example/hub/postgres:latest"),
        ("", "host:5000/postgres", "host:5000/postgres:latest"),
        ("", "postgres@sha256:00", "postgres@sha256:00"),
    ],
)
def test_the_registry_comes_before_the_name(registry: str, name: str, reference: str) -> None:
    assert ImageChoice(registry=registry, postgres=name).published("postgres") == reference


def test_what_the_engine_has_is_used_without_asking_anybody(recipes: Path) -> None:
    engine = Engine("postgres:15-alpine")
    assert of(engine, recipes).postgres() == "postgres:15-alpine"
    assert engine.asked == []


def test_a_registry_that_answers_is_used(recipes: Path) -> None:
    engine = Engine(registry=["redis:7-alpine"])
    had = of(engine, recipes)
    assert had.redis() == had.redis() == "redis:7-alpine"
    assert engine.asked == ["pull redis:7-alpine"]
    assert had.describe() == ["redis: redis:7-alpine (pulled)"]


@pytest.mark.usefixtures("materials")
def test_without_a_registry_images_are_built_once(recipes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine()
    built = of(engine, recipes).postgres()
    assert built.startswith("acceptance/postgres:")
    assert engine.asked == ["pull postgres:15-alpine", "import acceptance/base", "build acceptance/postgres"]
    assert "postgres:15-alpine cannot be pulled (connection refused); building" in capsys.readouterr().err
    engine.asked.clear()
    assert of(engine, recipes).postgres() == built
    assert engine.asked == []


@pytest.mark.usefixtures("materials")
@pytest.mark.parametrize("changed", ["base", "kafka"])
def test_a_changed_recipe_is_another_image(recipes: Path, changed: str) -> None:
    engine = Engine()
    before = of(engine, recipes, mode="build").kafka()
    (recipes / changed / "more.sh").write_text("true")
    assert of(engine, recipes, mode="build").kafka() != before
    assert engine.asked.count("build acceptance/kafka") == 2


@pytest.mark.usefixtures("materials")
def test_all_images_share_one_base_when_they_are_built_at_the_same_time(recipes: Path) -> None:
    engine = Engine()
    of(engine, recipes, mode="build").prepare()
    assert engine.asked.count("import acceptance/base") == 1
    built = [asked for asked in engine.asked if asked.startswith("build")]
    assert sorted(built) == sorted(f"build acceptance/{kind}" for kind in images.KINDS)


@pytest.mark.usefixtures("materials")
def test_an_image_of_a_static_program_needs_no_base(recipes: Path) -> None:
    engine = Engine()
    before = of(engine, recipes, mode="build").toxiproxy()
    assert engine.asked == ["build acceptance/toxiproxy"]
    (recipes / "base" / "more.sh").write_text("true")
    assert of(engine, recipes, mode="build").toxiproxy() == before


def test_a_base_that_cannot_be_made_is_tried_once(recipes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def import_base(*_: Any) -> None:
        tries.append(1)
        raise InfrastructureError("`mmdebstrap` is needed, and is not installed.")

    monkeypatch.setattr(images.materials, "import_base", import_base)
    monkeypatch.setattr(images.materials, "kafka_jars", lambda pom, _: pom.parent)
    monkeypatch.setattr(images.golang, "program", lambda module, *_: module.parent)
    with pytest.raises(InfrastructureError, match="mmdebstrap"):
        of(Engine(), recipes, mode="build").prepare()
    assert tries == [1]


def test_where_only_pulling_is_allowed_nothing_is_built(recipes: Path) -> None:
    engine = Engine()
    had = of(engine, recipes, mode="pull", registry="registry.example")
    with pytest.raises(
        InfrastructureError, match=r"registry\.example/redis:7-alpine cannot be pulled: connection"
    ) as got:
        had.redis()
    assert "ACCEPTANCE_REDIS_IMAGE" in got.value.remedy
    assert engine.asked == ["pull registry.example/redis:7-alpine"]


def test_another_image_than_the_usual_one_is_never_replaced_by_a_built_one(recipes: Path) -> None:
    with pytest.raises(InfrastructureError, match="confluentinc/cp-kafka"):
        of(Engine(), recipes, kafka="confluentinc/cp-kafka:7.4.0").kafka()


def test_a_registry_that_is_silent_is_given_up() -> None:
    silent = threading.Event()

    class Silent(Engine):
        def pull(self, *_: Any, **__: Any) -> Iterable[Mapping[str, Any]]:
            silent.wait(30)
            return []

    with pytest.raises(PullError, match="no answer within 0 s"):
        pull(Silent(), "postgres", answer_within=0.1)
    silent.set()


def test_an_engine_that_breaks_off_a_pull_is_a_reason() -> None:
    class Broken(Engine):
        def pull(self, *_: Any, **__: Any) -> Iterable[Mapping[str, Any]]:
            raise requests.ConnectionError("Connection\naborted")

    with pytest.raises(PullError, match="Connection aborted"):
        pull(Broken(), "postgres")


def test_a_failing_build_shows_its_last_lines() -> None:
    class Failing(Engine):
        def build(self, **_: Any) -> Iterable[Mapping[str, Any]]:
            return [*({"stream": f"line {n}\n"} for n in range(40)), {"error": "returned a non-zero code: 1"}]

    with pytest.raises(InfrastructureError, match="non-zero code") as caught:
        recipe.build(Failing(), "acceptance/x:1", [], {})
    assert caught.value.details.splitlines() == [f"line {n}" for n in range(25, 40)]


def test_a_build_on_a_full_disk_is_told_as_such() -> None:
    class Full(Engine):
        def build(self, **_: Any) -> Iterable[Mapping[str, Any]]:
            return [{"error": "write /usr/lib/x: no space left on device"}]

    with pytest.raises(InfrastructureError, match="no disk space left") as caught:
        recipe.build(Full(), "acceptance/x:1", [], {})
    assert "docker image prune" in caught.value.remedy


def test_what_does_not_change_an_image_is_left_out(tmp_path: Path) -> None:
    for name in (
        "src/a.py",
        "tests/t.py",
        "src/__pycache__/a.pyc",
        "src/x.egg-info/PKG",
        ".env",
        "wheels/w",
        "build/b",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [name for name, _ in recipe.files_of(tmp_path)] == ["src/a.py"]


def test_a_digest_sees_names_contents_and_executable_bits(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    seen = [recipe.digest(recipe.files_of(tmp_path))]
    (tmp_path / "a").write_text("2")
    seen.append(recipe.digest(recipe.files_of(tmp_path)))
    (tmp_path / "a").chmod(0o755)
    seen.append(recipe.digest(recipe.files_of(tmp_path)))
    (tmp_path / "a").rename(tmp_path / "b")
    seen.append(recipe.digest(recipe.files_of(tmp_path)))
    assert len(set(seen)) == 4


def test_an_architecture_without_wheels_is_an_error() -> None:
    with pytest.raises(InfrastructureError, match="riscv64"):
        wheels.platforms("riscv64")


def test_every_recipe_builds_with_the_plain_builder() -> None:
    for kind in images.KINDS:
        lines = (RECIPES / kind / "Dockerfile").read_text().splitlines()
        assert [line for line in lines if not line.startswith("#")][:2] == ["ARG BASE", "FROM ${BASE}"]
        assert not any("syntax=" in line or "RUN --mount" in line for line in lines)
