"""Settings: behave's userdata over the environment over the defaults; wrong ones are named."""

from pathlib import Path

import pytest

from harness.errors import InfrastructureError
from harness.settings import Settings


def test_defaults() -> None:
    assert Settings.read({}, {}) == Settings()


def test_userdata_wins_over_the_environment() -> None:
    settings = Settings.read({"factor": "3"}, {"ACCEPTANCE_FACTOR": "2", "ACCEPTANCE_SEED": "5"})
    assert (settings.factor, settings.seed) == (3.0, 5)
    assert Settings.read({"examples": "5000"}, {}).examples == 5000
    storm = Settings.read({"storm": "300", "storm_seed": "0"}, {})
    assert (storm.storm, storm.storm_seed) == (300, 0)


def test_paths_are_absolute() -> None:
    assert Settings.read({"artifacts": "here"}, {}).artifacts == Path("here").resolve()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"factor": "x"}, "factor"),
        ({"factor": "0"}, "factor"),
        ({"sed": "1"}, "sed"),
        ({"seed": "a"}, "seed"),
        ({"examples": "0"}, "examples"),
        ({"storm": "long"}, "storm"),
        ({"storm_seed": "-1"}, "storm_seed"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(InfrastructureError, match=named):
        Settings.read(given, {})
