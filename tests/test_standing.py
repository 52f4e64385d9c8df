"""What stands beyond a run: who may use it when, and real runs that leave it, attach to it, and replace it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness import leftovers
from harness.containers.container import PART
from harness.engine import ensure_engine
from harness.settings import ROOT
from harness.standing import STANDING, Ground, Standing
from tools import clones

SCENARIO = ("features/idempotency/an_event_counts_once.feature", "--name", "Of two payloads under one id")

IN_LABORATORY = ("features/lifecycle/start_and_stop.feature", "--name", "A fresh service answers")


class Stack:
    """Something that stands or not, and is started by whoever finds it missing."""

    def __init__(self) -> None:
        self.stands = False
        self.started = 0

    async def attach(self) -> bool:
        return self.stands

    async def replace(self) -> None:
        await asyncio.sleep(0)
        self.started += 1
        self.stands = True


async def test_of_two_that_find_nothing_one_starts_it_and_both_use_it_at_once(tmp_path: Path) -> None:
    stack, both = Stack(), asyncio.Barrier(2)

    async def use() -> None:
        async with Standing("shared", tmp_path).used_together(stack.attach, stack.replace):
            await both.wait()

    await asyncio.wait_for(asyncio.gather(use(), use()), timeout=5)
    assert stack.started == 1


async def test_what_is_in_use_is_not_replaced_before_its_users_have_gone(tmp_path: Path) -> None:
    stack, standing = Stack(), Standing("shared", tmp_path)
    order = []

    async def use_another() -> None:
        async def attach() -> bool:
            return False

        async def replace() -> None:
            order.append("replaced")

        async with standing.used_together(attach, replace):
            pass

    async with standing.used_together(stack.attach, stack.replace):
        other = asyncio.create_task(use_another())
        done, _ = await asyncio.wait([other], timeout=0.3)
        assert not done
        order.append("left")
    await asyncio.wait_for(other, timeout=5)
    assert order == ["left", "replaced"]


async def test_a_scenario_that_wants_to_be_alone_waits_for_others_and_they_for_it(tmp_path: Path) -> None:
    standing, order = Standing("shared", tmp_path), []

    async def run(name: str, *, alone: bool) -> None:
        async with standing.lent_to_scenario(alone=alone):
            order.append(name)

    async with standing.lent_to_scenario(alone=False):
        await asyncio.wait_for(run("beside it", alone=False), timeout=5)
        waiting = asyncio.create_task(run("alone", alone=True))
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
    await asyncio.wait_for(waiting, timeout=5)
    assert order == ["beside it", "alone"]


async def test_who_uses_it_alone_keeps_everybody_else_out(tmp_path: Path) -> None:
    standing, stack = Standing("laboratory", tmp_path), Stack()

    async def use() -> None:
        async with standing.used_together(stack.attach, stack.replace):
            pass

    async with standing.used_alone():
        other = asyncio.create_task(use())
        done, _ = await asyncio.wait([other], timeout=0.3)
        assert not done
        assert stack.started == 0
    await asyncio.wait_for(other, timeout=5)


def test_each_clone_of_the_repository_has_stacks_of_its_own(tmp_path: Path) -> None:
    ids = {Standing(name, root).id for name in STANDING for root in (tmp_path / "one", tmp_path / "two")}
    assert len(ids) == 4


class Clone:
    """A copy of this repository, whose stacks are not those that a developer has standing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.client = ensure_engine()
        clones.clone(ROOT, root)
        self._environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'service' / 'src'}"}

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", *arguments]

    def _said(self, *arguments: str) -> str:
        """Run a module, which has to end well, and return what it said on standard error."""
        done = subprocess.run(
            self._command(*arguments),
            cwd=self.root,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr

    def behave(self, *arguments: str, scenario: Sequence[str] = SCENARIO) -> str:
        """Run a scenario and return what was said; it has to pass."""
        return self._said("behave", *scenario, *arguments)

    def behave_twice_at_once(self) -> list[int]:
        runs = [
            subprocess.Popen(
                self._command("behave", *SCENARIO), cwd=self.root, env=self._environment, stdout=subprocess.DEVNULL
            )
            for _ in range(2)
        ]
        return [run.wait(timeout=120) for run in runs]

    def standing(self, what: str) -> str:
        """Run tools.standing and return what was said."""
        return self._said("tools.standing", what)

    def listed(self, name: str, part: str) -> dict[str, Any]:
        """Return what the engine lists for a part of what stands."""
        listed = leftovers.containers_of(self.client, Standing(name, self.root).id)
        return next(container for container in listed if container["Labels"][PART] == part)

    def containers(self, name: str = "shared") -> dict[str, str]:
        """Return the ids of what stands, by part."""
        listed = leftovers.containers_of(self.client, Standing(name, self.root).id)
        return {c["Labels"][PART]: c["Id"] for c in listed}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    clone = Clone(tmp_path_factory.mktemp("clone") / "repository")
    clone.behave("-D", "keep=yes")
    yield clone
    for name in STANDING:
        leftovers.remove_run(clone.client, Standing(name, clone.root).id)


@pytest.mark.engine
def test_the_next_run_attaches_and_leaves_it_standing(clone: Clone, tmp_path: Path) -> None:
    before = clone.containers()
    said = clone.behave("-D", f"timings={tmp_path / 'timings.json'}")
    assert "Attached to the standing Shared stack" in said
    assert clone.containers() == before
    assert set(before) == {"postgres", "kafka", "redis", "service"}
    assert json.loads((tmp_path / "timings.json").read_text())["parts"] == {}


@pytest.mark.engine
def test_two_runs_use_it_at_once(clone: Clone) -> None:
    before = clone.containers()
    assert clone.behave_twice_at_once() == [0, 0]
    assert clone.containers() == before


@pytest.mark.parametrize(
    ("keep", "what_stands", "uses_it"),
    [
        (None, {"shared"}, True),
        (None, {"laboratory"}, False),
        (None, set(), False),
        (False, {"shared", "laboratory"}, False),
        (True, set(), True),
    ],
)
def test_a_run_uses_what_stands_unless_told_otherwise(keep: bool | None, what_stands: set[str], uses_it: bool) -> None:
    ground = Ground.of({"run": "1"}, keep, what_stands.__contains__)
    assert (ground.standing("Shared") is not None) == uses_it


@pytest.mark.engine
def test_a_changed_service_is_replaced_and_nothing_else(clone: Clone) -> None:
    clone.standing("up")
    before, laboratory = clone.containers(), clone.containers("laboratory")
    with (clone.root / "service" / "src" / "class_management" / "__main__.py").open("a") as file:
        file.write("# changed\n")
    assert "The standing service is replaced: its container service is made from another image" in clone.behave()
    after = clone.containers()
    assert after.pop("service") != before.pop("service")
    assert after == before
    assert "Attached to the standing Laboratory" in clone.behave(scenario=IN_LABORATORY)
    assert clone.containers("laboratory") == laboratory


@pytest.mark.engine
@pytest.mark.parametrize("name", STANDING)
def test_what_died_is_replaced_with_a_line_that_says_so(clone: Clone, name: str) -> None:
    clone.standing("up")
    before = clone.containers(name)
    clone.client.api.kill(before["redis"])
    assert f"The standing {name.title()} stack is replaced: its container redis is exited" in clone.standing("up")
    assert len(clone.containers(name)) == len(before)
    assert not set(before.values()) & set(clone.containers(name).values())


@pytest.mark.engine
def test_a_laboratory_that_a_killed_run_has_left_broken_is_replaced(clone: Clone) -> None:
    clone.standing("up")
    before = clone.containers("laboratory")
    [port] = [p["PublicPort"] for p in clone.listed("laboratory", "toxiproxy")["Ports"] if p.get("PublicPort")][:1]
    httpx.post(f"http://127.0.0.1:{port}/proxies/postgres", json={"enabled": False}).raise_for_status()
    assert "The laboratory is replaced by a new one: the proxy of postgres" in clone.behave(scenario=IN_LABORATORY)
    after = clone.containers("laboratory")
    assert len(after) == len(before)
    assert not set(before.values()) & set(after.values())


@pytest.mark.engine
def test_down_removes_it(clone: Clone) -> None:
    assert "The standing shared stack is removed: 4 containers" in clone.standing("down")
    assert clone.containers() == {}
    assert "No shared stack stands" in clone.standing("down")


def test_without_an_engine_nothing_stands(tmp_path: Path) -> None:
    address = f"unix://{tmp_path / 'none.sock'}"
    done = subprocess.run(
        [sys.executable, "-m", "tools.standing", "down"],
        cwd=ROOT,
        env={**os.environ, "DOCKER_HOST": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "No container engine answers" in done.stderr
