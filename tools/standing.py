"""Stacks that stand beyond a run, so that the next one is at its first step at once: start, remove, list them.

A run attaches to what stands (`-D keep=no` has it start its own), checks that it is well, and replaces what was made
from another image or does not answer. Exit code 0, 3 when infrastructure did not come up, 130 when interrupted.
"""

import argparse
import asyncio
import compileall
import sys
from collections.abc import Sequence
from types import SimpleNamespace

import docker

import actors
import harness
from actors import wire
from harness import leftovers
from harness.console import say
from harness.containers.container import PART
from harness.daemon import Daemon
from harness.engine import chosen_address, connect
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.standing import STANDING, Standing
from harness.suite import Suite
from tools.children import heed_signals

INTERRUPTED = 130


def up() -> None:
    """Start the shared stack with its service, and the laboratory; what stands already is left as it is."""
    # Where Python may not keep bytecode (PYTHONDONTWRITEBYTECODE), each run would compile the suite anew: 0.2 s.
    for package in (actors, harness):
        compileall.compile_dir(package.__path__[0], quiet=1)
    run = SimpleNamespace(userdata={"keep": "yes"})
    suite = Suite(run, [], wire.WIRING, wire.PERSONAL_FIELDS, in_laboratories=1)
    try:
        suite.open()
        suite.bring_up()
    finally:
        suite.close()


async def down(client: docker.DockerClient) -> None:
    """Remove all that stands, once nobody uses it any more."""
    for name in STANDING:
        standing = Standing(name)
        async with standing.used_alone():
            removed = await standing.remove(client)
        say(f"The standing {name} stack is removed: {removed}" if removed else f"No {name} stack stands")


def status(client: docker.DockerClient) -> None:
    """Say what stands."""
    for name in STANDING:
        found = leftovers.containers_of(client, Standing(name).id)
        parts = ", ".join(sorted(f"{c['Labels'].get(PART)} ({c['Status']})" for c in found))
        say(f"The {name} stack stands: {parts}" if found else f"No {name} stack stands")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.standing", description=__doc__)
    parser.add_argument("what", choices=("up", "down", "status"))
    asked = parser.parse_args(arguments)
    heed_signals()
    try:
        if asked.what == "up":
            up()
        else:
            # An engine that does not run has nothing that stands, and is not started for that.
            client = connect(chosen_address() or Daemon().address)
            if asked.what == "down":
                asyncio.run(down(client))
            else:
                status(client)
    except InfrastructureError as trouble:
        print(trouble, file=sys.stderr)
        return EXIT_INFRASTRUCTURE
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
