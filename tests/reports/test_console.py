"""Progress: whole lines in a file, a line at the bottom of a terminal, failures at once and in full."""

import json
import re
from pathlib import Path

import pytest

FEATURE = """
Feature: Small things

  @P1 @core
  Rule: One thing holds

    Scenario: Loud and clear
      Given it holds

    Scenario Outline: It <x> well
      Given it <x>

      Examples:
        | x     | why     |
        | holds | to show |

  @P2 @core
  Rule: Another does not

    Scenario: Broken
      Given it holds
      And it fails:
        | essay | student |
        | a     | Elsa    |
      And it holds
"""
SECONDS = r"\d+\.\d s"


def test_in_a_file_there_are_headings_and_a_whole_line_a_scenario_with_its_count(behave) -> None:
    said = behave(FEATURE).said
    assert "\x1b" not in said
    assert "\r" not in said
    wanted = (
        r"\nFirst chapter\n  Small things\n    @P1 @core One thing holds\n"
        r"printed by a hook\n"
        rf"      ✓ 1/3 Loud and clear  {SECONDS}\n"
        rf"      ✓ 2/3 It holds well \(to show\)  {SECONDS}\n"
        r"    @P2 @core Another does not\n"
        r"      ✗ 3/3 Broken\n"
    )
    assert re.search(wanted, said), said


def test_a_failure_is_told_in_full_at_once_and_briefly_at_the_end(behave) -> None:
    ran = behave(FEATURE)
    place = "features/first_chapter/small.feature"
    told = f"""\
      ✗ 3/3 Broken
            {place}:20
            ✓ Given it holds
            ✗ And it fails:
                | essay | student |
                | a     | Elsa    |
              ASSERT FAILED: expected one, seen two
                evidence: artifacts/somewhere
              captured stdout:
                said before
            - And it holds
"""
    assert told in ran.said
    assert f"Failed:\n  {place}:20  Broken\n      expected one, seen two\n" in ran.said
    assert ran.said.count("evidence: artifacts/somewhere") == 1
    assert ran.exit_code == 1


def test_a_hook_that_fails_is_told_with_its_scenario(behave) -> None:
    said = behave("Feature: f\n  @hook\n  Scenario: Sound steps\n    Given it holds\n").said
    assert "✗ 1/1 Sound steps\n            features/first_chapter/small.feature:3\n" in said
    assert "the log holds an error" in said.partition("✗ 1/1")[2]


def test_on_a_terminal_the_bottom_line_tells_what_runs_and_leaves_nothing_behind(behave) -> None:
    ran = behave(FEATURE, "--no-color", terminal=True)
    assert "1 of 3 · Loud and clear · Given it holds" in ran.said
    assert "1 failed" not in "\n".join(ran.screen).partition("Failed:")[0]
    assert not [line for line in ran.screen if " of 3 · " in line]
    assert "· the stack is up" in ran.screen
    assert "printed by a hook" in ran.screen
    assert any(re.fullmatch(rf"      ✓ 1/3 Loud and clear  {SECONDS}", line) for line in ran.screen), ran.screen
    assert "1 of 3" not in behave(FEATURE, terminal=True, TERM="dumb").said


def test_the_bottom_line_fits_the_terminal(behave) -> None:
    long = f"Feature: f\n  Scenario: {'very ' * 60}long\n    Given it holds\n"
    drawn = behave(long, "--no-color", terminal=True, COLUMNS="40").said.split("\r\x1b[K")
    assert [line for line in drawn if line.startswith("1 of 1 · very")]
    assert all(len(line) < 40 for line in drawn if line.startswith("1 of 1"))


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ((), {}, True),
        (("--no-color",), {}, False),
        ((), {"NO_COLOR": "1"}, False),
        (("--color=always",), {"NO_COLOR": "1"}, True),
    ],
)
def test_colours_are_used_on_a_terminal_unless_they_are_not_wanted(
    behave, arguments: tuple[str, ...], environment: dict[str, str], coloured: bool
) -> None:
    said = behave(FEATURE, *arguments, terminal=True, **environment).said
    assert ("\x1b[32m✓\x1b[0m" in said) is coloured
    assert bool(re.search(r"\x1b\[\d+m", said)) is coloured


def test_an_interrupted_run_says_so_and_takes_its_line_away(behave) -> None:
    feature = "Feature: f\n  @P1\n  Scenario: a\n    Given it is interrupted\n  Scenario: b\n    Given it holds\n"
    ran = behave(feature, "--no-color", terminal=True)
    assert ran.exit_code == 130
    assert not [line for line in ran.screen if " of 2 · " in line]
    assert "ABORTED: By user." in ran.screen
    assert "broken: P1" not in ran.said  # nothing is proved by Ctrl-C


def test_other_formatters_work_as_ever(behave) -> None:
    said = behave(FEATURE, "-f", "plain", "-o", "-").said
    assert "Scenario: Loud and clear" in said
    assert "1/3" not in said
    assert "Contract: " in said
    assert "Given it holds" in behave(FEATURE, "--dry-run", "-f", "steps.catalog").said


def test_the_time_left_is_told_from_what_earlier_runs_took(behave, tmp_path: Path) -> None:
    behave(FEATURE)
    kept = tmp_path / ".cache" / "durations.json"
    durations = json.loads(kept.read_text())
    place = "features/first_chapter/small.feature"
    scenarios, pace = [f"{place}: It holds well -- @1.1 ", f"{place}: Loud and clear"], "pace of 3 scenarios"
    assert sorted(durations) == [*scenarios, pace]
    kept.write_text(json.dumps(dict.fromkeys(scenarios, 100.0)))
    assert "  Small things (about 5 min left)\n" in behave(FEATURE).said
    kept.write_text(json.dumps({**dict.fromkeys(scenarios, 100.0), pace: 0.2}))
    assert "  Small things (about 60 s left)\n" in behave(FEATURE).said
    kept.write_text("nonsense")
    assert behave(FEATURE).exit_code == 1
    assert "Loud and clear" in kept.read_text()
