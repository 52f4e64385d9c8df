"""Getting images: found in the engine, pulled, or built."""

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import docker

from harness.console import say, step
from harness.errors import InfrastructureError
from harness.images import golang, materials, wheels
from harness.images.choice import VARIABLES, ImageChoice
from harness.images.pull import PullError, pull
from harness.images.recipe import build, digest, files_of, is_present
from harness.locks import exclusive
from harness.settings import ROOT

KINDS = ("postgres", "kafka", "redis", "python", "toxiproxy")
SERVICE = "acceptance/service"
NOTHING = "scratch"
"""The engine's word for no image below."""


@dataclass(frozen=True)
class Found:
    """An image that the engine has, and how it was had."""

    reference: str
    how: str


class Images:
    """The images of a run, by kind. Each is had at most once; the methods may be called from several threads."""

    def __init__(
        self,
        client: docker.DockerClient,
        choice: ImageChoice,
        *,
        recipes: Path = ROOT / "images",
        cache: Path = ROOT / ".cache",
    ) -> None:
        self._client = client
        self.choice = choice
        self._recipes = recipes
        self._cache = cache
        self._architecture = str(client.version()["Arch"])
        self._had: dict[str, Found] = {}
        self._turns = {kind: threading.Lock() for kind in (*KINDS, "base")}
        self._base_trouble: InfrastructureError | None = None

    def postgres(self) -> str:
        """Return the image of PostgreSQL; this and its like raise `InfrastructureError` when it cannot be had."""
        return self._get("postgres")

    def kafka(self) -> str:
        """Return the image of Kafka."""
        return self._get("kafka")

    def redis(self) -> str:
        """Return the image of Redis."""
        return self._get("redis")

    def python(self) -> str:
        """Return the image that the service's image is built from."""
        return self._get("python")

    def toxiproxy(self) -> str:
        """Return the image of Toxiproxy."""
        return self._get("toxiproxy")

    def prepare(self) -> None:
        """Get all images at the same time; raises the first error, `InfrastructureError` as a rule."""
        troubles: list[Exception] = []

        def get(kind: str) -> None:
            try:
                self._get(kind)
            except Exception as trouble:  # noqa: BLE001 -- raised below, in the thread that asked
                troubles.append(trouble)

        # Daemon threads: Ctrl-C ends the suite at once, however long a build would take.
        threads = [threading.Thread(target=get, args=(kind,), name=f"image {kind}", daemon=True) for kind in KINDS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if troubles:
            raise troubles[0]

    def service(self, context: Path, constraints: Path) -> str:
        """Return the image of the Python service in the folder `context`, built when anything in it changed.

        `constraints` pins its dependencies. They are a layer of their own, below the service's. Raises
        `InfrastructureError`.
        """
        base = self.python()
        inside = files_of(context)
        tag = self._service_tag(inside, constraints, base)
        if is_present(self._client, tag):
            self._had["service"] = Found(tag, "built earlier")
            return tag
        with self._turn("service", tag):
            if not is_present(self._client, tag):
                self._build_service(context, inside, constraints, base, tag)
        self._had["service"] = Found(tag, f"built from {context}")
        return tag

    def current_service(self, context: Path, constraints: Path) -> str | None:
        """Return the tag that `service` would give, without building anything; None where it would have to."""
        base = self.plan("python")
        return self._service_tag(files_of(context), constraints, base.reference) if base else None

    def describe(self) -> list[str]:
        """Return a line for each image had so far: which it is, and how it was had."""
        return [f"{kind}: {found.reference} ({found.how})" for kind, found in sorted(self._had.items())]

    def plan(self, kind: str) -> Found | None:
        """Return the image of `kind` if the engine has one that would do; asks nobody else."""
        published, built = self.choice.published(kind), self.built(kind)
        if self.choice.mode != "build" and is_present(self._client, published):
            return Found(published, "pulled earlier")
        if self.may_build(kind) and is_present(self._client, built):
            return Found(built, "built earlier")
        return None

    def built(self, kind: str) -> str:
        """Return the tag of the image of `kind` as this repository's recipe now builds it."""
        below = self._architecture if _stands_alone(kind) else self._base_tag()
        return f"acceptance/{kind}:{digest(files_of(self._recipes / kind), below)}"

    def may_build(self, kind: str) -> bool:
        """Tell whether the image of `kind` may come from this repository's recipe."""
        return self.choice.mode == "build" or (self.choice.mode == "auto" and self.choice.is_usual(kind))

    def _base_tag(self) -> str:
        return f"acceptance/base:{digest(files_of(self._recipes / 'base'), self._architecture)}"

    def _get(self, kind: str) -> str:
        with self._turns[kind]:
            if kind not in self._had:
                self._had[kind] = self.plan(kind) or self._fetch(kind)
            return self._had[kind].reference

    def _fetch(self, kind: str) -> Found:
        if self.choice.mode != "build":
            published = self.choice.published(kind)
            try:
                with step(f"Pulling {published}"):
                    pull(self._client, published)
            except PullError as error:
                if not self.may_build(kind):
                    raise InfrastructureError(
                        f"The image {published} cannot be pulled: {error}",
                        remedy=f"Make its registry reachable, load it with `docker load`, or choose another one "
                        f"({VARIABLES[kind]}, {VARIABLES['registry']}, {VARIABLES['mode']}=build).",
                    ) from error
                say(f"{published} cannot be pulled ({error}); building one from images/{kind} instead.")
            else:
                return Found(published, "pulled")
        tag = self.built(kind)
        with self._turn(kind, tag):
            if not is_present(self._client, tag):
                self._build(kind, tag)
        return Found(tag, f"built from images/{kind}")

    def _build(self, kind: str, tag: str) -> None:
        inside = files_of(self._recipes / kind)
        if kind == "kafka":
            jars = materials.kafka_jars(self._recipes / "kafka" / "pom.xml", self._cache)
            inside += [(f"jars/{name}", path) for name, path in files_of(jars)]
        if kind == "toxiproxy":
            program = golang.program(self._recipes / kind / "module", self._architecture, self._cache)
            inside += [(f"program/{name}", path) for name, path in files_of(program)]
        base = NOTHING if _stands_alone(kind) else self._base()
        with step(f"Building {tag}"):
            build(self._client, tag, inside, {"BASE": base})

    def _base(self) -> str:
        """Return the image below all that are built, built once however many threads ask."""
        with self._turns["base"]:
            if self._base_trouble:
                raise self._base_trouble
            tag = self._base_tag()
            if is_present(self._client, tag):
                return tag
            try:
                with self._turn("base", tag):
                    if not is_present(self._client, tag):
                        self._import_base(tag)
            except InfrastructureError as trouble:
                self._base_trouble = trouble
                raise
            return tag

    def _import_base(self, tag: str) -> None:
        with step(f"Building {tag}"):
            materials.import_base(self._client, self._recipes / "base", self._architecture, tag, self._cache)

    def _service_tag(self, inside: list[tuple[str, Path]], constraints: Path, base: str) -> str:
        base_id = str(self._client.api.inspect_image(base)["Id"])
        return f"{SERVICE}:{digest([*inside, ('constraints', constraints)], base_id)}"

    def _build_service(
        self, context: Path, inside: list[tuple[str, Path]], constraints: Path, base: str, tag: str
    ) -> None:
        project = wheels.read_project(context)
        below = wheels.dependencies(project, constraints, self._architecture, self._cache)
        with wheels.service_wheel(context, project, constraints, self._cache) as own, step(f"Building {tag}"):
            inside = [
                *inside,
                *((f"wheels/dependencies/{name}", path) for name, path in files_of(below)),
                *((f"wheels/service/{name}", path) for name, path in files_of(own)),
            ]
            build(self._client, tag, inside, {"BASE": base})

    def _turn(self, kind: str, tag: str) -> AbstractContextManager[None]:
        return exclusive(self._cache / "locks" / f"{kind}.lock", deadline=900, what=f"building {tag}")


def _stands_alone(kind: str) -> bool:
    """Tell whether the image of `kind` holds nothing but a static program, and so needs no base."""
    return kind == "toxiproxy"
