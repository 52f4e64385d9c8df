"""The service at work while everything goes down once, and it itself ten times: nothing lost, nothing doubled.

Events of three essays keep coming while the one instance of the service gets SIGKILL or SIGTERM and is started again
at ten random moments, and PostgreSQL, Redis and Kafka are killed and started again once each. At the end each essay is
stored exactly once, there is no dead letter, nothing is left to do, and no session is idle in transaction.

Prints the seed; the same seed plans the same outages. Writes artifacts/soak-service.json, and the service's log beside
it. Exit code 0 when all held, 1 when not, 3 when infrastructure did not come up, 130 when interrupted.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from actors import wire
from harness.console import say
from harness.containers.service import ServiceContainer
from harness.errors import EXIT_INFRASTRUCTURE, DidNotComeUpError, InfrastructureError
from harness.faults import Fault, Killed, Stopped
from harness.settings import ROOT
from harness.sites import fresh_site
from harness.stack import Stack
from tools.bench.school import found_school
from tools.children import heed_signals
from tools.own_stack import run_on_own_stack
from tools.soak_service.plan import KILLED, LATEST, SERVICE, Outage, plan
from tools.soak_service.traffic import LOOK_EVERY, Progress, Publisher, watch
from tools.soak_service.verdict import Verdict, judge

INTERRUPTED = 130
EVENTS = 30_000
CLASSES, STUDENTS = 10, 30
STALLED = 60.0
"""Seconds without anything newly stored after which nothing more is expected."""


class BrokenPromiseError(Exception):
    """The service does not go on, or does not come up again; says which."""


@dataclass
class Soak:
    """One run while it goes on; `problems` are the promises that were not kept on the way."""

    stack: Stack
    service: ServiceContainer
    progress: Progress
    publishing: "asyncio.Future[list[None]]"
    problems: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def say(self, what: str) -> None:
        """Tell what happens, when, and how far everything is."""
        now = time.monotonic() - self.begun
        say(f"{now:6.1f} s  {self.progress.published:6} published, {self.progress.stored:6} stored  {what}")

    async def go_through(self, outages: Sequence[Outage]) -> None:
        """Go through all outages, and wait until all is stored; breaks off when the service does not go on."""
        self._allow(outages[0])
        try:
            for outage, following in zip(outages, [*outages[1:], None], strict=True):
                await self._until_stored(outage.stored)
                # Events keep coming while it is down, and are not all stored when the next one goes down.
                self._allow(following)
                await asyncio.sleep(outage.delay)
                await self._go_through(outage)
            await self._until_stored(self.progress.events)
        except BrokenPromiseError as broken:
            self.problems.append(str(broken))
            self.say(str(broken))

    def _allow(self, outage: Outage | None) -> None:
        events = self.progress.events
        self.progress.allow(events if outage is None else outage.stored + int(events * (1 - LATEST)))

    async def _until_stored(self, events: int) -> None:
        last, moved = self.progress.stored, time.monotonic()
        while self.progress.stored < events:
            await asyncio.sleep(LOOK_EVERY)
            if self.publishing.done():
                self.publishing.result()
            if self.progress.stored != last:
                last, moved = self.progress.stored, time.monotonic()
            elif time.monotonic() - moved > self.stack.patience.seconds(STALLED):
                raise BrokenPromiseError(f"nothing was stored for {STALLED:.0f} s")

    async def _go_through(self, outage: Outage) -> None:
        part = self.service if outage.what == SERVICE else getattr(self.stack, outage.what)
        fault: Fault = Killed(part) if outage.how == KILLED else Stopped(part)
        self.say(str(outage))
        try:
            async with fault:
                if outage.what == SERVICE and outage.how != KILLED:
                    await self._assert_good_end()
                await asyncio.sleep(outage.down)
        except DidNotComeUpError as trouble:
            if outage.what != SERVICE:
                raise
            raise BrokenPromiseError(str(trouble)) from trouble
        except AssertionError as trouble:
            self.problems.append(f"{outage}: {trouble}")
        self.say(f"{outage.what} is there again")

    async def _assert_good_end(self) -> None:
        ended = await self.service.ended(within=1)
        if ended.exit_code:
            raise AssertionError(f"it ended with exit code {ended.exit_code}")


@dataclass(frozen=True)
class Result:
    """What became of a run."""

    verdict: Verdict
    progress: Progress
    seconds: float
    log: str


async def soak(stack: Stack, seed: int, events: int) -> Result:
    """Do it all and judge."""
    progress = Progress(events)
    async with fresh_site(stack) as site:
        connection = await stack.postgres.connect(site.database)
        school = await found_school(connection, CLASSES, STUDENTS)
        await connection.close()
        service = await stack.run_service(site.database)
        publishers = [Publisher(stack, school, partition, progress) for partition in range(wire.PARTITIONS)]
        shares = [len(range(partition, events, wire.PARTITIONS)) for partition in range(wire.PARTITIONS)]
        publishing = asyncio.gather(*(p.publish(share) for p, share in zip(publishers, shares, strict=True)))
        watching = asyncio.create_task(watch(stack, site.database, progress))
        run = Soak(stack, service, progress, publishing)
        try:
            await run.go_through(plan(seed, events))
            progress.end()
            await publishing
            run.say("judging")
            verdict = await judge(stack, site.database, progress.rows)
        finally:
            for task in (publishing, watching):
                task.cancel()
            await asyncio.gather(publishing, watching, return_exceptions=True)
        verdict.problems[:0] = run.problems
        log = await asyncio.to_thread(service.get_wrapped_container().logs)
        return Result(verdict, progress, time.monotonic() - run.begun, log.decode(errors="replace"))


def write(result: Result, seed: int) -> str:
    """Write down what became of a run, the service's log beside it; returns the summary for people."""
    artifacts = ROOT / "artifacts"
    artifacts.mkdir(exist_ok=True)
    verdict, progress = result.verdict, result.progress
    content = {
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "seed": seed,
        "events": progress.events,
        "published": progress.published,
        "published_again": progress.repeated,
        "seconds": round(result.seconds, 1),
        "outages": [asdict(outage) for outage in plan(seed, progress.events)],
        **asdict(verdict),
    }
    (artifacts / "soak-service.json").write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    (artifacts / "soak-service.log").write_text(result.log, encoding="utf-8")
    return "\n".join(
        [
            f"{progress.published} events published, {progress.repeated} of them again for want of an answer: "
            f"{verdict.records} records; {verdict.stored} of {verdict.expected} essays stored, "
            f"{verdict.dead_letters} dead letters; {result.seconds:.0f} s",
            *verdict.problems,
            "All held." if not verdict.problems else f"It did not hold. Play it again: make soak-service SEED={seed}",
            "Written: artifacts/soak-service.json, artifacts/soak-service.log",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Do a run."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak_service", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS, metavar="N", help=f"how many events (default: {EVENTS})")
    parser.add_argument("--seed", type=int, help="plan the outages of this seed")
    asked = parser.parse_args(arguments)
    heed_signals()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(2**31)
    say(f"Seed {seed}")
    try:
        result = run_on_own_stack("Soak", lambda stack: soak(stack, seed, asked.events), wire.WIRING)
    except InfrastructureError as trouble:
        print(f"Nothing is proved: {trouble}", file=sys.stderr)
        return EXIT_INFRASTRUCTURE
    except KeyboardInterrupt:
        print(f"\nInterrupted; nothing is written. The seed was {seed}.")
        return INTERRUPTED
    print(write(result, seed))
    return 1 if result.verdict.problems else 0


if __name__ == "__main__":
    sys.exit(main())
