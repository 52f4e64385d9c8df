"""Ask the running service for whatever its own description allows, and for what it does not: schemathesis, stateful.

The service runs in its container on a stack of its own, with a teacher who has classes, students and suggestions; about
half of the requests are about these, or about what earlier requests have created. After each answer it is checked that
it is no server error, and that its status, content type and body are as the description says; at the end, that the
service has logged no error.

Prints the seed; the same seed asks for the same. Exit code 0 when all held, 1 when not, 3 when infrastructure did not
come up, 130 when interrupted.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

from actors import wire
from actors.requests import CREATED, CREDENTIALS
from harness.console import say
from harness.containers.service import ServiceContainer
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.log_entries import counted, entries
from harness.settings import ROOT
from harness.sites import Site, fresh_site
from harness.stack import Stack
from tools.children import heed_signals, run_child
from tools.own_stack import run_on_own_stack

INTERRUPTED = 130
EXAMPLES = 500
"""How many requests are generated for each operation, unless told otherwise."""
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
TEACHER = {"X-User-ID": f"teacher-{uuid.UUID(int=7)}"}
CLASSES, STUDENTS, BATCHES = 4, 3, 10
MOST_TOLD = 20
"""Errors in the service's log that are shown."""


async def create_things(site: Site) -> dict[str, list[str]]:
    """Create classes with students, and suggestions for batches; returns the ids, by the description's names."""
    things: dict[str, list[str]] = {"class_id": [], "student_id": [], "batch_id": [], "essay_id": []}
    for number in range(CLASSES):
        things["class_id"].append(await _create(site, "/v1/classes/", {"name": f"{number}A", "course_codes": ["ENG5"]}))
        for _ in range(STUDENTS):
            student = {
                "person_name": {"first_name": "Elsa", "last_name": "Lind"},
                "class_ids": [things["class_id"][number]],
            }
            things["student_id"].append(await _create(site, "/v1/classes/students", student))
    for number in range(BATCHES):
        of_class = number % CLASSES
        batch, students = str(uuid.uuid4()), things["student_id"][of_class * STUDENTS :][:STUDENTS]
        essays = {str(uuid.uuid4()): student for student in students}
        results = [
            wire.match_result(essay, [wire.Suggestion(student, "Elsa Lind", 0.9, ["name match"])])
            for essay, student in essays.items()
        ]
        event = wire.Event.of(wire.suggested_data(batch, things["class_id"][of_class], results))
        await site.stack.broker.publish(wire.SUGGESTED, 0, event.value, key=event.record_key, headers=event.headers)
        things["batch_id"].append(batch)
        things["essay_id"] += essays
    await site.stack.patience.eventually(lambda: _look_for(site, things["batch_id"][-1]))
    return things


async def _create(site: Site, path: str, body: object) -> str:
    answer = await site.service.http.post(path, json=body, headers=TEACHER)
    if answer.status_code != CREATED:
        raise RuntimeError(f"POST {path} was answered with {answer.status_code}: {answer.text[:300]}")
    return str(answer.json()["id"])


async def _look_for(site: Site, batch: str) -> None:
    answer = await site.service.http.get(f"/v1/batches/{batch}/student-associations", headers=TEACHER)
    if not answer.json()["associations"]:
        raise AssertionError("the suggestions are not stored yet")


async def fuzz(stack: Stack, seed: int, examples: int, further: Sequence[str]) -> int:
    """Run schemathesis against the service; returns its exit code, or 1 for errors in the service's log."""
    async with fresh_site(stack) as site:
        site.running = service = await stack.run_service(site.database)
        things = await create_things(site)
        options = ["--max-examples", str(examples), "--seed", str(seed), *further]
        exit_code = await asyncio.to_thread(_run, service, stack.target.description, things, options)
        troubles = [entry.brief() for entry in entries(await service.log_lines(0)) if entry.is_trouble]
    for trouble in counted(troubles, MOST_TOLD):
        print(f"The service logged: {trouble}")
    return exit_code or (1 if troubles else 0)


def _run(service: ServiceContainer, description: str, things: dict[str, list[str]], options: Sequence[str]) -> int:
    address = f"http://{service.host}:{service.published_port}"
    headers = [f"{name}: {value}" for name, value in {**TEACHER, **CREDENTIALS}.items()]
    environment = {
        "SCHEMATHESIS_HOOKS": "tools.fuzz_hooks",
        "PYTHONPATH": str(ROOT),
        "FUZZ_THINGS": json.dumps(things),
        "NO_COLOR": "1",
    }
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}{description}", "--url", address),
        *("--checks", ",".join(CHECKS), "--warnings", "off", "--continue-on-failure"),
        *(part for header in headers for part in ("--header", header)),
        *options,
    ]
    # It leaves its cache of examples where it runs.
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        return run_child(command, folder=Path(folder), environment=environment)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do a run."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz_http", description=__doc__)
    parser.add_argument(
        "--examples", type=int, default=EXAMPLES, metavar="N", help=f"for each operation (default: {EXAMPLES})"
    )
    parser.add_argument("--seed", type=int, help="ask for the same as with this seed")
    parser.add_argument("further", nargs="*", metavar="-- ARGUMENT", help="further arguments for schemathesis run")
    asked = parser.parse_args(arguments)
    heed_signals()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(2**31)
    say(f"Seed {seed}")
    try:
        exit_code = run_on_own_stack(
            "Fuzz", lambda stack: fuzz(stack, seed, asked.examples, asked.further), wire.WIRING
        )
    except InfrastructureError as trouble:
        print(f"Nothing is proved: {trouble}", file=sys.stderr)
        return EXIT_INFRASTRUCTURE
    except KeyboardInterrupt:
        print(f"\nInterrupted. The seed was {seed}.")
        return INTERRUPTED
    print("All held." if not exit_code else f"It did not hold. Ask again: make fuzz ARGS='--seed {seed}'")
    return 1 if exit_code else 0


if __name__ == "__main__":
    sys.exit(main())
