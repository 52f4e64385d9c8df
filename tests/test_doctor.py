"""The doctor names what is missing, says how to get it, and changes nothing."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness import doctor, engine, leftovers
from harness.doctor import Finding
from harness.engine import NoEngineError
from harness.errors import InfrastructureError
from harness.images import ImageChoice, Images, images
from harness.images.pull import PullError

USUAL = {"Version": "20.10.24+dfsg1", "Os": "linux", "Arch": "amd64"}


class Engine:
    """A stand-in for an engine that has no image, beside a registry that has none either."""

    def __init__(self) -> None:
        self.api = self

    def version(self) -> Mapping[str, str]:
        return USUAL

    def close(self) -> None:
        pass


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Engine:
    def look_up(*_: Any) -> None:
        raise PullError("no such host")

    monkeypatch.setattr(images, "is_present", lambda *_: False)
    monkeypatch.setattr(doctor, "look_up", look_up)
    return Engine()


def told(findings: Iterable[Finding]) -> str:
    return "\n".join(map(str, findings))


def test_a_finding_is_one_line_and_a_missing_thing_has_one_more() -> None:
    assert str(Finding("disk")) == "ok       disk"
    assert str(Finding("disk", "Free some.")) == "missing  disk\n         → Free some."


def test_an_old_python_is_missing() -> None:
    assert doctor.python((3, 10, 2)).missing == "Install Python 3.11 or newer."
    assert not doctor.python((3, 13, 0)).missing


def test_a_full_disk_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage(10**12, 10**12, 10**8))
    found = doctor.disk("containers", tmp_path, 10**9)
    assert found.what == f"disk for containers: 0.1 GB free under {tmp_path}"
    assert found.missing.startswith("1 GB are needed.")


@pytest.mark.parametrize(
    ("meminfo", "found"),
    [
        ("MemTotal: 9 kB\nMemAvailable:   4000000 kB\n", "ok       memory: 4.1 GB available"),
        ("MemAvailable: 1000 kB\n", "missing  memory: 0.0 GB available\n         → 2 GB are needed"),
        ("", "ok       memory: cannot be told here"),
    ],
)
def test_memory_is_looked_at_where_it_can_be(tmp_path: Path, meminfo: str, found: str) -> None:
    (tmp_path / "meminfo").write_text(meminfo)
    assert str(doctor.memory(tmp_path / "meminfo")).startswith(found)


def test_without_free_ports_no_run_can_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left() -> int:
        raise OSError("no free port between 1 and 2")

    monkeypatch.setattr(doctor, "free_port", none_left)
    assert doctor.ports().missing


def test_a_missing_engine_is_no_obstacle_where_a_run_can_start_one() -> None:
    trouble = NoEngineError("No container engine answers.", remedy="Install Docker.")
    assert "a run has one" in doctor.no_engine(trouble, can_start=True).what
    assert doctor.no_engine(trouble, can_start=False).missing == "Install Docker."
    assert doctor.no_engine(InfrastructureError("It hangs.", remedy="Restart it."), can_start=True).missing


@pytest.mark.parametrize(
    ("version", "missing"),
    [
        (USUAL, ""),
        ({**USUAL, "Version": "28.2.2"}, ""),
        ({**USUAL, "Version": "19.03.1"}, "Install Docker 20.10"),
        ({**USUAL, "Os": "windows"}, "Switch it to Linux"),
        ({**USUAL, "Arch": "s390x"}, "amd64, arm64"),
    ],
)
def test_an_engine_of_no_use_is_missing(version: Mapping[str, str], missing: str) -> None:
    assert missing in doctor.engine_version(version).missing
    assert bool(doctor.engine_version(version).missing) == bool(missing)


def test_images_that_are_there_are_named(bare: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "is_present", lambda *_: True)
    found = list(doctor.images(Images(bare, ImageChoice()), bare, None))
    assert str(found[0]) == "ok       image of postgres: postgres:15-alpine (pulled earlier)"
    assert len(found) == len(images.KINDS)


def test_images_that_a_registry_has_will_be_pulled(bare: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "look_up", lambda *_: None)
    report = told(doctor.images(Images(bare, ImageChoice()), bare, None))
    assert "ok       image of redis: will be pulled, redis:7-alpine" in report
    assert "building images" not in report


def test_images_to_build_need_their_tools(bare: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.packages, "find", lambda _: None)
    monkeypatch.setattr(doctor.packages, "can_install", lambda: False)
    report = told(doctor.images(Images(bare, ImageChoice()), bare, None))
    assert "ok       image of kafka: will be built (apache/kafka:4.1.2 cannot be pulled: no such host)" in report
    for tool in ("mmdebstrap", "mvn", "go"):
        assert f"missing  `{tool}` for building images" in report
    monkeypatch.setattr(doctor.packages, "can_install", lambda: True)
    assert "missing" not in told(doctor.images(Images(bare, ImageChoice(mode="build")), bare, None))


def test_a_tool_is_asked_for_only_where_it_builds_something(bare: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "is_present", lambda _, reference: "toxiproxy" not in reference)
    report = told(doctor.images(Images(bare, ImageChoice()), bare, None))
    assert "`go`" in report
    assert "`mvn`" not in report


def test_images_that_can_be_had_in_no_way_are_missing(bare: Engine) -> None:
    report = told(doctor.images(Images(bare, ImageChoice(mode="pull")), bare, None))
    assert report.count("missing  image of") == len(images.KINDS)


def test_the_exit_code_tells_whether_a_run_can_start(
    bare: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing: dict[str, Any] = {"containers": lambda **_: [], "networks": lambda **_: [], "volumes": lambda **_: {}}
    for name, answer in nothing.items():
        monkeypatch.setattr(bare, name, answer, raising=False)
    monkeypatch.setattr(engine, "connect", lambda _: bare)
    monkeypatch.setattr(engine, "local_data_root", lambda _: None)
    assert doctor.main({"ACCEPTANCE_IMAGES": "pull"}) == 3
    assert capsys.readouterr().out.endswith(f"A run cannot start: {len(images.KINDS)} missing.\n")
    monkeypatch.setattr(images, "is_present", lambda *_: True)
    assert doctor.main({}) == 0
    assert capsys.readouterr().out.endswith("ok       leftovers: none\nA run can start.\n")


def test_looking_for_leftovers_removes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = leftovers.new_run(tmp_path)
    run.lock.close()
    monkeypatch.setattr(leftovers, "_runs", lambda _: {run.id: run.labels})
    assert run.id in doctor.left_behind(Engine()).what
    assert Path(run.lock.name).exists()
