"""Taking over what stands: a stack, and the process of the service that lasts on it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from harness import leftovers
from harness.console import say
from harness.containers.container import PART, RunContainer
from harness.containers.service import ServiceContainer
from harness.errors import as_trouble
from harness.stack import DATABASE, Stack

ANSWERS_WITHIN = 5.0
"""Seconds in which something that stands has to answer; otherwise it is replaced."""


Found = Mapping[str, Mapping[str, Any]]
"""What the engine lists of a stack, by part."""


async def what_stands(stack: Stack) -> Found:
    """Return what the engine lists under the labels of `stack`."""
    listed = await asyncio.to_thread(leftovers.containers_of, stack.client, stack.labels[leftovers.RUN])
    return {container["Labels"].get(PART, ""): container for container in listed}


async def attach(stack: Stack, found: Found) -> bool:
    """Take over what was `found` of `stack`, if it is whole, made from the same things, and answers.

    Returns whether that is so; says why not, unless nothing is there at all.
    """
    if not found:
        return False
    if trouble := await _take(stack.parts, found):
        say(f"The standing {stack.name} stack is replaced: {trouble}")
        await stack.disconnect()
        return False
    stack.network.name = next(iter(found[stack.postgres.alias]["NetworkSettings"]["Networks"]), "")
    say(f"Attached to the standing {stack.name} stack")
    return True


async def attach_service(stack: Stack, found: Found) -> tuple[ServiceContainer, str] | None:
    """Take over the lasting process of the service, and return it with its database.

    None, with a line that says why, if there is none that answers and is made from the same image and settings.
    """
    if ServiceContainer.alias not in found:
        return None
    database = found[ServiceContainer.alias]["Labels"].get(DATABASE, "")
    service = stack.service_on(database, stack.labels)
    if trouble := await _take((service,), found):
        say(f"The standing service is replaced: {trouble}")
        return None
    stack.services.append(service)
    return service, database


async def end_lasting_service(stack: Stack) -> None:
    """End the lasting process of the service, if there is one."""
    found = (await what_stands(stack)).get(ServiceContainer.alias)
    if found is not None:
        await asyncio.to_thread(stack.client.api.remove_container, found["Id"], force=True, v=True)


async def _take(parts: Sequence[RunContainer], found: Found) -> str:
    """Take what was `found` for the containers of `parts`; returns why not, empty if all are there and answer."""
    for part in parts:
        if part.alias not in found:
            return f"there is no container {part.alias}"
        if why_not := part.attach(found[part.alias]):
            return why_not
    answers = (part.patience.eventually(part.answers, within=ANSWERS_WITHIN, bear=part.bear) for part in parts)
    for trouble in await asyncio.gather(*answers, return_exceptions=True):
        if isinstance(trouble, Exception):
            return as_trouble(trouble, "Asking it").problem
    return ""
