"""Commands of this machine end with all that they started; locks are taken by one at a time."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from harness import locks, processes
from harness.errors import InfrastructureError
from harness.settings import ROOT


def dies(pid: int) -> bool:
    """Tell whether a process, which need not be a child of this one, is dead within seconds."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], 5)[0])
    finally:
        os.close(process)


def test_what_a_command_printed_and_how_it_ended_is_kept() -> None:
    ended = processes.run(["sh", "-c", "echo $WHO; echo trouble >&2; exit 4"], deadline=5, environment={"WHO": "me"})
    assert ended == processes.Ended(4, "me\ntrouble\n")


def test_output_can_go_to_a_file(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as output:
        ended = processes.run(["sh", "-c", "pwd; echo trouble >&2"], deadline=5, output=output, folder=tmp_path)
    assert ended == processes.Ended(0, "trouble\n")
    assert (tmp_path / "out").read_text() == f"{tmp_path}\n"


def test_a_command_that_signals_its_group_does_not_hit_the_suite() -> None:
    assert processes.run(["sh", "-c", "kill -TERM 0; sleep 60"], deadline=5).status == -signal.SIGTERM


def test_a_command_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    with pytest.raises(InfrastructureError, match=r"has not ended within 1 s"):
        processes.run(["sh", "-c", f"sleep 60 & echo $! > {tmp_path}/pid; wait"], deadline=1)
    assert dies(int((tmp_path / "pid").read_text()))


def test_commands_of_daemon_threads_end_with_the_suite(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    code = (
        "import sys, threading\nfrom harness import processes\n"
        "command = ['sh', '-c', 'echo $$ > ' + sys.argv[1] + '/begun; sleep 60']\n"
        "threading.Thread(target=processes.run, args=(command,), kwargs={'deadline': 60}, daemon=True).start()\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], cwd=ROOT, stdin=subprocess.PIPE) as suite:
        pid = int((tmp_path / "begun").read_text())
        assert Path(f"/proc/{pid}").exists()
    assert suite.returncode == 0
    assert dies(pid)


def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    waits = threading.Event()
    monkeypatch.setattr(locks, "say", lambda line: (order.append(line), waits.set()))

    def other() -> None:
        with locks.exclusive(tmp_path / "lock", what="building"):
            order.append("second")

    with locks.exclusive(tmp_path / "lock"):
        thread = threading.Thread(target=other)
        thread.start()
        assert waits.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["Another process is building; waiting for it.", "first", "second"]


def test_a_lock_that_is_never_given_back_is_an_error(tmp_path: Path) -> None:
    holder = locks.hold(tmp_path / "lock")
    assert holder
    assert locks.hold(tmp_path / "lock") is None
    begun = time.monotonic()
    with pytest.raises(InfrastructureError, match="fuser -v"), locks.exclusive(tmp_path / "lock", deadline=0.2):
        pytest.fail("two hold the lock")
    assert time.monotonic() - begun < 5
    holder.close()


def test_a_lock_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InfrastructureError, match="cannot be opened"), locks.exclusive(tmp_path / "file" / "lock"):
        pytest.fail("there is no such lock")
