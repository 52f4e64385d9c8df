"""That a storm can be had again by its seed, hits everything, and leaves what it hits time to be mended."""

from itertools import pairwise

import pytest

from actors.storm_plan import CALM, WAYS, plan


def test_the_same_seed_plans_the_same_storm_and_another_seed_another_one() -> None:
    assert plan(1, 60) == plan(1, 60) != plan(2, 60)


@pytest.mark.parametrize("seed", range(20))
def test_everything_is_hit_in_its_ways_one_gust_at_a_time(seed: int) -> None:
    gusts = plan(seed, 60)
    assert {gust.what for gust in gusts} == set(WAYS)
    assert all(gust.how in WAYS[gust.what] for gust in gusts)
    assert all(0 < gust.begins < 60 and gust.begins + gust.lasts <= 60.01 for gust in gusts)
    for place in WAYS:
        own = [gust for gust in gusts if gust.what == place]
        for gust, following in pairwise(own):
            assert following.begins >= gust.begins + gust.lasts + CALM[0] - 0.02


def test_several_places_are_hit_at_a_time() -> None:
    gusts = plan(7, 60)
    together = [
        (one, other)
        for one in gusts
        for other in gusts
        if one.what < other.what and one.begins < other.begins + other.lasts and other.begins < one.begins + one.lasts
    ]
    assert len(together) >= 10
