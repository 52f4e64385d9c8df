"""The command line, as a shell sees it."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "class_management", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=False)


def test_an_unknown_command_shows_the_usage() -> None:
    done = run("no-such-command")
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


class SilentDatabase:
    """A server that takes connections and says nothing."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        self.environment = {
            "CLASS_MANAGEMENT_SERVICE_DATABASE_URL": f"postgresql+asyncpg://u:s3cret@127.0.0.1:{port}/n"
        }

    def wait_for_somebody(self) -> socket.socket:
        """Wait until somebody has connected."""
        self._listening.settimeout(20)
        return self._listening.accept()[0]

    def close(self) -> None:
        """Be gone."""
        self._listening.close()


@pytest.fixture
def database() -> Iterator[SilentDatabase]:
    database = SilentDatabase()
    yield database
    database.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_migration_that_is_broken_off_has_not_succeeded(number: signal.Signals, database: SilentDatabase) -> None:
    command = [sys.executable, "-m", "class_management", "migrate"]
    with (
        subprocess.Popen(command, env=database.environment, stdout=subprocess.PIPE) as running,
        database.wait_for_somebody(),
    ):
        running.send_signal(number)
        said, _ = running.communicate(timeout=20)
    assert running.returncode == 128 + number
    assert b"s3cret" not in said


def test_a_database_that_is_away_is_one_line_for_who_migrates(database: SilentDatabase) -> None:
    database.close()
    done = run("migrate", **database.environment)
    assert done.returncode == 1
    [line] = (done.stdout + done.stderr).splitlines()
    assert json.loads(line)["event"] == "the database cannot be migrated: ConnectionRefusedError"
    assert "exception" not in json.loads(line)
    assert "s3cret" not in line


def test_a_missing_setting_is_one_line_that_names_it() -> None:
    for arguments in ([], ["migrate"]):
        done = run(*arguments)
        assert done.returncode == 1
        [line] = (done.stdout + done.stderr).splitlines()
        assert json.loads(line)["event"] == "CLASS_MANAGEMENT_SERVICE_DATABASE_URL is required"
