"""The container engine: found, started, and its troubles told with a way out."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from testcontainers.core.config import testcontainers_config

from harness import daemon, engine, packages
from harness.daemon import Daemon
from harness.errors import InfrastructureError
from harness.settings import ROOT

MEGABYTE = 1_000_000


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: the path of a socket is limited to a hundred characters."""
    path = Path(tempfile.mkdtemp(prefix="ae"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def own(folder: Path) -> Iterator[Daemon]:
    """An engine beside the machine's own, which it does not disturb."""
    yield Daemon(
        socket=folder / "docker.sock",
        pid_file=folder / "docker.pid",
        exec_root=folder / "exec",
        data_root=folder / "data",
        log=folder / "log",
        lock=folder / "lock",
        more=("--bridge=none", "--iptables=false", "--ip-forward=false"),
    )
    # Each start mounts the data folder onto itself, and a killed engine does not undo it.
    while subprocess.run(["umount", folder / "data"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        pass


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def listener(path: Path, backlog: int = 5) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = socket.socket(socket.AF_UNIX)
    opened.bind(str(path))
    opened.listen(backlog)
    return opened


def a_dead_pid() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


@pytest.mark.parametrize("pid", ["dead", "a stranger's", "garbage", "empty"])
def test_what_a_dead_engine_left_is_removed(own: Daemon, pid: str) -> None:
    number = {"dead": str(a_dead_pid()), "a stranger's": str(os.getpid()), "garbage": "x", "empty": ""}[pid]
    containerd = own.exec_root / "containerd"
    containerd.mkdir(parents=True)
    for path in (own.pid_file, containerd / "containerd.pid"):
        path.write_text(number)
    for path in (own.socket, containerd / "containerd.sock"):
        listener(path).close()
    assert set(daemon.remove_stale_files(own)) == {
        own.pid_file,
        own.socket,
        containerd / "containerd.pid",
        containerd / "containerd.sock",
    }
    assert list(own.pid_file.parent.glob("docker.*")) == []
    assert daemon.remove_stale_files(own) == []


@contextmanager
def running(program: Path) -> Iterator[int]:
    """Run something called like `program`; gives its process id once it is at work."""
    shutil.copy(shutil.which("cat") or "", program)
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.stdout.readline()
        yield process.pid


def test_what_a_living_engine_has_is_kept(own: Daemon, folder: Path) -> None:
    with listener(own.socket), running(folder / "dockerd") as pid:
        own.pid_file.write_text(f"{pid}\n")
        assert daemon.remove_stale_files(own) == []


def test_a_dead_engine_that_nobody_waited_for_is_dead(own: Daemon, folder: Path) -> None:
    with running(folder / "dockerd") as pid:
        own.pid_file.write_text(str(pid))
        kill(os.pidfd_open(pid))
        assert daemon.remove_stale_files(own) == [own.pid_file]


def test_a_containerd_of_the_system_is_not_taken_for_the_engines_own(own: Daemon, folder: Path) -> None:
    pid_file = own.exec_root / "containerd" / "containerd.pid"
    pid_file.parent.mkdir(parents=True)
    with running(folder / "containerd") as pid:
        pid_file.write_text(str(pid))
        assert daemon.remove_stale_files(own) == [pid_file]


def test_nobody_at_the_socket_is_no_engine(own: Daemon) -> None:
    with pytest.raises(engine.NoEngineError, match="no such file"):
        engine.connect(own.address)
    listener(own.socket).close()
    with pytest.raises(engine.NoEngineError, match="connection refused"):
        engine.connect(own.address)
    assert not engine.answers(own.address)


def test_an_engine_that_hangs_is_told_as_such(own: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PROBE_TIMEOUT", 0.2)
    with listener(own.socket), pytest.raises(InfrastructureError, match="hangs") as caught:
        engine.connect(own.address)
    assert not isinstance(caught.value, engine.NoEngineError)
    assert "systemctl restart docker" in caught.value.remedy


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without permission")
def test_an_engine_without_permission_names_the_group(own: Daemon, folder: Path) -> None:
    folder.chmod(0o755)
    with listener(own.socket):
        own.socket.chmod(0o600)
        os.seteuid(65534)
        try:
            with pytest.raises(InfrastructureError, match="No permission") as caught:
                engine.ensure_engine(own)
        finally:
            os.seteuid(0)
    assert "usermod -aG docker" in caught.value.remedy


def test_an_engine_that_the_user_named_is_never_replaced_by_another(
    own: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    monkeypatch.setattr(daemon, "start", lambda *_, **__: pytest.fail("an engine was started"))
    with pytest.raises(engine.NoEngineError, match=r"tcp://127\.0\.0\.1:9") as caught:
        engine.ensure_engine(own)
    assert "DOCKER_HOST" in caught.value.remedy


def test_a_context_that_does_not_exist_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "nowhere")
    with pytest.raises(InfrastructureError, match="nowhere"):
        engine.ensure_engine()


def test_where_no_engine_can_be_started_the_error_says_what_to_install(
    own: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "can_start", lambda: False)
    monkeypatch.setattr(packages, "find", lambda _: None)
    with pytest.raises(engine.NoEngineError) as caught:
        engine.ensure_engine(own)
    assert "apt-get install docker.io" in caught.value.remedy


def test_an_engine_that_ends_at_once_shows_its_last_words(own: Daemon, folder: Path) -> None:
    program = folder / "dockerd"
    program.write_text("#!/bin/sh\necho failed to start daemon: Devices cgroup is not mounted\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(InfrastructureError, match="ended at once") as caught:
        daemon._start_by_hand(own, str(program), lambda: False)
    assert "Devices cgroup" in caught.value.details


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    error = engine.explained(OSError(28, "No space left on device"), "Making wheels")
    assert error.problem == "Making wheels: no disk space left."
    assert "docker system df" in error.remedy
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr(engine, "local_data_root", lambda _: Path("/var/lib/docker"))
    monkeypatch.setattr(engine.shutil, "disk_usage", lambda _: usage(100, 60, 40 * MEGABYTE))
    with pytest.raises(InfrastructureError, match=r"No disk space left .* 40 MB free under /var/lib/docker"):
        engine._check_disk(None)


@pytest.mark.parametrize(
    ("release", "debian"),
    [
        ("ID=debian", True),
        ('ID=ubuntu\nID_LIKE="debian"', True),
        ('ID=mint\nID_LIKE="ubuntu debian"', True),
        ("ID=fedora", False),
        ("", False),
    ],
)
def test_debian_and_its_descendants_are_recognised(tmp_path: Path, release: str, debian: bool) -> None:
    (tmp_path / "os-release").write_text(release)
    assert packages.is_debian(tmp_path / "os-release") == debian


def test_a_missing_command_that_cannot_be_installed_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "can_install", lambda: False)
    with pytest.raises(InfrastructureError, match="`no-such-command` is needed to dance") as caught:
        packages.need("no-such-command", "dance-tools", purpose="dance")
    assert "apt-get install dance-tools" in caught.value.remedy


def kill(process: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Signal the process behind a file descriptor, and wait until it is dead."""
    signal.pidfd_send_signal(process, how)
    assert select.select([process], [], [], 20)[0], "it does not die"
    os.close(process)


def power_cut(own: Daemon) -> None:
    """Kill the engine and its containerd: nothing is tidied up."""
    for path in (own.pid_file, own.exec_root / "containerd" / "containerd.pid"):
        kill(os.pidfd_open(int(path.read_text())))


@pytest.fixture
def secluded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start engines in a network of their own: without a bridge, they take the machine's own bridge away."""
    program = folder / "bin" / "dockerd"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec unshare --net {packages.need("dockerd", "docker.io", purpose="test")} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)


@pytest.mark.engine
@pytest.mark.usefixtures("secluded")
@pytest.mark.skipif(not daemon.can_start(), reason="an engine can only be started by root, on Linux")
def test_an_engine_is_started_once_by_two_who_ask_at_once_and_again_after_it_was_killed(own: Daemon) -> None:
    with ThreadPoolExecutor() as threads:
        first, second = (threads.submit(ask_for_an_engine, own) for _ in range(2))
        assert first.result() == second.result()
    try:
        power_cut(own)
        # The worst case: a process of somebody else has the number by now.
        own.pid_file.write_text(str(os.getpid()))
        (own.exec_root / "containerd" / "containerd.pid").write_text(str(os.getpid()))
        assert ask_for_an_engine(own) == int(own.pid_file.read_text())
    finally:
        kill(os.pidfd_open(int(own.pid_file.read_text())), signal.SIGTERM)


def ask_for_an_engine(own: Daemon) -> int:
    """Ask in a process of its own, which ends at once; returns the engine's process id."""
    code = f"""
from pathlib import Path, PosixPath
from harness.daemon import Daemon
from harness.engine import ensure_engine
print(ensure_engine({own!r}).ping())
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)
    return int(own.pid_file.read_text())


@pytest.mark.parametrize(
    ("address", "shares", "override"),
    [
        ("http+docker://localhost", False, "172.17.0.1"),
        ("http+docker://localhost", True, None),
        ("http+docker://ssh", False, None),
        ("http://elsewhere:2375", False, None),
    ],
)
def test_from_inside_a_container_published_ports_are_on_its_gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, shares: bool, override: str | None
) -> None:
    (tmp_path / ".dockerenv").touch()
    monkeypatch.setattr(engine, "INSIDE", tmp_path / ".dockerenv")
    monkeypatch.setattr(engine, "default_gateway_ip", lambda: "172.17.0.1")
    monkeypatch.setattr(engine, "shares_network", lambda _: shares)
    monkeypatch.setattr(testcontainers_config, "tc_host_override", None)
    engine._settle_testcontainers(SimpleNamespace(api=SimpleNamespace(base_url=address)))
    assert testcontainers_config.tc_host_override == override
