"""Imports that point the wrong way are found, wherever they stand and however they are written."""

from pathlib import Path

import pytest

from tools.arrows import check


def _findings(root: Path, path: str, code: str) -> list[str]:
    module = root / path
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(code)
    return check(root)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("harness/a.py", "from actors.teacher import Teacher"),
        ("harness/b/a.py", "import steps"),
        ("actors/a.py", "from class_management.domain import ids"),
        ("actors/a.py", "def late():\n    import tools.check"),
        ("steps/a_steps.py", "import class_management"),
        ("environment.py", "from class_management import main"),
        ("tests/test_a.py", "from class_management import main"),
        ("service/src/class_management/a.py", "import harness"),
        ("service/tests/test_a.py", "from actors import wire"),
        ("service/src/class_management/domain/a.py", "from class_management.application import ports"),
        ("service/src/class_management/domain/a.py", "from class_management import adapters"),
        ("service/src/class_management/domain/a.py", "from ..application import ports"),
        ("service/src/class_management/application/a.py", "import class_management.adapters.kafka"),
        ("service/src/class_management/entrypoints/http/a.py", "from class_management.adapters import kafka"),
        ("service/src/class_management/adapters/a.py", "from class_management.entrypoints import http"),
    ],
)
def test_the_wrong_way_is_found(tmp_path: Path, path: str, code: str) -> None:
    (finding,) = _findings(tmp_path, path, code)
    line = len(code.splitlines())
    assert finding.startswith(f"{path}:{line}: ")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("harness/a.py", "import harness.loop\nimport actorsandmore"),
        ("actors/a.py", "from harness import loop"),
        ("steps/a_steps.py", "from actors.teacher import Teacher\nfrom harness.steps import given"),
        ("service/src/class_management/application/a.py", "from class_management.domain import ids"),
        ("service/src/class_management/adapters/a.py", "from class_management.application import ports"),
        ("service/src/class_management/providers.py", "from class_management.adapters import kafka"),
        ("service/src/class_management/domain/a.py", "from . import ids"),
    ],
)
def test_the_right_way_is_not(tmp_path: Path, path: str, code: str) -> None:
    assert _findings(tmp_path, path, code) == []
