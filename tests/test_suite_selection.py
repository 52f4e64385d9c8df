"""Which scenarios a run tries, and how it is asked."""

from pathlib import Path

import pytest

from tests.small_project import FINE, behave, scenario


@pytest.mark.parametrize("arguments", [("--tags", "@P99"), ("--name", "no such scenario")])
def test_a_selection_of_nothing_is_no_success(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = behave(tmp_path, scenario("a", FINE), *arguments)
    assert done.returncode == 1
    assert "No scenario was selected" in done.stderr


TARGET = """
name = "small"
leave_out = {}
[image]
reference = "small:1"
[service]
port = 1
health = "/"
[migrations]
upgrade = ["up"]
"""


@pytest.mark.parametrize(
    ("left_out", "arguments", "ran"),
    [
        ('["wip"]', (), "1 scenario passed, 0 failed, 1 skipped"),
        ('["wip"]', ("--tags", "@P1"), "1 scenario passed, 0 failed, 1 skipped"),
        ('["wip"]', ("--tags", "@wip"), "0 scenarios passed, 1 failed, 1 skipped"),
        ('["wip"]', ("--tags", "@P1 or @wip"), "1 scenario passed, 1 failed, 0 skipped"),
        ("[]", (), "1 scenario passed, 1 failed, 0 skipped"),
    ],
)
def test_what_is_not_kept_yet_is_tried_where_the_target_or_the_tags_ask_for_it(
    tmp_path: Path, left_out: str, arguments: tuple[str, ...], ran: str
) -> None:
    (tmp_path / "target.toml").write_text(TARGET.format(left_out), encoding="utf-8")
    scenarios = scenario("a", FINE, "@P1") + scenario("b", "Given it fails", "@P1 @wip")
    done = behave(tmp_path, scenarios, "-D", "target=target.toml", *arguments)
    assert ran in done.stdout
    assert ("1 scenario is not tried: the target leaves out wip" in done.stderr) == ("1 failed" not in ran)


def test_nothing_but_what_is_not_kept_yet_is_no_success_and_says_how_to_try_it(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", FINE, "@wip"))
    assert done.returncode == 1
    assert "`--tags @wip` tries" in done.stderr


def test_a_setting_that_does_not_exist_is_3_and_named(tmp_path: Path) -> None:
    done = behave(tmp_path, scenario("a", FINE), "-D", "tarket=x")
    assert done.returncode == 3
    assert "-D tarket is not a setting" in done.stderr
