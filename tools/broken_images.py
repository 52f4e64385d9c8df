"""Images of broken services: the image of the service as it is, with the files that differ laid over it.

To build wheels and an image from them takes seconds, a layer of one file a quarter of one. What is no changed module of
the package (the Dockerfile, the project file, a module that is new or gone) has a whole image built.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import docker
import docker.errors
import requests

from harness.engine import ensure_engine, explained
from harness.images import ImageChoice, Images
from harness.images.outdated import remove
from harness.images.recipe import build, digest, files_of, is_present
from tools.arrows import imports

REPOSITORY = "acceptance/mutant"
MIGRATIONS = "migrations"
"""The folder of a package from which its migrations start."""


@dataclass(frozen=True)
class BrokenImage:
    """The image of a broken service; `migrated_by` is that of the service as it is if both have the same migrations."""

    reference: str
    migrated_by: str | None


class BrokenImages:
    """Makes images for broken copies of the service in the folder `service`; what is out of use can be removed."""

    def __init__(self, service: Path, constraints: Path, cache: Path) -> None:
        self._client = ensure_engine()
        self._images = Images(self._client, ImageChoice.from_mapping(os.environ), cache=cache)
        self._constraints = constraints
        self._files = dict(files_of(service))
        self._whole = self._images.service(service, constraints)
        self._migrating = migrating(self._files)
        self._folders: dict[str, str] = {}
        self._made: list[str] = []

    def of(self, copy: Path) -> BrokenImage:
        """Return the image of the service in the folder `copy`; raises `InfrastructureError` if it cannot be built."""
        files = dict(files_of(copy))
        changed = {name for name in files.keys() | self._files.keys() if self._differs(name, files)}
        if all(name in files and name in self._files and _is_module(name) for name in changed):
            reference = self._layered({name: files[name] for name in sorted(changed)})
        else:
            reference = self._images.service(copy, self._constraints)
        if reference != self._whole and reference not in self._made:
            self._made.append(reference)
        return BrokenImage(reference, None if changed & (self._migrating | migrating(files)) else self._whole)

    def remove(self, but: str | None = None) -> None:
        """Remove the images made here, save `but` and those that a container uses; raises `InfrastructureError`."""
        try:
            for reference in self._made[:]:
                if reference != but and (remove(self._client, reference) or not is_present(self._client, reference)):
                    self._made.remove(reference)
        except (docker.errors.APIError, requests.RequestException) as error:
            raise explained(error, "Removing the images of mutants") from error

    def _differs(self, name: str, files: Mapping[str, Path]) -> bool:
        if name not in files or name not in self._files:
            return True
        return files[name].read_bytes() != self._files[name].read_bytes()

    def _layered(self, changed: Mapping[str, Path]) -> str:
        if not changed:
            return self._whole
        tag = f"{REPOSITORY}:{digest(changed.items(), self._whole)}"
        if is_present(self._client, tag):
            return tag
        with tempfile.TemporaryDirectory() as folder:
            recipe = Path(folder) / "Dockerfile"
            # Python compiles a module anew whose time is not that of its bytecode: the layer needs none.
            copies = (f"COPY {name} {self._installed(name)}" for name in changed)
            recipe.write_text("\n".join([f"FROM {self._whole}", *copies]) + "\n", encoding="utf-8")
            build(self._client, tag, [("Dockerfile", recipe), *changed.items()], {})
        return tag

    def _installed(self, name: str) -> str:
        """Return where the module src/… is in the image; raises `InfrastructureError`."""
        _, package, *rest = Path(name).parts
        if package not in self._folders:
            ask = f"import importlib.util as u; print(u.find_spec({package!r}).submodule_search_locations[0])"
            try:
                said = self._client.containers.run(self._whole, ["python3", "-c", ask], remove=True)
            except (docker.errors.DockerException, requests.RequestException) as error:
                raise explained(error, f"Asking {self._whole} where it has {package}") from error
            self._folders[package] = said.decode().strip()
        return "/".join([self._folders[package], *rest])


def _is_module(name: str) -> bool:
    first, *rest = Path(name).parts
    return first == "src" and len(rest) > 1 and name.endswith(".py")


def migrating(files: Mapping[str, Path]) -> frozenset[str]:
    """Return those of a service's `files` on which its migrations depend: themselves, and whatever they import."""
    modules = {_dotted(name): name for name in files if _is_module(name)}
    found: set[str] = set()
    ahead = [name for name in modules.values() if MIGRATIONS in Path(name).parts]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            # `files` are below src in some folder, which `imports` asks for relative imports alone.
            root = Path(*files[name].parts[: -len(Path(name).parts)])
            ahead += (
                modules[part] for _, full in imports(files[name], root) for part in _parents(full) if part in modules
            )
    return frozenset(found | {name for name in files if not _is_module(name)})


def _parents(dotted: str) -> Iterable[str]:
    """Return a dotted name and all that it is in: who imports `a.b.c` imports `a` and `a.b`, too."""
    parts = dotted.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _dotted(name: str) -> str:
    parts = Path(name).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
