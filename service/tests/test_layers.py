"""Dependencies point one way: entrypoints, adapters → application → domain; `providers` and `main` see all."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import class_management

ROOT = Path(class_management.__file__).parent
SHARED = {"", "logs", "metrics", "settings", "tracing"}
"""What every layer but the domain may use; "" is the package itself."""
ALLOWED = {
    "domain": {"domain"},
    "application": {"application", "domain"},
    "adapters": {"adapters", "application", "domain"} | SHARED,
    "entrypoints": {"entrypoints", "application", "domain"} | SHARED,
    "migrations": {"adapters", "settings", "migrations"},
}
LIBRARIES = {
    "sqlalchemy",
    "asyncpg",
    "redis",
    "aiokafka",
    "litestar",
    "msgspec",
    "dishka",
    "uvicorn",
    "alembic",
    "opentelemetry",
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_what_lies_below(layer: str) -> None:
    for path in (ROOT / layer).rglob("*.py"):
        for name in imported(path):
            top, _, rest = name.partition(".")
            part = rest.split(".")[0]
            own = part if (ROOT / part).exists() or (ROOT / f"{part}.py").exists() else ""
            assert top != "class_management" or own in ALLOWED[layer], f"{path} imports {name}"
            assert layer not in {"domain", "application"} or top not in LIBRARIES, f"{path} imports {name}"
