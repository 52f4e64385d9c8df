"""The endurance of the relay: a plan that can be played again, changes that tell what is due, a verdict that tells."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tools.soak_relay import __main__ as soak_relay
from tools.soak_relay.__main__ import Result, write
from tools.soak_relay.plan import WINDOWS, plan
from tools.soak_relay.traffic import CREATED, NOTIFIED, STUDENT_CREATED, UPDATED, Event, Progress, Teacher
from tools.soak_relay.verdict import Seen, Verdict, judge, read
from tools.soak_service.plan import KILLED, STOPPED

A = [Event(UPDATED, "a", f"a.{n}") for n in range(4)]
B = [Event(UPDATED, "b", f"b.{n}") for n in range(2)]
ALL = [A[0], B[0], *A[1:], B[1]]


def lying(events: list[Event], partitions: Callable[[Event], int] = lambda _: 0) -> list[Seen]:
    """The events as records, one behind the other, each under an id of its own."""
    return [Seen(e, f"id-{n}", e.mark.encode(), partitions(e), n) for n, e in enumerate(events)]


@pytest.mark.parametrize("seed", range(20))
def test_kafka_goes_down_three_times_with_changes_before_between_and_after(seed: int) -> None:
    outages = plan(seed, 1000)
    assert {outage.what for outage in outages} == {"kafka"}
    assert {outage.how for outage in outages} == {KILLED, STOPPED}
    for outage, (first, last) in zip(outages, WINDOWS, strict=True):
        assert 1000 * first <= outage.stored <= 1000 * last
    assert plan(seed, 1000) == outages != plan(seed + 1, 1000)


def test_all_in_order_is_well_whatever_lies_between() -> None:
    verdict = judge(ALL, lying([B[0], *A, B[1]]))
    assert (verdict.problems, verdict.expected, verdict.records, verdict.repeats) == ([], 6, 6, 0)


def test_repeats_under_the_same_id_are_counted_and_are_no_trouble() -> None:
    seen = lying(ALL)
    again = [Seen(one.event, one.event_id, one.value, 0, one.offset + 100) for one in seen[1:4]]
    verdict = judge(ALL, [*again, *seen])
    assert (verdict.problems, verdict.records, verdict.repeats) == ([], 9, 3)


TROUBLES = {
    "lost": (ALL, lying([event for event in ALL if event != A[2]])),
    "published again under another event id": (ALL, lying([*ALL, A[0]])),
    "published, and nobody made such a change": (ALL, lying([*ALL, Event(UPDATED, "c", "c.0")])),
    "published again with the same event id and other content": (
        ALL,
        [*lying(ALL), Seen(ALL[0], "id-0", b"something else", 0, 100)],
    ),
    "published out of order": (ALL, lying([B[0], A[0], A[2], A[1], A[3], B[1]])),
    "on another partition than others about the same": (ALL, lying(ALL, lambda event: int(event == A[3]))),
}


@pytest.mark.parametrize("kind", TROUBLES)
def test_each_kind_of_trouble_is_told_as_such_alone(kind: str) -> None:
    problems = judge(*TROUBLES[kind]).problems
    assert [problem for problem in problems if not problem.startswith("  ")] == [problems[0]]
    assert problems[0].endswith(f" events {kind}:")


def test_of_much_trouble_the_first_ten_are_told() -> None:
    problems = judge([Event(UPDATED, "a", str(n)) for n in range(30)], []).problems
    assert problems[0] == "30 events lost:"
    assert len(problems) == 12


def test_a_record_is_read_by_its_topic() -> None:
    data = {"class_id": "c", "class_designation": "8B", "student_id": "s", "first_name": "Åsa"}
    value = json.dumps({"event_id": "e", "data": data | {"notification_type": "class_created"}}).encode()
    marks = [read(topic, 2, 7, value).event[1:] for topic in (CREATED, STUDENT_CREATED, NOTIFIED)]
    assert marks == [("c", "8B"), ("s", "Åsa"), ("c", "class_created")]
    with pytest.raises(ValueError, match="Expecting"):
        read(CREATED, 0, 0, b"")


async def _work(changes: int, status: Callable[[int], int]) -> tuple[Progress, list[str]]:
    """Have one teacher work against two stand-ins for the service; returns who was asked for what."""
    asked: list[str] = []

    def answering(name: str) -> httpx.AsyncClient:
        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(f"{name} {request.method} {request.url.path}")
            path = request.url.path.rstrip("/").rsplit("/", 1)[-1]
            new = f"new-{len(asked)}" if request.method == "POST" else path
            return httpx.Response(status(len(asked)), json={"id": new})

        return httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://test")

    progress = Progress(changes)
    await Teacher("t", [answering("one"), answering("other")], progress).work()
    return progress, asked


async def test_a_teacher_changes_in_turn_through_both_and_knows_what_is_due() -> None:
    progress, asked = await _work(10, lambda _: 200)
    assert (progress.made, len(asked), progress.refused) == (10, 10, [])
    assert [line.split()[0] for line in asked[:4]] == ["one", "other", "one", "other"]
    assert asked[2:4] == ["one PUT /v1/classes/new-1", "other PUT /v1/classes/students/new-2"]
    assert progress.expected[:5] == [
        Event(CREATED, "new-1", "t-0"),
        Event(NOTIFIED, "new-1", "class_created"),
        Event(STUDENT_CREATED, "new-2", "t-0"),
        Event(NOTIFIED, "new-1", "student_added_to_class"),
        Event(UPDATED, "new-1", "t-0.1"),
    ]
    assert len(progress.expected) == 10 + 2 + 2  # a second class has begun: each of the four creations tells twice


async def test_a_change_that_is_refused_is_told_and_nothing_is_due_for_it() -> None:
    progress, _ = await _work(10, lambda number: 503 if number == 4 else 200)
    assert (progress.made, len(progress.expected)) == (3, 5)
    assert progress.refused == ['PUT /v1/classes/students/new-2: 503 {"id":"new-2"}']


@pytest.mark.parametrize("problems", [[], ["2 events lost:"]])
def test_the_report_tells_seed_repeats_and_problems(
    problems: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak_relay, "ROOT", tmp_path)
    progress = Progress(5, made=5)
    text = write(Result(Verdict(6, 7, 1, problems), progress, 1.0, "a line\n"), seed=7)
    assert "7 records, 1 of them repeats" in text
    assert ("All held." in text) is not bool(problems)
    assert ("SEED=7" in text) is bool(problems)
    content = json.loads((tmp_path / "artifacts" / "soak-relay.json").read_text())
    assert (content["seed"], content["made"], content["problems"], len(content["outages"])) == (7, 5, problems, 3)
