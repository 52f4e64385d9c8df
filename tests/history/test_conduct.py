"""Histories that must fail, by how the service behaved in them."""

from dataclasses import replace

import pytest

from harness.fence import Position
from harness.history import Answer, Effect, End, Event, Figure, History, Look, Outcome, Upset, assert_holds, judge

CONDUCT = ("V6", "V7", "V9", "V10", "V11")
AWAY = Upset("PostgreSQL is paused", 110.0, 120.0, "the engine says so", makes_ill=True)
BEFORE = Event("before", {"a": "1"}, position=Position("t", 0, 0), at=105.0)
DURING = Event("during", {"b": "1"}, position=Position("t", 0, 1), at=112.0)
AFTER = Event("after", {"c": "1"}, position=Position("t", 0, 2), at=121.0)
STORED = (Effect("a", "1", "before"), Effect("b", "1", "during"), Effect("c", "1", "after"))
ANSWERS = (Answer(109.0, True), Answer(111.0, True), Answer(112.5, False), Answer(121.0, False), Answer(122.5, True))
HOLDS = History(
    (BEFORE, DURING, AFTER),
    (Look(109.0, {0: 1}, STORED[:1], ()), Look(123.0, {0: 3}, STORED, ())),
    upsets=(AWAY,),
    answers=ANSWERS,
    figures=(Figure("sessions", 3, 4, allowed=1),),
    ends=(End("the service", 0),),
    log=("all is well",),
    secrets=frozenset({"hush"}),
)


def _told(history: History) -> list[str]:
    return [f"{guilt.verdict}: {guilt.what}" for guilt in judge(history, CONDUCT)]


def test_a_history_that_holds_has_nobody_guilty() -> None:
    assert _told(HOLDS) == []
    assert_holds(HOLDS)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (Answer(113.0, True), "said that it was well 3.0 s after it had begun that PostgreSQL is paused, 2 s"),
        (Answer(123.0, False), "said that it was ill 3.0 s after it was over that PostgreSQL is paused, 2 s"),
        (Answer(104.0, False), "was ill before anything was broken"),
    ],
)
def test_health_that_lies_in_either_direction_is_told(answer: Answer, what: str) -> None:
    (told,) = _told(replace(HOLDS, answers=(*ANSWERS, answer)))
    assert told.startswith("V6: ")
    assert what in told


def test_within_its_time_health_may_be_late() -> None:
    assert _told(replace(HOLDS, answers=(*ANSWERS, Answer(111.9, True), Answer(121.9, False)))) == []


def test_a_service_that_has_to_stay_well_may_not_say_that_it_is_ill() -> None:
    told = _told(replace(HOLDS, upsets=(replace(AWAY, makes_ill=False),)))
    assert told == [
        "V6: the service said that it was ill 2.5 s after it had begun that PostgreSQL is paused, 2 s are allowed"
    ]
    assert _told(replace(HOLDS, upsets=(replace(AWAY, makes_ill=None),))) == []


def test_health_that_nobody_asked_for_proves_nothing() -> None:
    assert _told(replace(HOLDS, answers=ANSWERS[:2])) == [
        "V6: nobody has asked for the service's health while PostgreSQL is paused"
    ]
    assert _told(replace(HOLDS, answers=ANSWERS[:4])) == [
        "V6: nobody has asked for the service's health after PostgreSQL is paused"
    ]


def test_recovery_that_takes_too_long_is_told() -> None:
    late = replace(HOLDS, looks=(HOLDS.looks[0], replace(HOLDS.looks[1], at=126.5)))
    (told,) = _told(late)
    assert (
        told
        == "V7: it was over that PostgreSQL is paused, and after took effect 5.5 s after it came in, 5 s are allowed"
    )


def test_what_comes_in_while_something_else_is_broken_has_its_time_from_the_end_of_that() -> None:
    redis, kafka = (Upset(what, 0.0, 0.0, "it was seen") for what in ("Redis is away", "Kafka is away"))
    upsets = (AWAY, replace(redis, began=120.5, healed=124.0), replace(kafka, began=128.0, healed=129.0))
    for took, told in ((4.5, 0), (5.5, 1)):
        looks = (HOLDS.looks[0], Look(129.0 + took, {0: 3}, STORED, ()))
        late = [guilt for guilt in _told(replace(HOLDS, upsets=upsets, looks=looks)) if guilt.startswith("V7")]
        assert len(late) == told
        assert all("took effect 5.5 s after it was over, too, that Kafka is away" in guilt for guilt in late)


def test_what_is_broken_after_the_time_was_up_gives_no_more_of_it() -> None:
    later = Upset("Redis is away", 126.5, 130.0, "it was seen")
    looks = (HOLDS.looks[0], Look(131.0, {0: 3}, STORED, ()))
    assert any("10.0 s after it came in" in told for told in _told(replace(HOLDS, upsets=(AWAY, later), looks=looks)))


def test_recovery_that_never_comes_is_told() -> None:
    never = replace(HOLDS, looks=(HOLDS.looks[0], replace(HOLDS.looks[1], effects=STORED[:2])))
    (told,) = _told(never)
    assert "after has had no effect at all" in told


def test_what_is_not_back_at_the_baseline_has_grown() -> None:
    grown = replace(HOLDS, figures=(Figure("sessions", 3, 5, allowed=1), Figure("keys without end", 0, 0)))
    assert _told(grown) == ["V9: sessions: 3 before, 5 after; at most 4 are allowed"]


def test_an_exit_code_that_is_not_honest_is_told() -> None:
    ends = (End("the service, stopped", 1), End("the service, without a password", 0, honest=1), End("x", 3, honest=3))
    assert _told(replace(HOLDS, ends=ends)) == [
        "V10: the service, stopped ended with exit code 1, 0 is honest",
        "V10: the service, without a password ended with exit code 0, 1 is honest",
    ]


def test_a_secret_in_the_log_is_told_without_it() -> None:
    (told,) = _told(replace(HOLDS, log=("url is pg://me:hush@db",)))
    assert told == "V10: the log holds a secret in 1 lines, such as url is pg://me:(the secret)@db"


@pytest.mark.parametrize(
    ("upset", "what"),
    [
        (replace(AWAY, proof=""), "nothing proves that PostgreSQL is paused"),
        (replace(AWAY, healed=110.0), "it was over before it had begun that PostgreSQL is paused"),
    ],
)
def test_a_fault_that_never_happened_proves_nothing(upset: Upset, what: str) -> None:
    assert f"V11: {what}" in _told(replace(HOLDS, upsets=(upset,)))


def test_where_nothing_was_broken_nothing_is_proved() -> None:
    assert _told(replace(HOLDS, upsets=(), answers=())) == ["V11: nothing was broken"]


@pytest.mark.parametrize(("missing", "when"), [(BEFORE, "before"), (DURING, "during"), (AFTER, "after")])
def test_too_few_events_prove_nothing(missing: Event, when: str) -> None:
    events = tuple(event for event in HOLDS.events if event is not missing)
    assert f"V11: 0 events were on their way {when} what broke, 1 are needed" in _told(replace(HOLDS, events=events))


def test_an_event_that_was_still_on_its_way_when_it_broke_counts_as_during() -> None:
    waiting = replace(BEFORE, id="waiting", parts={"d": "1"}, at=109.5)
    looks = (HOLDS.looks[0], replace(HOLDS.looks[1], effects=(*STORED, Effect("d", "1", "waiting"))))
    assert _told(replace(HOLDS, events=(BEFORE, waiting, AFTER), looks=looks)) == []


def test_an_event_that_was_refused_does_not_count() -> None:
    events = (replace(BEFORE, outcome=Outcome.FAILED), DURING, AFTER)
    assert "V11: 0 events were on their way before what broke, 1 are needed" in _told(replace(HOLDS, events=events))


def test_where_nobody_looked_nothing_is_proved() -> None:
    blind = replace(HOLDS, looks=(Look(109.0, {0: 1}), Look(123.0, None, STORED, ())))
    assert "V11: nobody has ever seen effects and acknowledgements" in _told(blind)
