"""The log of commits: what was early, and what was taken back."""

import pytest

from harness.commit_log import Commit, before, taken_back


def _commits(*offsets: int, group: str = "g", partition: int = 0) -> list[Commit]:
    return [Commit(group, "t", partition, offset) for offset in offsets]


def test_what_comes_before_a_line_ends_with_it() -> None:
    line = Commit("line", "t", 0, 0)
    assert before([*_commits(1, 2), line, *_commits(3)], "line") == _commits(1, 2)


def test_a_line_that_nobody_drew_proves_nothing() -> None:
    with pytest.raises(AssertionError, match="no line line among 1 commits"):
        before(_commits(1), "line")


def test_an_offset_that_goes_back_is_told_with_the_highest_before_it() -> None:
    assert taken_back(_commits(1, 5, 3, 4, 5, 6)) == [
        (Commit("g", "t", 0, 5), Commit("g", "t", 0, 3)),
        (Commit("g", "t", 0, 5), Commit("g", "t", 0, 4)),
    ]


def test_groups_and_partitions_are_told_apart() -> None:
    assert taken_back([*_commits(5), *_commits(3, group="h"), *_commits(1, partition=1)]) == []


def test_saying_the_same_again_takes_nothing_back() -> None:
    assert taken_back(_commits(4, 4, 4)) == []
