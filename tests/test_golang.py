"""Programs in Go: built once for each content, by a Go that is new enough, or an error that says what Go said."""

from pathlib import Path

import pytest

from harness.errors import InfrastructureError
from harness.images import golang

GO = """\
#!/bin/sh
echo "$0 $*" >> {said}
case "$1" in
    version) echo "go version go{version} linux/amd64" ;;
    env) echo linux; echo amd64 ;;
    mod) root="$GOMODCACHE/$3"
         mkdir -p "$root/bin" "$root/pkg/tool/linux_amd64" "$root/src/cmd"
         touch "$root/src/_go.mod" "$root/src/cmd/_go.mod"
         cp "$0" "$root/bin/go"; chmod -x "$root/bin/go" ;;
    install) {install} ;;
esac
"""
INSTALL = 'mkdir -p "$GOPATH/bin/linux_$GOARCH"; echo "$CGO_ENABLED $4" > "$GOPATH/bin/linux_$GOARCH/server"'


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "module").write_text("example.org/proxy/cmd/server@v1.0.0\n")
    return tmp_path / "module"


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, version: str, install: str = INSTALL) -> Path:
    """Put a program called `go` in the place of Go; returns the file in which it keeps what it was asked."""
    said = folder / "said"
    go = folder / "go"
    go.write_text(GO.format(said=said, version=version, install=install))
    go.chmod(0o755)
    monkeypatch.setattr(golang.packages, "need", lambda *_, **__: str(go))
    return said


def test_a_program_is_built_static_for_the_engines_architecture_and_once(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = stand_in(monkeypatch, tmp_path, "1.21.0")
    folder = golang.program(module, "arm64", tmp_path / "cache")
    assert (folder / "server").read_text() == "0 example.org/proxy/cmd/server@v1.0.0\n"
    asked = said.read_text()
    assert "mod download" not in asked
    assert golang.program(module, "arm64", tmp_path / "cache") == folder
    assert said.read_text() == asked
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("change", ["architecture", "version"])
def test_another_architecture_or_version_is_another_program(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    stand_in(monkeypatch, tmp_path, "1.26.8")
    before = golang.program(module, "amd64", tmp_path / "cache")
    if change == "version":
        module.write_text("example.org/proxy/cmd/server@v1.0.1\n")
    assert golang.program(module, "arm64" if change == "architecture" else "amd64", tmp_path / "cache") != before


def test_a_go_that_is_too_old_fetches_a_toolchain_and_lets_it_build(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = stand_in(monkeypatch, tmp_path, "1.19.8")
    folder = golang.program(module, "amd64", tmp_path / "cache")
    assert (folder / "server").exists()
    asked = said.read_text().splitlines()
    fetched = f"{golang.TOOLCHAIN}.linux-amd64"
    assert asked[2] == f"{tmp_path}/go mod download {fetched}"
    assert f"/mod/{fetched}/bin/go install " in asked[3]


def test_what_go_said_is_in_the_error_and_so_is_the_way_out(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, tmp_path, "1.26.8", "echo 'dial tcp: lookup proxy.example.org: no such host' >&2; exit 1")
    with pytest.raises(InfrastructureError, match=r"`install .*` of Go") as caught:
        golang.program(module, "amd64", tmp_path / "cache")
    assert "no such host" in caught.value.details
    assert "GOPROXY" in caught.value.remedy
    assert not list((tmp_path / "cache" / "programs").iterdir())
