"""A log, followed: nothing is missed, nothing comes twice, and a long one costs no more than a short one."""

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import docker.errors
import pytest

from harness.containers.log_stream import LogStream

pytestmark = pytest.mark.engine
ON_DEMAND = """
import os, sys
if not os.path.exists("/tmp/say"):
    os.mkfifo("/tmp/say")
print("ready", flush=True)
while True:
    with open("/tmp/say") as said:
        for line in said:
            print(line, end="", file=sys.stderr if "error" in line else sys.stdout, flush=True)
"""
Write = Callable[[str], Any]


@pytest.fixture
def container(bench: Any) -> Iterator[Any]:
    started = bench.client.containers.run(
        bench.images.python(), ["python3", "-c", ON_DEMAND], detach=True, labels=bench.labels
    )
    stream = LogStream(started)
    while "ready" not in stream.lines():
        stream.catch_up()
    stream.close()
    yield started
    with contextlib.suppress(docker.errors.NotFound):
        started.remove(force=True)


def _say(container: Any, text: str) -> None:
    """Let the container's process write `text`; it has when this returns."""
    code, said = container.exec_run(["sh", "-c", 'printf "%s\\n" "$0" > /tmp/say', text])
    assert code == 0, said


def test_what_was_written_before_a_look_is_in_it(container: Any) -> None:
    stream = LogStream(container)
    for number in range(20):
        text = f"line {number}" if number % 2 else f"error {number}"
        _say(container, text)
        _until_engine_has(container, text)
        stream.catch_up()
        assert stream.lines()[-1] == text
    assert len(stream.drain()) == 21
    stream.close()


def _until_engine_has(container: Any, text: str) -> None:
    while text.encode() not in container.logs(tail=1):
        pass


def test_what_is_drained_comes_once_and_stays_until_the_next_time(container: Any) -> None:
    stream = LogStream(container)
    stream.catch_up()
    assert stream.drain() == ["ready"]
    assert stream.lines() == ["ready"]
    assert stream.drain() == []
    assert stream.lines() == []
    stream.close()


def test_only_what_is_asked_for_is_there(container: Any) -> None:
    now = time.time()
    stream = LogStream(container, since=now)
    _say(container, "later")
    _until_engine_has(container, "later")
    stream.catch_up()
    assert stream.lines() == ["later"]
    assert stream.lines(since=time.time() + 60) == []
    stream.close()


def test_a_process_that_is_started_again_is_followed_on(container: Any) -> None:
    stream = LogStream(container)
    stream.catch_up()
    _say(container, "error: about to die")
    container.kill()
    container.start()
    _until_engine_has(container, "ready")
    deadline = time.monotonic() + 10
    while stream.lines().count("ready") < 2 and time.monotonic() < deadline:
        stream.catch_up()
    stream.catch_up()
    assert stream.lines() == ["ready", "error: about to die", "ready"]
    stream.close()


def test_lines_longer_than_the_engine_passes_on_at_once_stay_whole(container: Any) -> None:
    stream = LogStream(container)
    long = "x" * 40_000
    _say(container, long)
    deadline = time.monotonic() + 10
    while long not in stream.lines() and time.monotonic() < deadline:
        stream.catch_up()
    assert long in stream.lines(), [len(line) for line in stream.lines()]
    stream.close()


def test_a_container_that_is_gone_keeps_its_last_words(container: Any) -> None:
    stream = LogStream(container)
    _say(container, "error: the end")
    _until_engine_has(container, "error: the end")
    stream.catch_up()
    container.remove(force=True)
    begun = time.monotonic()
    stream.catch_up(within=60)
    assert stream.lines()[-1] == "error: the end"
    assert time.monotonic() - begun < 30, "nothing more can come, and it was waited for"
    stream.close()


def test_what_takes_longer_to_come_than_a_pause_may_last_is_all_there(container: Any) -> None:
    for _ in range(5):
        _say(container, "\n".join(["line"] * 20_000))
    _say(container, "the last line")
    _until_engine_has(container, "the last line")
    stream = LogStream(container)
    stream.catch_up(within=1)
    assert len(stream.lines()) == 100_002
    stream.close()


def test_looking_takes_no_longer_when_the_log_is_long(container: Any) -> None:
    stream = LogStream(container)
    stream.catch_up(within=10)
    while_short = _seconds_of_a_look(stream)
    for _ in range(40):
        _say(container, "\n".join("a line of text that is nothing special" for _ in range(1000)))
    stream.catch_up(within=10)
    assert _seconds_of_a_look(stream) < 4 * while_short
    stream.close()


def _seconds_of_a_look(stream: LogStream) -> float:
    taken = []
    for _ in range(31):
        begun = time.perf_counter()
        stream.catch_up()
        stream.drain()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)
