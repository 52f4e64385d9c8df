"""Which part may import which: arrows point one way.

    features → steps → actors → harness          (environment.py and tools see steps' side of it: actors and harness)
    service: entrypoints, adapters → application → domain; only the top modules, such as providers.py, see all

Suite and service know each other through the contract alone: neither ever imports the other.
"""

import argparse
import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SERVICE = "class_management"


@dataclass(frozen=True)
class Part:
    """A part of the repository, a folder or a file, and the packages that it must not import."""

    path: str
    forbidden: tuple[str, ...]


PARTS = (
    Part("harness", ("actors", "steps", "environment", "tools", SERVICE)),
    Part("actors", ("steps", "environment", "tools", SERVICE)),
    Part("steps", ("environment", "tools", SERVICE)),
    Part("environment.py", ("steps", "tools", SERVICE)),
    Part("tools", ("steps", "environment", SERVICE)),
    Part("tests", ("steps", "environment", SERVICE)),
    Part("service", ("harness", "actors", "steps", "environment", "tools")),
    Part(
        f"service/src/{SERVICE}/domain",
        tuple(f"{SERVICE}.{other}" for other in ("application", "adapters", "entrypoints")),
    ),
    Part(f"service/src/{SERVICE}/application", (f"{SERVICE}.adapters", f"{SERVICE}.entrypoints")),
    Part(f"service/src/{SERVICE}/adapters", (f"{SERVICE}.entrypoints",)),
    Part(f"service/src/{SERVICE}/entrypoints", (f"{SERVICE}.adapters",)),
)


def check(root: Path, parts: Sequence[Part] = PARTS) -> list[str]:
    """Return a line, beginning with `file:line`, for each import that points the wrong way."""
    findings: list[str] = []
    for part in parts:
        whole = root / part.path
        for path in [whole] if whole.is_file() else sorted(whole.rglob("*.py")):
            for line, module in imports(path, root):
                if any(module == name or module.startswith(f"{name}.") for name in part.forbidden):
                    findings.append(f"{path.relative_to(root)}:{line}: {part.path} must not import {module}")
    return findings


def imports(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Iterate over what a module imports, wherever in it: line and full name (`from a import b` gives `a.b`)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*_package(path, root, node.level), node.module] if node.level else [node.module]
            prefix = ".".join(filter(None, base))
            yield from ((node.lineno, f"{prefix}.{name.name}") for name in node.names)


def _package(path: Path, root: Path, level: int) -> list[str]:
    """Return the package, as names, that a relative import of `level` dots in `path` starts from."""
    names = path.relative_to(root).parts
    if "src" in names:
        names = names[names.index("src") + 1 :]
    return list(names[: len(names) - level])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what points the wrong way; returns 1 if anything does."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.arrows", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the repository (default: here)")
    findings = check(parser.parse_args(arguments).root)
    print("\n".join(findings) or "All imports point the right way.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
