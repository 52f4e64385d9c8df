"""The order of a run: random, complete, and the same for the same seed."""

import random

import pytest
from behave.parser import parse_feature

from harness.reports.durations import DURATIONS, Durations, key_of
from harness.runner import leave_out, names_wip, quickest_first, scenarios_of, shuffle, tags_of

TEXT = """
Feature: {name}
  Rule: one
    Scenario: a
      Given x
    Scenario: b
      Given x
  Rule: two
    Scenario: c
      Given x
    Scenario Outline: d
      Given <n>
      Examples:
        | n |
        | 1 |
        | 2 |
        | 3 |
"""


def _features() -> list:
    return [parse_feature(TEXT.format(name=name), filename=f"{name}.feature") for name in "ABC"]


def _order(seed: int) -> list[str]:
    features = _features()
    shuffle(features, random.Random(seed))
    return [f"{f.name} {s.name} {s.line}" for f in features for s in f.walk_scenarios()]


def test_every_scenario_is_still_there_once() -> None:
    plain = [f"{f.name} {s.name} {s.line}" for f in _features() for s in f.walk_scenarios()]
    assert sorted(_order(1)) == sorted(plain)


def test_the_same_seed_gives_the_same_order_and_another_one_another() -> None:
    assert _order(7) == _order(7)
    assert len({tuple(_order(seed)) for seed in range(10)}) > 5


def test_rows_of_an_outline_are_shuffled_too() -> None:
    orders = {tuple(line for line in _order(seed) if " d " in line) for seed in range(20)}
    assert len(orders) > 3


def test_what_the_target_leaves_out_is_skipped_and_nothing_else() -> None:
    text = """
Feature: f
  @P1 @core
  Rule: one
    Scenario: a
      Given x
  @P10 @beyond
  Rule: two
    Scenario: b
      Given x
    Scenario: c
      Given x
"""
    feature = parse_feature(text)
    assert leave_out(scenarios_of([feature]), frozenset({"beyond"})) == 2
    assert [s.name for s in feature.walk_scenarios() if s.should_run()] == ["a"]
    assert leave_out(scenarios_of([feature]), frozenset()) == 0


def test_the_tags_of_scenarios_are_their_own_and_those_above_them() -> None:
    text = "@a\nFeature: f\n  @b\n  Rule: r\n    @c\n    Scenario: s\n      Given x\n    Scenario: t\n      Given x\n"
    assert tags_of(scenarios_of([parse_feature(text)])) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("tags", "named"),
    [
        ([], False),
        ("", False),
        (["@P1 or @wipe"], False),
        (["@not-wip"], False),
        (["@wip"], True),
        ("wip", True),
        (["@H1", "not (@wip)"], True),
        (["@H1 or @wip"], True),
    ],
)
def test_a_tag_expression_that_names_wip_asks_for_it(tags: str | list[str], named: bool) -> None:
    assert names_wip(tags) is named


def test_what_took_least_comes_first_and_what_is_new_in_the_middle(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    features = _features()
    keys = {f"{f.name} {s.name}": key_of(s) for f in features for s in f.walk_scenarios()}
    took = {"A a": 9, "A b": 8, "A c": 1, "B a": 2, "B b": 1, "B c": 7, "C a": 30, "C b": 30, "C c": 30}
    rows = {"A d -- @1.1 ": 1, "A d -- @1.2 ": 3, "A d -- @1.3 ": 2}
    kept = Durations(DURATIONS)
    for name, seconds in (took | rows).items():
        kept.note(keys[name], seconds)
    kept.save()
    selected = [s for f in features for s in f.walk_scenarios() if (f.name, s.name) != ("C", "a")]
    quickest_first(features, selected)
    order = [f"{f.name} {s.name.strip()}" for f in features for s in f.walk_scenarios()]
    assert order[:9] == [
        *("A c", "A d -- @1.1", "A d -- @1.3", "A d -- @1.2", "A b", "A a"),
        *("B b", "B a", "B c"),
    ]
    assert [line[0] for line in order[9:]] == ["B"] * 3 + ["C"] * 6
