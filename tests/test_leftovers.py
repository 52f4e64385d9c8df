"""What runs leave behind is removed, and only that."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest
import requests

from harness import leftovers
from harness.engine import ensure_engine
from harness.errors import InfrastructureError
from harness.images import ImageChoice, Images
from harness.settings import ROOT

Labels = dict[str, str]


class Engine:
    """A stand-in for the engine, with what carries labels in it, that may refuse to remove it."""

    def __init__(self, **things: list[dict[str, Any]]) -> None:
        self.things = {"containers": [], "networks": [], "volumes": [], **things}
        self.refusals: list[Exception] = []
        self.api = self

    def _labelled(self, kind: str, label: str) -> list[dict[str, Any]]:
        name, _, value = label.partition("=")
        return [t for t in self.things[kind] if name in t["Labels"] and value in {"", t["Labels"][name]}]

    def containers(self, *, all: bool, filters: Labels) -> list[dict[str, Any]]:  # noqa: A002 -- the engine's name
        return self._labelled("containers", filters["label"]) if all else []

    def networks(self, *, filters: Labels) -> list[dict[str, Any]]:
        return self._labelled("networks", filters["label"])

    def volumes(self, *, filters: Labels) -> dict[str, Any]:
        return {"Volumes": self._labelled("volumes", filters["label"]) or None}

    def remove_container(self, name: str, *, force: bool, v: bool) -> None:
        assert force
        assert v, "anonymous volumes have to go too"
        if self.refusals:
            raise self.refusals.pop(0)
        self.things["containers"] = [t for t in self.things["containers"] if t["Id"] != name]

    def inspect_network(self, name: str) -> dict[str, Any]:
        return next(t for t in self.things["networks"] if t["Id"] == name)

    def disconnect_container_from_network(self, name: str, _: str, *, force: bool) -> None:
        assert force
        assert name

    def remove_network(self, name: str) -> None:
        raise refusal(403, f"error while removing network: network {name} has active endpoints")


def container(name: str, labels: Labels) -> dict[str, Any]:
    return {"Id": name, "Names": [f"/{name}"], "Labels": labels}


def refusal(status: int, text: str) -> docker.errors.APIError:
    response = requests.Response()
    response.status_code = status
    return docker.errors.APIError(text, response=response, explanation=text)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[leftovers.Run]:
    run = leftovers.new_run(tmp_path)
    yield run
    run.close()


def test_a_live_run_is_left_alone(run: leftovers.Run) -> None:
    engine = Engine(containers=[container("a", run.labels)])
    assert leftovers.remove_leftovers(engine) == []
    assert len(engine.things["containers"]) == 1


def test_what_a_dead_run_left_is_removed_and_told_in_one_line(run: leftovers.Run) -> None:
    engine = Engine(containers=[container("a", run.labels), container("b", run.labels), container("other", {})])
    run.lock.close()
    assert leftovers.find_leftovers(engine) == [run.id]
    assert leftovers.remove_leftovers(engine) == [f"Removed what run {run.id} had left behind: 2 containers."]
    assert [left["Id"] for left in engine.things["containers"]] == ["other"]
    assert not Path(run.lock.name).exists()


def test_a_run_whose_lock_file_is_gone_is_dead(run: leftovers.Run) -> None:
    engine = Engine(containers=[container("a", run.labels)])
    run.close()
    assert len(leftovers.remove_leftovers(engine)) == 1


def test_runs_of_other_machines_on_the_same_engine_are_left_alone(run: leftovers.Run) -> None:
    engine = Engine(containers=[container("a", {**run.labels, leftovers.HOST: "elsewhere"})])
    run.lock.close()
    assert leftovers.remove_leftovers(engine) == []


def test_things_without_a_lock_or_a_host_are_left_alone() -> None:
    labelled = {leftovers.RUN: "1"}
    here = {**labelled, leftovers.HOST: socket.gethostname()}
    engine = Engine(containers=[container("a", labelled), container("b", {**here, leftovers.RUN: "2"})])
    assert leftovers.remove_leftovers(engine) == []


@pytest.mark.parametrize(
    "error", [refusal(409, "removal of container a is already in progress"), refusal(500, "device or resource busy")]
)
def test_a_removal_that_is_not_possible_yet_is_tried_again(error: Exception, run: leftovers.Run) -> None:
    engine = Engine(containers=[container("a", run.labels)])
    engine.refusals = [error]
    assert leftovers.remove_run(engine, run.id) == "1 container"
    assert engine.things["containers"] == []


def test_a_container_that_never_goes_is_an_error_that_names_it(run: leftovers.Run) -> None:
    engine = Engine(containers=[container("stuck", run.labels)])
    engine.refusals = [refusal(500, "driver failed")] * 100
    with pytest.raises(InfrastructureError, match=r"stuck") as caught:
        leftovers.remove_run(engine, run.id, deadline=0.2)
    assert "stuck: driver failed" in caught.value.details


def test_a_network_that_the_engine_has_lost_count_of_is_left_to_it_and_told_in_a_line(
    run: leftovers.Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(leftovers, "GHOST_SECONDS", 0.1)
    network = {"Id": "ghost", "Name": "ghost", "Labels": run.labels, "Containers": {}}
    engine = Engine(networks=[network])
    run.lock.close()
    assert leftovers.remove_leftovers(engine) == []
    assert "keeps the network ghost" in capsys.readouterr().err


def test_a_network_to_which_something_is_attached_is_none_of_those(
    run: leftovers.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "GHOST_SECONDS", 0.0)
    network = {"Id": "used", "Name": "used", "Labels": run.labels, "Containers": {"a": {"Name": "a"}}}
    with pytest.raises(InfrastructureError, match="used"):
        leftovers.remove_run(Engine(networks=[network]), run.id, deadline=0.2)


def test_the_lock_is_given_back_by_the_kernel_when_a_run_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\nfrom harness import leftovers\n"
        "run = leftovers.new_run(pathlib.Path(sys.argv[1]))\nprint(run.id, run.lock.name, flush=True)\nsys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        run_id, path = process.stdout.readline().split()
        labels = {leftovers.RUN: run_id, leftovers.LOCK: path, leftovers.HOST: socket.gethostname()}
        engine = Engine(containers=[container("a", labels)])
        assert leftovers.find_leftovers(engine) == []
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert leftovers.find_leftovers(engine) == [run_id]


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return ensure_engine()


@pytest.fixture(scope="module")
def image(client: docker.DockerClient) -> str:
    return Images(client, ImageChoice()).redis()


def make_a_mess(client: docker.DockerClient, image: str, labels: Labels) -> None:
    """Leave one of each behind: running, paused, exited, created; a network in use, a volume in use."""
    network = client.networks.create(f"mess-{labels[leftovers.RUN]}", labels=labels)
    volume = client.volumes.create(labels=labels)
    common: dict[str, Any] = {"labels": labels, "network": network.name, "detach": True}
    client.containers.run(image, volumes={volume.name: {"bind": "/data"}}, **common)
    client.containers.run(image, volumes=["/anonymous"], **common).pause()
    client.containers.run(image, ["true"], **common).wait()
    client.containers.create(image, labels=labels, network=network.name)


def left(client: docker.DockerClient, run_id: str) -> list[Any]:
    label = {"label": f"{leftovers.RUN}={run_id}"}
    return [
        *client.api.containers(all=True, filters=label),
        *client.api.networks(filters=label),
        *(client.api.volumes(filters=label)["Volumes"] or []),
    ]


@pytest.mark.engine
def test_everything_of_a_dead_run_is_removed_from_the_engine(
    client: docker.DockerClient, image: str, run: leftovers.Run
) -> None:
    make_a_mess(client, image, run.labels)
    anonymous = {volume["Name"] for volume in client.api.volumes(filters={"dangling": False})["Volumes"]}
    run.lock.close()
    begun = time.monotonic()
    said = [line for line in leftovers.remove_leftovers(client) if run.id in line]
    took = time.monotonic() - begun
    assert said == [f"Removed what run {run.id} had left behind: 4 containers, 1 network, 1 volume."]
    assert left(client, run.id) == []
    assert not anonymous & {
        volume["Name"] for volume in client.api.volumes(filters={"dangling": True})["Volumes"] or []
    }
    assert took < 15


@pytest.mark.engine
def test_two_that_clean_up_at_once_do_not_disturb_each_other(
    client: docker.DockerClient, image: str, run: leftovers.Run
) -> None:
    make_a_mess(client, image, run.labels)
    with ThreadPoolExecutor() as threads:
        both = [threads.submit(leftovers.remove_run, docker.from_env(), run.id) for _ in range(2)]
        for one in both:
            one.result()
    assert left(client, run.id) == []


def test_a_run_lives_as_long_as_its_lock_is_held_and_what_has_no_lock_is_no_run(run: leftovers.Run) -> None:
    folder = Path(run.lock.name).parent
    (folder / "dead.lock").touch()
    abroad = {**run.labels, leftovers.RUN: "abroad", leftovers.HOST: "elsewhere"}
    standing = {leftovers.RUN: "standing", leftovers.HOST: socket.gethostname()}
    engine = Engine(containers=[container("a", abroad), container("b", standing), container("c", run.labels)])
    assert leftovers.find_living(engine, folder) == {run.id, "abroad"}
    run.close()
    assert leftovers.find_living(engine, folder) == {"abroad"}
