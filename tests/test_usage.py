"""What a container uses is read from either generation of the kernel's accounts."""

import pytest

from harness.errors import InfrastructureError
from harness.usage import Usage

THREADS = {"pids_stats": {"current": 7}}


def test_the_old_accounts_are_read() -> None:
    stats = {"memory_stats": {"usage": 9_000, "stats": {"total_rss": 5_000, "total_cache": 4_000}}, **THREADS}
    assert Usage.read(stats) == Usage(5_000, 7)


def test_the_new_accounts_are_read() -> None:
    stats = {"memory_stats": {"usage": 9_000, "stats": {"anon": 6_000, "file": 3_000}}, **THREADS}
    assert Usage.read(stats) == Usage(6_000, 7)


@pytest.mark.parametrize("stats", [{}, THREADS, {"memory_stats": {"stats": {"anon": 1}}}])
def test_an_engine_that_does_not_count_is_told(stats) -> None:
    with pytest.raises(InfrastructureError, match="does not count"):
        Usage.read(stats)
