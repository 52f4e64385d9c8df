"""A little behave project in a folder of its own, for the tests of the tools that run behave."""

from collections.abc import Callable
from pathlib import Path

import pytest

Project = Callable[..., Path]

CONTRACT = """
| id | requirement | |
|---|---|---|
| P1 | One thing. | core |
| P2 | Another thing. | core |
| P3 | A third thing. | beyond |
"""

ENVIRONMENT = """
from pathlib import Path

def before_all(context):
    target = Path(context.config.userdata.get("target", "targets/class_management.toml"))
    line = next(line for line in target.read_text().splitlines() if line.startswith("context"))
    context.service = target.parent / line.split('"')[1]

def before_scenario(context, scenario):
    if "hook" in scenario.tags:
        raise RuntimeError("the hook")
    if "left_out" in scenario.tags:
        scenario.skip("the target leaves it out")
"""

STEPS = """
import os
from behave import given, then, when

@then("the service answers {answer}")
def service_answers(context, answer):
    seen = (context.service / "answer.txt").read_text().strip()
    assert seen == answer, f"expected {answer}, seen {seen}"

@when("somebody asks")
def somebody_asks(context):
    pass

@given("it {happens}")
def it_happens(context, happens):
    if happens == "crashes":
        os._exit(7)
    if happens == "raises":
        raise ValueError("out of order")
    if happens == "is skipped":
        context.scenario.skip("no reason that counts")
    assert happens != "fails", "it fails"
"""

FEATURE = """
Feature: Answers

  @P1 @core
  Rule: One

    Scenario: The answer is yes
      Then the service answers yes

  @P2 @core
  Rule: Two

    Scenario: It holds
      Given it holds
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return what writes a project whose service answers yes, with the given files added or replaced."""

    def write(feature: str = FEATURE, **files: str) -> Path:
        root = tmp_path / "project"
        everything = {
            "docs/contract.md": CONTRACT,
            "environment.py": ENVIRONMENT,
            "steps/all_steps.py": STEPS,
            "features/answers.feature": feature,
            "service/answer.txt": "yes\n",
            "targets/class_management.toml": '[image]\ncontext = "../service"\n',
            **files,
        }
        for name, content in everything.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return root

    return write
