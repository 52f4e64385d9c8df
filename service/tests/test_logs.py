"""What a log line holds, and what it must not."""

import asyncio
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from class_management import logs


def line(message: str, *args: object, logger: str = "class_management.x", **more: Any) -> dict[str, Any]:
    record = logging.getLogger(logger).makeRecord(logger, logging.INFO, "f.py", 1, message, args, **more)
    rendered = logs.JsonFormatter().format(record)
    assert "\n" not in rendered
    parsed: dict[str, Any] = json.loads(rendered)
    return parsed


def test_a_line_is_one_json_object_with_the_ids_of_the_work() -> None:
    with logs.about(correlation_id="c", event_id="e", batch_id=None), logs.about(batch_id="b"):
        told = line("stored %d\nessays", 3, exc_info=None, extra={"essay_id": "1"})
        assert logs.current_correlation_id() == "c"
    assert told["event"] == "stored 3\nessays"
    assert told["level"] == "INFO"
    assert told["timestamp"].endswith("+00:00")
    assert (told["correlation_id"], told["event_id"], told["batch_id"], told["essay_id"]) == ("c", "e", "b", "1")
    assert "correlation_id" not in line("later", exc_info=None)


def test_addresses_and_urls_with_passwords_are_masked() -> None:
    try:
        raise ValueError("Key (email)=(asa.öst@example.org) at postgresql://user:pw@db/name")
    except ValueError as error:
        told = json.dumps(line("x", exc_info=(ValueError, error, error.__traceback__)), ensure_ascii=False)
    assert "example.org" not in told
    assert "pw@" not in told
    assert "test_logs.py" in told


@pytest.mark.parametrize(
    "address",
    [
        "asa.ost@example.org",
        "ASA+8b@Example.Org",
        '"asa ost"@example.org',
        "asa\uff20example.org",
        "asa%40example.org",
        "Asa <asa@example.org>",
    ],
)
def test_an_address_is_masked_however_it_is_spelt(address: str) -> None:
    told = json.dumps(line("refused %s", address, exc_info=None, extra={"value": {"of": address}}))
    assert "***" in told
    assert "example" not in told.lower()
    assert "asa@" not in told


def test_what_errors_of_others_say_is_not_told() -> None:
    error = KeyError("Anna Lind")
    assert "Anna" not in json.dumps(line("x", exc_info=(KeyError, error, None)))
    away = ConnectionRefusedError(111, "refused")
    assert "refused" in line("x", exc_info=(OSError, away, None))["exception"]


def test_a_message_whose_arguments_do_not_fit_is_still_a_line() -> None:
    assert line("%d essays", "many", exc_info=None)["event"] == "%d essays"


def test_secrets_are_masked_by_value() -> None:
    told = logs.JsonFormatter(['s3cr"t', "abc", ""]).format(logging.makeLogRecord({"msg": 'abc for "s3cr"t"'}))
    assert json.loads(told)["event"] == 'abc for "***"'


def test_whatever_a_process_writes_is_a_line(tmp_path: Path) -> None:
    script = tmp_path / "process.py"
    script.write_text(
        """
import asyncio, logging, threading, warnings
from class_management import logs
logs.configure()
warnings.warn("old fashioned", DeprecationWarning, stacklevel=1)
warnings.warn("be careful", UserWarning, stacklevel=1)
logging.getLogger("library").warning("said")
thread = threading.Thread(target=lambda: 1 / 0)
thread.start(); thread.join()
class Bad:
    def __del__(self): raise ValueError("Anna Lind")
Bad()
async def forgotten():
    asyncio.get_running_loop().create_task(asyncio.sleep(0)).add_done_callback(lambda _: 1 / 0)
    await asyncio.sleep(0.01)
asyncio.run(forgotten())
raise KeyError("Anna Lind")
""",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, "-W", "always", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == ""
    told = [json.loads(line)["level"] for line in done.stdout.splitlines()]
    assert told == ["WARNING"] * 3 + ["ERROR"] * 3 + ["CRITICAL"]
    assert "Anna" not in done.stdout


def test_a_library_may_repeat_itself_only_now_and_then() -> None:
    once = logs.OncePerWhile()
    record = logging.makeLogRecord({"name": "aiokafka", "msg": "Unable connect to %s"})
    ours = logging.makeLogRecord({"name": "class_management.x", "msg": "stored"})
    assert [once.filter(record), once.filter(record)] == [True, False]
    assert [once.filter(ours), once.filter(ours)] == [True, True]
    record.created += 2 * logs.QUIET_SECONDS
    assert once.filter(record)


@pytest.mark.parametrize(
    ("logger", "error", "level"),
    [
        ("sqlalchemy.pool.impl.AsyncAdaptedQueuePool", asyncio.CancelledError(), "WARNING"),
        ("sqlalchemy.pool.impl.AsyncAdaptedQueuePool", TimeoutError(), "WARNING"),
        ("sqlalchemy.pool.impl.AsyncAdaptedQueuePool", KeyError("x"), "ERROR"),
        ("elsewhere", TimeoutError(), "ERROR"),
    ],
    ids=["given up", "not answered", "a mistake", "of others"],
)
def test_a_connection_whose_closing_was_given_up_is_no_error(logger: str, error: BaseException, level: str) -> None:
    said = logging.getLogger(logger).makeRecord(
        logger, logging.ERROR, "f.py", 1, "Exception closing connection %r", ("c",), (type(error), error, None)
    )
    assert logs.GivenUp().filter(said)
    told = json.loads(logs.JsonFormatter().format(said))
    assert told["level"] == level
    assert told["error" if level == "WARNING" else "exception"].startswith(type(error).__name__)
