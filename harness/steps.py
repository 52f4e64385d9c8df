"""Phrases: behave's steps with dishka's injection, on the loop of the run.

    @when("the NLP service suggests for {batch}:")
    async def nlp_service_suggests(batch: str, table: Table, nlp: FromDishka[NlpService]) -> None: ...

Arguments come in the order of the expression; `table` and `text` are the step's own; everything marked FromDishka is
resolved in the scope of the scenario.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable
from inspect import Parameter
from typing import Any, TypeVar

import behave
from dishka import AsyncContainer
from dishka.integrations.base import wrap_injection

from harness.expressions import use_lazy_expressions

StepFunction = TypeVar("StepFunction", bound=Callable[..., Awaitable[None]])

_SCOPE = Parameter("scenario_scope", Parameter.KEYWORD_ONLY, annotation=AsyncContainer)
START_DEADLINE = 90.0
"""The same for a step that starts something; longer than the wait for a container, which tells more."""
STEP_DEADLINE = 30.0
"""Seconds after which a step that hangs is cancelled; multiplied by the run's factor."""


def _phrase(kind: str, expression: str, deadline: float) -> Callable[[StepFunction], StepFunction]:
    def register(function: StepFunction) -> StepFunction:
        own = [name for name in ("table", "text") if name in inspect.signature(function).parameters]

        @functools.cache
        def injected() -> Any:  # when it is needed: most runs need a few of all phrases
            return wrap_injection(
                func=function,
                is_async=True,
                container_getter=lambda _, named: named["scenario_scope"],
                additional_params=[_SCOPE],
            )

        @functools.wraps(function)
        def run(context: Any, *arguments: Any) -> None:
            given = {name: getattr(context, name) for name in own}

            async def step(scope: AsyncContainer) -> None:
                if injected() is function:  # dishka leaves a function alone that asks for nothing
                    await function(*arguments, **given)
                else:
                    await injected()(*arguments, **given, scenario_scope=scope)

            context.stage.run_step(step, deadline, f"{kind} {expression}")

        getattr(behave, kind)(expression)(run)
        return function

    return register


def given(expression: str, *, deadline: float = STEP_DEADLINE) -> Callable[[StepFunction], StepFunction]:
    """Register a phrase that states a fact; `deadline` is in seconds."""
    return _phrase("given", expression, deadline)


def when(expression: str, *, deadline: float = STEP_DEADLINE) -> Callable[[StepFunction], StepFunction]:
    """Register a phrase for what happens; `deadline` is in seconds."""
    return _phrase("when", expression, deadline)


def then(expression: str, *, deadline: float = STEP_DEADLINE) -> Callable[[StepFunction], StepFunction]:
    """Register a phrase for what an outsider sees; `deadline` is in seconds."""
    return _phrase("then", expression, deadline)


def use_phrases() -> None:
    """Make cucumber expressions the language of all step files; call it before behave loads them."""
    use_lazy_expressions()
