"""What the step check finds: every kind of fault once, and nothing in a sound project."""

import subprocess
import sys
from pathlib import Path

SOUND = """
Feature: Answers

  Background:
    When somebody asks

  @P1 @core
  Rule: One

    Scenario: The answer is yes
      Then the service answers yes

    Scenario Outline: It <happens>
      Given it <happens>

      Examples:
        | happens |
        | holds   |
"""


def _check(root: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "tools.steps_check", "--root", str(root)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_sound_project_has_no_findings(project) -> None:
    assert _check(project(SOUND)) == (
        0,
        "All steps are defined, used and unambiguous; all rules name their requirement.\n",
    )


def test_undefined_unused_and_ambiguous_steps_are_found_with_their_place(project) -> None:
    more = (
        "from behave import given, when\n"
        "@given('it {a} and {b}')\ndef both(context, a, b): ...\n"
        "@when('nobody asks')\ndef nobody_asks(context): ...\n"
    )
    feature = SOUND + "\n    Scenario: More\n      Given it holds and stands\n      And nobody knows this\n"
    code, said = _check(project(feature, **{"steps/a_more_steps.py": more}))
    assert code == 1
    assert "features/answers.feature:21: ambiguous: given it holds and stands: " in said
    assert "'it {happens}' (steps/all_steps.py:" in said
    assert "'it {a} and {b}' (steps/a_more_steps.py:" in said
    assert "features/answers.feature:22: undefined: given nobody knows this" in said
    assert "steps/a_more_steps.py:4: unused: when 'nobody asks'" in said
    assert len(said.splitlines()) == 3


def test_a_step_after_and_belongs_to_the_kind_before_it(project) -> None:
    feature = SOUND.replace("Then the service answers yes", "Given it holds\n      And the service answers yes")
    code, said = _check(project(feature))
    assert code == 1
    assert "undefined: given the service answers yes" in said
    assert "unused: then 'the service answers {answer}'" in said


def test_rules_need_a_known_requirement_with_its_mark(project) -> None:
    feature = """
Feature: f
  Background:
    When somebody asks
  @core
  Rule: no id
    Scenario: a
      Given it holds
  @P77 @core
  Rule: unknown id
    Scenario: b
      Given it holds
  @P3 @core
  Rule: wrong mark
    Scenario: c
      Then the service answers yes
  @P1 @core @beyond
  Rule: two marks
    Scenario: d
      Given it holds
  @P2
  Rule: no mark
    @P78
    Scenario: e
      Given it holds
"""
    code, said = _check(project(feature))
    assert code == 1
    assert [line.split(": ", 1)[1] for line in said.splitlines()] == [
        "the contract has no requirement P78",
        "the rule names no requirement, such as @P3",
        "the contract has no requirement P77",
        "P3 is @beyond in the contract",
        "the rule needs one of @core, @beyond, @inside, and has 2",
        "the rule needs one of @core, @beyond, @inside, and has 0",
    ]


def test_scenarios_keep_the_style(project) -> None:
    feature = (
        "Feature: f\n  Scenario: alone\n    Given it holds\n"
        + "  @P1 @core\n  Rule: r\n"
        + "    Scenario: twice\n      Then the service answers yes\n" * 2
        + "    Scenario: long\n"
        + "      Given it holds\n" * 8
        + "    Scenario: empty\n"
        + "    Scenario Outline: rowless\n      Given it <x>\n      Examples:\n      | x |\n"
    )
    code, said = _check(project(feature))
    assert code == 1
    for expected in (
        ":2: outside of a rule: 'alone'",
        ":8: a second scenario 'twice', after features/answers.feature:6",
        ":10: 8 steps; 7 at most",
        "nothing to run in 'empty'",
        "nothing to run in 'rowless'",
    ):
        assert expected in said


def test_a_scenario_has_one_when_that_of_its_background_included(project) -> None:
    feature = SOUND + (
        "\n    Scenario: twice\n      When somebody asks\n      Then the service answers yes\n"
        "\n  @P2 @core\n  Rule: r\n    Background:\n      Given it holds\n      And it stands\n"
        "    Scenario: thrice\n      When somebody asks\n      And somebody asks\n      Then the service answers yes\n"
    )
    code, said = _check(project(feature))
    assert code == 1
    assert said.splitlines() == [
        "features/answers.feature:20: 2 times When in 'twice'; exactly once, with And, But and the background",
        "features/answers.feature:29: 3 times When in 'thrice'; exactly once, with And, But and the background",
    ]
    _, said = _check(project(SOUND.replace("When somebody asks", "Given it holds")))
    assert "0 times When in 'The answer is yes'" in said
    assert "0 times When in 'It <happens>'" in said


def test_a_misspelt_keyword_is_found_where_behave_takes_it_for_free_text(project) -> None:
    code, said = _check(project(SOUND.replace("      Then the", "      Gven nothing\n      Then the")))
    assert code == 1
    assert "features/answers.feature:10: no step, and taken for free text: 'Gven nothing'" in said


def test_words_of_the_wire_are_found(project) -> None:
    words = (
        "the topic huleedu.class.created.v1",
        "GET http://localhost",
        "a call of /v1/classes/",
        "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
        "SELECT id FROM classes",
        'a body {"name": 1}',
    )
    lines = "\n".join(f"  {word}" for word in words)
    code, said = _check(project(SOUND.replace("Feature: Answers\n", f"Feature: Answers\n{lines}\n")))
    assert code == 1
    assert len(said.splitlines()) == len(words)
    for kind in ("a topic", "a URL or a route", "a UUID", "SQL", "JSON"):
        assert f"{kind} in a feature" in said


def test_loops_attempts_and_sleeps_are_found_in_steps_and_environment(project) -> None:
    body = (
        "import time\nfrom behave import given\n"
        "@given('a loop')\ndef a(context):\n    for _ in (): pass\n"
        "@given('a try')\ndef b(context):\n    try: pass\n    finally: pass\n"
        "@given('a sleep')\ndef c(context):\n    time.sleep(0)\n"
    )
    scenario = "\n    Scenario: Bad\n      Given a loop\n      And a try\n      And a sleep\n"
    environment = "def before_all(context):\n    while False: pass\n" + "\n" * 90
    code, said = _check(project(SOUND + scenario, **{"steps/bad_steps.py": body, "environment.py": environment}))
    assert code == 1
    assert "steps/bad_steps.py:5: a loop" in said
    assert "steps/bad_steps.py:8: a try" in said
    assert "steps/bad_steps.py:12: a sleep" in said
    assert "environment.py:2: a loop" in said
    assert "environment.py:92: 92 lines" in said


def test_a_feature_that_is_no_gherkin_cannot_be_checked(project) -> None:
    code, said = _check(project("Feature: f\n  Scenario: s\n    Given it holds\n    Gven a typo\n"))
    assert code == 2
    assert "Gven a typo" in said
