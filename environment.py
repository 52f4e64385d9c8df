"""behave's hooks: open a scope, close a scope, and nothing else."""

from typing import Any

from actors import phrases, wire
from actors.providers import ActorsProvider
from harness.laboratories import in_laboratories
from harness.steps import use_phrases
from harness.suite import Suite

use_phrases()
phrases.register()


def before_all(context: Any) -> None:
    """Open the run: engine and images."""
    context.suite = Suite(
        context.config,
        [ActorsProvider()],
        wire.WIRING,
        wire.PERSONAL_FIELDS,
        in_laboratories=len(in_laboratories(context.selected)),
        artifacts=context.artifacts,
    )
    context.suite.open()


def before_scenario(context: Any, scenario: Any) -> None:
    """Open the scenario's scope."""
    context.stage = context.suite.open_scenario(scenario)


def after_step(context: Any, step: Any) -> None:  # noqa: ARG001 -- behave's signature
    """Attach what was done and seen in the step to the reports."""
    context.stage.tell_step(context.attach)


def after_scenario(context: Any, scenario: Any) -> None:  # noqa: ARG001 -- behave's signature
    """Close the scenario's scope."""
    if "stage" in context:
        context.stage.close()


def after_all(context: Any) -> None:
    """Close the run, however far it came."""
    if "suite" in context:
        context.suite.close()
