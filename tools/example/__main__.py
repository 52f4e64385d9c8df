"""The service, PostgreSQL, Kafka and Redis on this machine, by compose.yaml, with a class to look at.

`up` gets the images (the same way as the suite does), starts everything and plays the example once; `play` plays it
again; `down` removes everything. EXAMPLE_PORT and EXAMPLE_KAFKA_PORT choose other ports than 5002 and 9092.

Exit code 0 when all went well, 1 when not, 3 when infrastructure did not come up.
"""

import argparse
import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from harness.console import say
from harness.engine import ensure_engine
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.settings import ROOT
from harness.stack_images import have_images
from harness.target import Target
from tools.example.play import Platform, UnexpectedError, play

PROJECT = "class-management-example"
COMPOSES = (["docker", "compose"], ["docker-compose"])
"""Two of a kind: the engine's plugin, and the program of its own that came before it."""
UNUSED = "not-needed"


def compose() -> list[str]:
    """Return the command that is there; raises InfrastructureError."""
    for command in COMPOSES:
        try:
            done = subprocess.run([*command, "version"], capture_output=True, check=False)  # noqa: S603 -- as listed
        except OSError:
            continue
        if done.returncode == 0:
            return command
    raise InfrastructureError(
        "Docker has no compose here.",
        remedy="Install it: apt-get install docker-compose (Debian), or the plugin docker-compose-v2 (Ubuntu).",
    )


def run_compose(arguments: Sequence[str], images: Mapping[str, str]) -> None:
    """Run compose on compose.yaml; raises InfrastructureError when it fails."""
    command = [*compose(), "--project-name", PROJECT, "--file", str(ROOT / "compose.yaml"), *arguments]
    done = subprocess.run(command, env={**os.environ, **images}, check=False)  # noqa: S603 -- no shell
    if done.returncode != 0:
        raise InfrastructureError(
            f"compose has failed with exit code {done.returncode}.",
            remedy="See what it says above; a port in use is chosen anew by EXAMPLE_PORT or EXAMPLE_KAFKA_PORT.",
        )


def up() -> None:
    """Start everything."""
    images, told = have_images(ensure_engine(), Target.load(ROOT / "targets" / "class_management.toml"))
    for line in told:
        say(line)
    named = {
        "SERVICE_IMAGE": images.service,
        "POSTGRES_IMAGE": images.postgres,
        "KAFKA_IMAGE": images.kafka,
        "REDIS_IMAGE": images.redis,
    }
    run_compose(["up", "--detach"], named)


def down() -> None:
    """Remove everything, the data too."""
    run_compose(["down", "--volumes", "--remove-orphans"], {"SERVICE_IMAGE": UNUSED})


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.example", description=__doc__)
    parser.add_argument("verb", choices=["up", "play", "down"])
    verb = parser.parse_args(arguments).verb
    platform = Platform.from_mapping(os.environ)
    try:
        if verb == "down":
            down()
            return 0
        if verb == "up":
            up()
        asyncio.run(play(platform))
    except InfrastructureError as trouble:
        print(trouble, file=sys.stderr)
        return EXIT_INFRASTRUCTURE
    except UnexpectedError as trouble:
        print(f"\nThat was not to be: {trouble}", file=sys.stderr)
        return 1
    print(
        f"\nLook around: {platform.url}/schema/openapi.json, {platform.url}/healthz, {platform.url}/metrics\n"
        "Once more: make example. All of it away: make example-down."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
