"""The report on requirements: every id with its scenarios and mutants, and nothing that the contract does not have."""

import json
from pathlib import Path

import pytest

from harness.requirements import read_contract
from tools.requirements import main

FEATURE = """
Feature: f
  @P1 @core
  Rule: One
    Scenario: plain
      Given it holds
    Scenario Outline: rows <x>
      Given it <x>
      @P2
      Examples:
        | x     |
        | holds |
        | is    |
"""
PATCH = "Breaks: {}\nWhat: it breaks\n\ndiff --git a/service/x b/service/x\n"


def _report(root: Path, capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(["--root", str(root), *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_every_id_is_shown_with_what_there_is_and_what_is_not(project, capsys, monkeypatch) -> None:
    root = project(FEATURE, **{"mutants/bad.patch": PATCH.format("P1, P3")})
    monkeypatch.chdir(root)
    code, said, _ = _report(root, capsys)
    rows = [line.split() for line in said.splitlines()[1:4]]
    assert code == 0
    assert rows == [
        ["P1", "core", "2", "3", "bad"],
        ["P2", "core", "1", "2", "NONE"],
        ["P3", "beyond", "NONE", "-", "bad"],
    ]
    assert "core: 2 requirements, 2 with scenarios, 1 with mutants" in said
    assert "Without a scenario: P3" in said
    assert "no mutant has tried: P2" in said


def test_json_and_verbose_name_the_scenarios(project, capsys, monkeypatch) -> None:
    root = project(FEATURE)
    monkeypatch.chdir(root)
    _, said, _ = _report(root, capsys, "--json")
    assert json.loads(said)["requirements"][0]["scenarios"] == [
        "features/answers.feature:5 plain",
        "features/answers.feature:7 rows <x>",
    ]
    _, said, _ = _report(root, capsys, "--verbose")
    assert "features/answers.feature:5 plain" in said


def test_ids_that_the_contract_does_not_have_are_an_error(project, capsys) -> None:
    root = project(FEATURE.replace("@P1", "@P9"), **{"mutants/bad.patch": PATCH.format("P8")})
    code, _, trouble = _report(root, capsys)
    assert code == 2
    assert "no requirement P9" in trouble
    assert "bad.patch: the contract has no requirement P8" in trouble


def test_a_patch_without_a_header_is_an_error(project, capsys) -> None:
    code, _, trouble = _report(project(FEATURE, **{"mutants/bad.patch": "diff --git a/x b/x\n"}), capsys)
    assert code == 2
    assert "Breaks" in trouble


def test_an_id_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    contract = tmp_path / "contract.md"
    contract.write_text("| P1 | a | core |\n| P1 | b | beyond |\n")
    with pytest.raises(ValueError, match="P1 stands there twice"):
        read_contract(contract)


def test_the_contract_of_this_repository_can_be_read() -> None:
    contract = read_contract(Path(__file__).parents[2] / "docs" / "contract.md")
    assert {"P1", "I9", "D8", "H11", "E5", "T1", "L6", "R5", "N3", "S1", "M2"} <= set(contract)
    assert contract["D8"].mark == "inside"


def test_what_is_shown_by_wip_scenarios_alone_is_marked_as_not_kept_yet(project, capsys, monkeypatch) -> None:
    feature = """
Feature: f
  @P1 @core
  Rule: One
    Scenario: kept
      Given it holds
    @wip
    Scenario: half done
      Given it holds
  @P2 @core @wip
  Rule: Two
    Scenario: not done
      Given it holds
  @P3 @beyond
  Rule: Three
    Scenario Outline: rows <x>
      Given it <x>
      @wip
      Examples:
        | x     |
        | holds |
"""
    root = project(feature)
    monkeypatch.chdir(root)
    code, said, _ = _report(root, capsys)
    rows = said.splitlines()[1:4]
    assert code == 0
    assert ["not kept yet" in row for row in rows] == [False, True, True]
    assert "Not kept yet, every scenario @wip: P2, P3" in said
    assert "Not kept in full yet, some @wip: P1" in said
    assert "no mutant has tried: P1\n" in said
    _, said, _ = _report(root, capsys, "--json")
    assert json.loads(said)["requirements"][0]["unkept"] == ["features/answers.feature:8 half done"]
