"""What differs between the breaches of a naive service and what a run has found, whichever way it differs."""

from pathlib import Path

import pytest

from harness.target import LEFT_OUT
from tools.naive import Breach, _breach, differences, main
from tools.outcomes import Outcome

TARGET = """
name = "naive"
leave_out = ["P3"]
[image]
context = "."
[service]
port = 1
health = "/"
[migrations]
upgrade = ["up"]
"""
BREACH = """
[[breach]]
id = "{id}"
reason = "It says no."
says = '{says}'
"""
KNOWN = ("P1", "P2", "P3")


@pytest.fixture
def naive(project):
    """Return what writes a project with a naive service that answers no, and these breaches."""

    def write(*breaches: tuple[str, str], answer: str = "no", target: str = TARGET, **files: str) -> Path:
        listed = "".join(BREACH.format(id=id_, says=says) for id_, says in breaches)
        folder = "tests/naive_service"
        own = {"target.toml": target, "breaches.toml": listed, "answer.txt": answer}
        return project(**{f"{folder}/{name}": text for name, text in own.items()}, **files)

    return write


def _run(root: Path, capsys, *arguments: str) -> tuple[int, str]:
    code = main(["--root", str(root), *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_nothing_differs_when_exactly_the_listed_is_found(naive, capsys) -> None:
    code, said = _run(naive(("P1", "expected yes, seen no")), capsys)
    assert code == 0
    assert "P1: It says no. Found by 1 of its scenarios" in said
    assert "expected yes, seen no" in said
    assert "kept: P2" in said
    assert "0 differences" in said


def test_what_is_found_and_not_listed_is_told_with_its_message(naive, capsys) -> None:
    code, said = _run(naive(), capsys)
    assert code == 1
    assert "DIFFERENCE: P1 is not listed, and found broken by" in said
    assert "features/answers.feature:7  The answer is yes" in said
    assert "expected yes, seen no" in said


def test_what_is_listed_and_not_found_is_told_with_what_held(naive, capsys) -> None:
    code, said = _run(naive(("P1", "yes"), answer="yes"), capsys)
    assert code == 1
    assert "DIFFERENCE: P1 is listed (It says no.) and nothing has found it broken" in said
    assert "features/answers.feature:7  The answer is yes" in said


def test_a_part_of_the_features_need_not_find_the_whole_list(naive, capsys) -> None:
    code, said = _run(naive(("P1", "seen no")), capsys, "--", "--tags", "@P2")
    assert (code, "0 differences" in said) == (0, True)


def test_a_run_that_does_not_come_to_a_verdict_is_a_difference(naive, capsys) -> None:
    code, said = _run(naive(("P1", "seen no"), **{"environment.py": "def before_all(context): raise OSError"}), capsys)
    assert code == 1
    assert "DIFFERENCE: neither held nor refuted anything [untested]" in said
    code, said = _run(naive(**{"environment.py": "import os; os._exit(3)"}), capsys)
    assert code == 3
    assert "DIFFERENCE: behave ended with exit code 3" in said


@pytest.mark.parametrize(
    ("breaches", "complaint"),
    [
        ([("P9", "x")], "no requirement of the contract"),
        ([("P1", "x"), ("P1", "y")], "listed twice"),
        ([("P3", "x")], "the target leaves it out"),
        ([("P1", "(")], "no regular expression"),
        ([("P1", "")], "lacks says"),
        ([("P1", "x'\nby_chance = 'often")], "`by_chance` of P1 is neither true nor false: 'often'"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(naive, capsys, breaches, complaint: str) -> None:
    code, said = _run(naive(*breaches), capsys)
    assert code == 2
    assert complaint in said


def test_an_id_of_a_mark_that_is_left_out_cannot_be_listed(naive, capsys) -> None:
    code, said = _run(naive(("P3", "x"), target=TARGET.replace('"P3"', '"beyond"')), capsys)
    assert (code, "leaves it out" in said) == (2, True)


LIST = {
    id_: _breach(Path("b"), {"id": id_, "reason": "why", "says": says})
    for id_, says in {"P1": "too late.*lost", "P2": "half"}.items()
}


def _outcome(*tags: str, status: str = "failed", message: str = "", **more: str) -> Outcome:
    step = {"step": "Then x", "step_status": "failed"} if status == "failed" else {}
    return Outcome("a.feature", 1, "It holds", tags, status, message=message, **{**step, **more})


def _differences(*outcomes: Outcome, breaches: dict[str, Breach] = LIST, whole: bool = False) -> list[str]:
    return differences(outcomes, breaches, KNOWN, whole)


def test_a_message_of_several_lines_names_the_cause_in_any_of_them() -> None:
    assert _differences(_outcome("P1", message="too late\nand lost")) == []


def test_a_breach_has_to_be_found_for_the_listed_reason() -> None:
    told = "\n".join(_differences(_outcome("P1", message="a time-out")))
    assert "P1 is found broken, but no message says /too late.*lost/" in told
    assert "failed for a reason that the list does not give for P1" in told
    assert "a time-out" in told


def test_what_is_found_by_chance_need_not_be_found_and_has_its_reason_all_the_same() -> None:
    seldom = {"P1": _breach(Path("b"), {"id": "P1", "reason": "why", "says": "half", "by_chance": True})}
    held = _outcome("P1", status="passed")
    assert _differences(held, breaches=seldom, whole=True) == []
    assert _differences(_outcome("P1", message="half"), breaches=seldom, whole=True) == []
    assert len(_differences(_outcome("P1", message="a time-out"), breaches=seldom, whole=True)) == 2


def test_one_scenario_of_several_that_fails_for_another_reason_is_told() -> None:
    told = _differences(_outcome("P1", message="too late, lost"), _outcome("P1", message="a time-out"))
    assert len(told) == 1
    assert "failed for a reason that the list does not give" in told[0]


def test_a_scenario_of_two_listed_ids_may_fail_for_the_reason_of_either() -> None:
    both = _outcome("P1", "P2", message="half of it")
    assert _differences(both, _outcome("P1", message="too late, lost")) == []
    assert "P1 is found broken, but no message" in "".join(_differences(both))


def test_a_scenario_of_a_listed_and_another_id_shows_both_broken() -> None:
    (told,) = _differences(_outcome("P2", "P3", message="half"))
    assert told.startswith("P3 is not listed, and found broken by")


def test_what_the_target_leaves_out_is_no_difference() -> None:
    assert _differences(_outcome("P3", status="skipped", reason=LEFT_OUT)) == []


def test_what_neither_held_nor_failed_by_a_step_is_told() -> None:
    (told,) = _differences(_outcome("P3", status="error", message="the hook"))
    assert told.startswith("neither held nor refuted anything [error]")


def test_what_was_listed_and_never_tried_is_told_of_a_whole_run() -> None:
    told = _differences(_outcome("P1", message="too late, lost"), whole=True)
    assert len(told) == 1
    assert "P2 is listed (why) and nothing has found it broken; these held: none" in told[0]
