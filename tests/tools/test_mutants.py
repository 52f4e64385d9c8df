"""The verdict on mutants: caught by a step alone; whatever else goes wrong proves nothing."""

import json
import re
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.target import WIP
from tools import mutants
from tools.gherkin import parse_features, written
from tools.mutants import Verdict, main
from tools.patches import Patch, PatchError, read_patch, read_patches
from tools.runs import ROOT

ANSWERS_NO = """
diff --git a/service/answer.txt b/service/answer.txt
--- a/service/answer.txt
+++ b/service/answer.txt
@@ -1 +1 @@
-yes
+no
"""


def _patch(breaks: str, diff: str = ANSWERS_NO, *more: str) -> str:
    return "\n".join([f"Breaks: {breaks}", "What: it says no", *more]) + "\n" + diff


def _try(root: Path, capsys, *arguments: str) -> tuple[int, str]:
    code = main(["--root", str(root), *arguments])
    return code, capsys.readouterr().out


def test_a_mutant_is_caught_by_the_step_that_fails(project, capsys) -> None:
    root = project(**{"mutants/no.patch": _patch("P1")})
    code, said = _try(root, capsys, "--json", str(root / "verdicts.json"))
    assert code == 0
    assert "by features/answers.feature:7  The answer is yes" in said
    assert "expected yes, seen no" in said
    assert "1 caught, 0 survived, 0 broken" in said
    assert re.search(
        r"^each took \d+\.\d s \(median\), \d+\.\d s at most; the slowest:\n +\d+\.\d s  no: The answer is", said, re.M
    )
    (verdict,) = json.loads((root / "verdicts.json").read_text())
    assert (verdict["mutant"], verdict["result"]) == ("no", "caught")
    assert (root / "service" / "answer.txt").read_text() == "yes\n", "the service itself was touched"


def test_three_are_tried_at_a_time_and_each_has_its_verdict(project, capsys) -> None:
    other = ANSWERS_NO.replace("+no", "+maybe")
    patches = {"a": _patch("P1"), "b": _patch("P1", other), "c": _patch("P2"), "d": _patch("P1", other)}
    root = project(**{f"mutants/{name}.patch": text for name, text in patches.items()})
    code, said = _try(root, capsys, "--json", str(root / "verdicts.json"))
    assert code == 1
    assert re.findall(r"^· (\d) of 4: ", said, re.M) == ["1", "2", "3", "4"]
    assert re.search(r"^4 in \d+ s, 3 at a time: \d+\.\d s a mutant$", said, re.M)
    verdicts = {each["mutant"]: each for each in json.loads((root / "verdicts.json").read_text())}
    assert {name: each["result"] for name, each in verdicts.items()} == {
        "a": "caught",
        "b": "caught",
        "c": "SURVIVED",
        "d": "caught",
    }
    assert "seen maybe" in verdicts["b"]["caught_by"][0][2]


def test_what_goes_wrong_in_one_ends_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over, told = threading.Event(), list[str]()

    def run(_: str, patch: Patch, __: bool) -> Verdict:
        if patch.name == "bad":
            raise RuntimeError("the disk is full")
        assert is_over.wait(10), "nobody has ended it"
        raise KeyboardInterrupt

    monkeypatch.setattr(mutants, "try_mutant", run)
    patches = [SimpleNamespace(name=name) for name in ("long", "bad", "never begun")]
    with pytest.raises(RuntimeError, match="the disk is full"):
        mutants.try_each(["a", "b"], patches, False, is_over, lambda patch, _: told.append(patch.name))
    assert told == []


def test_a_thorough_run_tells_which_scenarios_none_turned_red(project, capsys) -> None:
    root = project(**{"mutants/no.patch": _patch("P1, P2")})
    code, said = _try(root, capsys, "--thorough", "--json", str(root / "verdicts.json"))
    assert code == 0
    (verdict,) = json.loads((root / "verdicts.json").read_text())
    (held,) = verdict["held"]
    assert said.split("Turned red by none of these:\n")[1].split("\n") == [f"  {held[0]}  {held[1]}", ""]


def test_a_mutant_that_nobody_notices_survives(project, capsys) -> None:
    code, said = _try(project(**{"mutants/no.patch": _patch("P2")}), capsys)
    assert code == 1
    assert "SURVIVED: no (P2)" in said


def test_only_the_scenarios_that_it_names_count(project, capsys) -> None:
    patch = _patch("P1, P2", ANSWERS_NO, "Scenarios: It holds")
    code, said = _try(project(**{"mutants/no.patch": patch}), capsys)
    assert code == 1
    assert "SURVIVED" in said


def test_a_patch_that_does_not_apply_is_broken(project, capsys) -> None:
    stale = ANSWERS_NO.replace("-yes", "-perhaps")
    code, said = _try(project(**{"mutants/no.patch": _patch("P1", stale)}), capsys)
    assert code == 1
    assert "BROKEN" in said
    assert "the patch does not apply" in said


def test_what_was_caught_is_left_out_when_resumed_until_patch_or_service_changes(project, capsys) -> None:
    root = project(**{"mutants/no.patch": _patch("P1"), "mutants/other.patch": _patch("P2")})
    again = ("--at-a-time", "1", "--resume", "--json", str(root / "verdicts.json"))
    assert _try(root, capsys, *again)[0] == 1
    code, said = _try(root, capsys, *again)
    assert code == 1
    assert "1 were tried before" in said
    assert "· 2 of 2: other" in said
    assert "1 scenarios hold without any patch" in said
    assert "· 1 of 2" not in said
    assert "1 caught, 1 survived" in said
    (root / "service" / "more.txt").write_text("more")
    assert "· 1 of 2: no breaks P1" in _try(root, capsys, *again)[1]
    (root / "mutants" / "no.patch").write_text(_patch("P1").replace("it says no", "it says no, always"))
    code, said = _try(root, capsys, *again)
    assert "· 1 of 2: no breaks P1: it says no, always" in said
    assert {verdict["mutant"] for verdict in json.loads((root / "verdicts.json").read_text())} == {"no", "other"}
    assert _try(root, capsys, *again, "--only", "no")[0] == 0
    (root / "mutants" / "no.patch").write_text(_patch("P1").replace("it says no", "it says no, again"))
    assert _try(root, capsys, *again, "--only", "no")[0] == 0
    results = {v["mutant"]: v["result"] for v in json.loads((root / "verdicts.json").read_text())}
    assert results == {"no": "caught", "other": "SURVIVED"}, "what was not asked for is kept, whatever it was"
    assert "other" not in _try(root, capsys, *again, "--only", "no")[1]


def test_resuming_needs_the_verdicts(project, capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--root", str(project(**{"mutants/no.patch": _patch("P1")})), "--resume"])
    assert "--json" in capsys.readouterr().err


def test_the_baseline_is_what_has_to_notice_and_no_more(project, capsys) -> None:
    fails_otherwise = """
Feature: Answers
  @P1 @core
  Rule: One
    Scenario: The answer is yes
      Then the service answers yes
    Scenario: The answer is never yes
      Then the service answers never
"""
    named = _patch("P1", ANSWERS_NO, "Scenarios: is yes")
    code, said = _try(project(fails_otherwise, **{"mutants/no.patch": named}), capsys)
    assert code == 0
    assert "1 scenarios hold without any patch" in said


def test_an_id_without_a_scenario_is_broken(project, capsys) -> None:
    code, said = _try(project(**{"mutants/no.patch": _patch("P3")}), capsys, "--no-baseline")
    assert code == 1
    assert "no scenario ran: is one tagged with what it breaks" in said


@pytest.mark.parametrize("ending", ["raise RuntimeError('no service')", "import os; os._exit(3)"])
def test_infrastructure_that_does_not_come_up_is_no_catch(project, capsys, ending: str) -> None:
    environment = f"def before_all(context):\n    if 'target' in context.config.userdata: {ending}\n"
    root = project(**{"mutants/no.patch": _patch("P2"), "environment.py": environment})
    code, said = _try(root, capsys)
    assert code == 1
    assert "0 caught, 0 survived, 1 broken" in said


def test_a_failing_hook_is_no_catch(project, capsys) -> None:
    environment = (
        "def before_all(context): pass\n"
        "def before_scenario(context, scenario):\n"
        "    if 'target' in context.config.userdata: raise RuntimeError('the hook')\n"
    )
    root = project(**{"mutants/no.patch": _patch("P2"), "environment.py": environment})
    code, said = _try(root, capsys)
    assert code == 1
    assert "0 caught, 0 survived, 1 broken" in said


def test_nothing_is_tried_when_the_service_as_it_is_does_not_pass(project, capsys) -> None:
    root = project(**{"mutants/no.patch": _patch("P1"), "service/answer.txt": "perhaps\n"})
    code, said = _try(root, capsys)
    assert code == 1
    assert "the service as it is does not pass" in said
    assert "1 of 1" not in said


def test_a_hollow_service_may_spare_exactly_what_it_says(project, capsys) -> None:
    spared = _patch("*", ANSWERS_NO, "Spares: It holds — it asks the service nothing")
    code, said = _try(project(**{"mutants/hollow.patch": spared}), capsys)
    assert code == 0
    assert "1 caught" in said


def test_a_hollow_service_that_spares_more_or_less_survives(project, capsys) -> None:
    code, said = _try(project(**{"mutants/hollow.patch": _patch("*")}), capsys, "--no-baseline")
    assert code == 1
    assert "held, and not among its `Spares:`: It holds" in said
    both = ("Spares: It holds — why", "Spares: The answer is yes — why")
    code, said = _try(project(**{"mutants/hollow.patch": _patch("*", ANSWERS_NO, *both)}), capsys, "--no-baseline")
    assert code == 1
    assert "among its `Spares:`, and did not hold: The answer is yes" in said


@pytest.mark.parametrize(
    ("second", "spared", "wrongly"),
    [
        ("Also this holds", "features/holds.feature", "features/answers.feature"),
        ("The answer is yes", "features/holds.feature: The answer is yes", "The answer is yes"),
    ],
    ids=["a file as a whole", "one of two scenarios of one name"],
)
def test_a_hollow_service_may_spare_by(project, capsys, second: str, spared: str, wrongly: str) -> None:
    holds = f"Feature: Nothing is asked\n  Scenario: {second}\n    Given it holds\n"
    lines = ("Spares: It holds — why", f"Spares: {spared} — why")
    files = {"mutants/hollow.patch": _patch("*", ANSWERS_NO, *lines), "features/holds.feature": holds}
    code, said = _try(project(**files), capsys)
    assert code == 0, said
    files["mutants/hollow.patch"] = _patch("*", ANSWERS_NO, *lines, f"Spares: {wrongly} — why")
    code, said = _try(project(**files), capsys, "--no-baseline")
    assert code == 1
    assert f"among its `Spares:`, and did not hold: {wrongly}" in said


def test_one_can_be_chosen_and_an_unknown_one_is_an_error(project, capsys) -> None:
    root = project(**{"mutants/no.patch": _patch("P1"), "mutants/other.patch": _patch("P2")})
    code, said = _try(root, capsys, "--only", "no")
    assert code == 0
    assert "other" not in said
    assert main(["--root", str(root), "--only", "nobody"]) == 2


def test_every_mutant_of_this_repository_fits_the_service_and_names_scenarios_that_there_are() -> None:
    patches = read_patches(ROOT / "mutants")
    features = parse_features(ROOT / "features")
    runs = [run for feature in features for scenario in written(feature) for run in scenario.runs]
    tags = [set(map(str, run.effective_tags)) for run in runs]
    troubles = []
    for patch in patches:
        try:
            patch.apply(ROOT, only_check=True)
        except PatchError as stale:
            troubles.append(f"{patch.name}: {stale}")
        if not any(patch.selects(run.name, its) and WIP not in its for run, its in zip(runs, tags, strict=True)):
            troubles.append(f"{patch.name}: no scenario has to notice it")
        places = {(str(Path(run.filename).resolve().relative_to(ROOT)), run.name.split(" -- @")[0]) for run in runs}
        unknown = set(patch.spares).difference(*({file, title, f"{file}: {title}"} for file, title in places))
        troubles += [f"{patch.name}: no scenario, and no file, is called {name!r}" for name in unknown]
    assert patches
    assert not troubles, "\n".join(troubles)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("What: x\n" + ANSWERS_NO, "Breaks"),
        ("Breaks: P1\n" + ANSWERS_NO, "What"),
        ("Breaks: the rules\nWhat: x\n" + ANSWERS_NO, "'the rules' is not the id"),
        ("Breaks: P1\nWhat: x\nSpares: a — b\n" + ANSWERS_NO, "goes with"),
        ("Breaks: *\nWhat: x\nSpares: without a reason\n" + ANSWERS_NO, "lacks its reason"),
        ("Breaks: P1\nWhat: x\n", "no diff"),
    ],
)
def test_a_header_that_is_wrong_says_what(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "a.patch").write_text(text)
    with pytest.raises(PatchError, match=complaint):
        read_patch(tmp_path / "a.patch")
