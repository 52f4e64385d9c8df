"""Which images a run uses: the user's configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, cast, get_args

from harness.errors import InfrastructureError

Mode = Literal["auto", "pull", "build"]

VARIABLES = {
    "mode": "ACCEPTANCE_IMAGES",
    "registry": "ACCEPTANCE_REGISTRY",
    "postgres": "ACCEPTANCE_POSTGRES_IMAGE",
    "kafka": "ACCEPTANCE_KAFKA_IMAGE",
    "redis": "ACCEPTANCE_REDIS_IMAGE",
    "python": "ACCEPTANCE_PYTHON_IMAGE",
    "toxiproxy": "ACCEPTANCE_TOXIPROXY_IMAGE",
}
"""Field of `ImageChoice` → environment variable."""


@dataclass(frozen=True)
class ImageChoice:
    """Where images come from, and the published ones to use.

    `auto` takes what is there, else pulls, else builds; `pull` and `build` do one thing only. `registry` is put
    before every published name (`localhost:5000`); empty is the engine's own default.
    """

    mode: Mode = "auto"
    registry: str = ""
    postgres: str = "postgres:15-alpine"
    kafka: str = "apache/kafka:4.1.2"
    redis: str = "redis:7-alpine"
    python: str = "python:3.11-slim-bookworm"
    toxiproxy: str = "ghcr.io/shopify/toxiproxy:2.12.0"

    @classmethod
    def from_mapping(cls, environment: Mapping[str, str]) -> "ImageChoice":
        """Read the ACCEPTANCE_* variables; an empty one counts as absent. Raises `InfrastructureError`."""
        given = {name: environment[variable] for name, variable in VARIABLES.items() if environment.get(variable)}
        mode = given.pop("mode", cls.mode)
        if mode not in get_args(Mode):
            raise InfrastructureError(
                f"{VARIABLES['mode']}={mode} is not a way to get images.",
                remedy=f"Use one of {', '.join(get_args(Mode))}.",
            )
        return cls(mode=cast(Mode, mode), **given)

    def published(self, kind: str) -> str:
        """Return the reference of the published image of `kind`, in the chosen registry and with a tag."""
        name: str = getattr(self, kind)
        if "@" not in name and ":" not in name.rsplit("/", 1)[-1]:
            name = f"{name}:latest"
        return f"{self.registry.rstrip('/')}/{name}" if self.registry else name

    def is_usual(self, kind: str) -> bool:
        """Tell whether this repository's recipe is a replacement for the image of `kind`; not for another choice."""
        usual = {field.name: field.default for field in fields(self)}
        return bool(getattr(self, kind) == usual[kind])
