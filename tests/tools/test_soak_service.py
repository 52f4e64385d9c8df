"""The endurance of the service: a plan that can be played again, traffic in turns, a verdict that tells."""

import asyncio
import json
import uuid
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from aiokafka.errors import KafkaTimeoutError

from harness.stack import Stack
from tools.bench.school import Classroom, Row
from tools.soak_service import __main__ as soak_service
from tools.soak_service import traffic
from tools.soak_service.__main__ import Result, write
from tools.soak_service.plan import KILLED, SERVICE, STOPPED, plan
from tools.soak_service.traffic import Progress, Publisher
from tools.soak_service.verdict import Verdict, compare, traces


def _row() -> Row:
    return Row(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), uuid.uuid4())


@pytest.mark.parametrize("seed", range(20))
def test_the_service_goes_down_ten_times_and_each_dependency_once(seed: int) -> None:
    outages = plan(seed, 30_000)
    assert Counter((o.what, o.how) for o in outages) == {
        (SERVICE, KILLED): 5,
        (SERVICE, STOPPED): 5,
        ("postgres", KILLED): 1,
        ("redis", KILLED): 1,
        ("kafka", KILLED): 1,
    }


@pytest.mark.parametrize("seed", range(20))
def test_all_goes_down_in_order_and_before_the_end(seed: int) -> None:
    moments = [outage.stored for outage in plan(seed, 1000)]
    assert moments == sorted(moments)
    assert moments[0] > 0
    assert moments[-1] <= 950


def test_the_same_seed_plans_the_same_and_another_another() -> None:
    assert plan(1, 1000) == plan(1, 1000)
    assert plan(1, 1000) != plan(2, 1000)


async def _has_turn(progress: Progress) -> bool:
    try:
        async with asyncio.timeout(0.01):
            return await progress.turn()
    except TimeoutError:
        return False


async def test_no_more_is_published_than_is_allowed_in_all() -> None:
    progress = Progress(events=10)
    assert not await _has_turn(progress)
    progress.allow(2)
    progress.allow(1)
    assert [await _has_turn(progress) for _ in range(3)] == [True, True, False]
    progress.allow(99)
    assert [await _has_turn(progress) for _ in range(9)] == [True] * 8 + [False]


async def test_who_waits_for_a_turn_hears_of_the_end() -> None:
    progress = Progress(events=10)
    waiting = asyncio.create_task(progress.turn())
    await asyncio.sleep(0)
    progress.end()
    assert await waiting is False


class _Producer:
    """Stands for Kafka's producer: the first send of all is left without an answer."""

    def __init__(self, sent: list[bytes]) -> None:
        self._sent = sent

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def send_and_wait(self, _: str, *, value: bytes, **__: object) -> None:
        self._sent.append(value)
        if len(self._sent) == 1:
            raise KafkaTimeoutError


async def test_what_has_no_answer_is_published_again_under_the_same_id_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[bytes] = []
    monkeypatch.setattr(traffic, "AIOKafkaProducer", lambda **_: _Producer(sent))
    stack = cast("Stack", SimpleNamespace(kafka=SimpleNamespace(bootstrap_servers="")))
    progress = Progress(events=2)
    progress.allow(2)
    await Publisher(stack, [Classroom(uuid.uuid4(), [uuid.uuid4()])], 0, progress).publish(2)
    assert len(sent) == 3
    assert sent[0] == sent[1] != sent[2]
    assert (progress.published, progress.repeated, len(progress.rows)) == (2, 1, 2 * traffic.ESSAYS)


def test_what_is_stored_as_sent_differs_in_nothing() -> None:
    rows = [_row() for _ in range(5)]
    assert compare(rows, [(row.essay_id, row.student_id) for row in reversed(rows)]) == {}


def test_each_kind_of_difference_names_its_essays() -> None:
    lost, doubled, other, fine, foreign = (_row() for _ in range(5))
    stored = [(row.essay_id, row.student_id) for row in (doubled, doubled, fine, foreign)]
    stored.append((other.essay_id, uuid.uuid4()))
    assert compare([lost, doubled, other, fine], stored) == {
        "lost": [lost.essay_id],
        "doubled": [doubled.essay_id],
        "stored with another student": [other.essay_id],
        "stored, and nobody sent them": [foreign.essay_id],
    }


def test_it_is_told_where_the_events_of_lost_essays_lie() -> None:
    essays = [uuid.uuid4() for _ in range(12)]
    values = {(0, 7): f"… {essays[0]} {essays[1]}".encode(), (2, 9): str(essays[0]).encode()}
    lines = traces(essays, values)
    assert lines[0] == f"  {essays[0]}: in the topic at 0:7, 2:9"
    assert lines[1] == f"  {essays[1]}: in the topic at 0:7"
    assert lines[2].endswith("no place, so Kafka has lost it")
    assert lines[-1] == "  …"
    assert len(lines) == 11


@pytest.mark.parametrize("problems", [[], ["2 essays lost:"]])
def test_the_report_tells_seed_problems_and_what_arrived_twice(
    problems: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak_service, "ROOT", tmp_path)
    verdict = Verdict(expected=6, stored=6 - 2 * len(problems), records=3, problems=problems)
    text = write(Result(verdict, Progress(2, published=2, repeated=1), 1.0, "a line\n"), seed=7)
    assert "1 of them again" in text
    assert ("All held." in text) is not bool(problems)
    assert ("SEED=7" in text) is bool(problems)
    content = json.loads((tmp_path / "artifacts" / "soak-service.json").read_text())
    assert (content["seed"], content["published_again"], content["problems"]) == (7, 1, problems)
    assert len(content["outages"]) == 13
    assert (tmp_path / "artifacts" / "soak-service.log").read_text() == "a line\n"
