"""The suite's own hooks: what fails here fails as it would there."""

from pathlib import Path

from behave.runner_util import exec_file

exec_file(str(Path(__file__).parents[2] / "environment.py"), globals())
