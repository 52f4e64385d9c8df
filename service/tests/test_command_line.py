"""The command line, as a shell sees it."""

import json
import subprocess
import sys


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "class_management", *arguments]
    return subprocess.run(command, env={}, capture_output=True, text=True, timeout=20, check=False)


def test_an_unknown_command_shows_the_usage() -> None:
    done = run("no-such-command")
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


def test_a_missing_setting_is_one_line_that_names_it() -> None:
    for arguments in ([], ["migrate"]):
        done = run(*arguments)
        assert done.returncode == 1
        [line] = (done.stdout + done.stderr).splitlines()
        assert json.loads(line)["event"] == "CLASS_MANAGEMENT_SERVICE_DATABASE_URL is required"
