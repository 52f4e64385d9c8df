"""A stack that one tool has to itself: started for it, and removed with everything on it however the tool ends."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import docker

from harness import leftovers
from harness.console import say, step
from harness.engine import ensure_engine
from harness.eventually import Patience
from harness.settings import Settings
from harness.signals import SIGNALS
from harness.stack import Stack
from harness.stack_images import have_images
from harness.standing import Ground
from harness.target import Target, Wiring

T = TypeVar("T")


def run_on_own_stack(name: str, work: Callable[[Stack], Awaitable[T]], wiring: Wiring) -> T:
    """Start a stack called `name`, do the `work` on it, remove everything, and return what the work returned.

    Target and factor are those of the environment (ACCEPTANCE_TARGET, ACCEPTANCE_FACTOR). Raises
    `InfrastructureError`, KeyboardInterrupt once all is removed, and whatever the work raises.
    """
    settings = Settings.read({})
    target = Target.load(settings.target)
    client = ensure_engine()
    images, _ = have_images(client, target)

    async def on_stack(run: leftovers.Run) -> T:
        stack = Stack(name, images, target, wiring, Ground(run.labels), Patience(settings.factor))
        try:
            await stack.ready()
            return await work(stack)
        finally:
            await stack.close_clients()

    with _run_of_its_own(client) as run:
        return asyncio.run(on_stack(run))


@contextmanager
def _run_of_its_own(client: docker.DockerClient) -> Iterator[leftovers.Run]:
    """Give a run of the engine; all that carries its labels goes at the end, and Ctrl-C has to wait for that."""
    run = leftovers.new_run()
    try:
        for line in leftovers.remove_leftovers(client):
            say(line)
        yield run
    finally:
        handlers = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
        try:
            with step("Removing the stack"):
                leftovers.remove_run(client, run.id)
            run.close()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
