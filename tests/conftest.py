"""What tests with a container engine share: images, a run's label, a network."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import docker
import pytest
from testcontainers.core.network import Network

from harness import leftovers
from harness.engine import ensure_engine
from harness.images import ImageChoice, Images
from harness.signals import SIGNALS

for number in SIGNALS:
    if signal.getsignal(number) is signal.SIG_IGN:
        # A shell's background jobs ignore SIGINT, and what runs under nohup SIGHUP; so would every program that a test
        # starts and interrupts.
        signal.signal(number, signal.default_int_handler)


@dataclass(frozen=True)
class Bench:
    """A run of its own to start containers in."""

    client: docker.DockerClient
    images: Images
    labels: dict[str, str]
    network: Network


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    client = ensure_engine()
    run = leftovers.new_run()
    network = Network(docker_network_kw={"labels": run.labels}).create()
    try:
        yield Bench(client, Images(client, ImageChoice.from_mapping(os.environ)), run.labels, network)
    finally:
        leftovers.remove_run(client, run.id)
        run.close()
