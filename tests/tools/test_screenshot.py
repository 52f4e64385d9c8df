"""The picture of the report: it is kept, it is small, and what is missing for another one is said."""

import struct
from pathlib import Path

import pytest

from harness import packages
from tests.messages import RECORDED
from tools import screenshot


def test_the_picture_of_the_readme_is_a_png_of_its_size() -> None:
    picture = (screenshot.ROOT / "docs" / "report.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", picture[16:24]) == screenshot.SIZE
    assert len(picture) <= screenshot.LARGEST
    assert "docs/report.png" in (screenshot.ROOT / "README.md").read_text(encoding="utf-8")


def test_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "p.png"
    monkeypatch.setattr(packages, "need", lambda *_, **__: "/bin/false")
    assert screenshot.main([str(tmp_path / "none"), "--to", str(picture)]) == 1
    assert "run the whole suite first" in capsys.readouterr().err
    assert screenshot.main([str(RECORDED), "--to", str(picture)]) == 1
    assert f"The run has no {screenshot.CHAPTER}" in capsys.readouterr().err
    monkeypatch.setattr(screenshot, "CHAPTER", "features/everything.feature")
    assert screenshot.main([str(RECORDED), "--to", str(picture)]) == 1
    assert "Chromium took no picture (exit code 1)" in capsys.readouterr().err
    assert not picture.exists()
