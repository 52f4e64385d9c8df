"""Ten thousand changes over HTTP while Kafka goes down three times, and two replicas relay: each is announced.

Teachers create and rename classes and students, each change through another replica than the one before. At the end
each change was announced, those of one class and of one student in order, repeats only under the same event id; every
request was answered meanwhile, and nothing is left in the outbox.

Prints the seed; the same seed plans the same outages. Writes artifacts/soak-relay.json, and the replicas' logs beside
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
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.faults import Fault, Killed, Stopped
from harness.settings import ROOT
from harness.sites import Site, fresh_site
from harness.stack import Stack
from harness.target import Wiring
from tools.children import heed_signals
from tools.own_stack import run_on_own_stack
from tools.soak_relay.plan import plan
from tools.soak_relay.traffic import TOPICS, Progress, make_changes
from tools.soak_relay.verdict import Verdict, judge, read
from tools.soak_service.plan import KILLED, Outage
from tools.soak_service.traffic import LOOK_EVERY

INTERRUPTED = 130
CHANGES = 10_000
REPLICAS = 2
PARTITIONS = 3
WIRING = Wiring({**wire.WIRING.topics, **dict.fromkeys(TOPICS, PARTITIONS)}, wire.WIRING.group)
EMPTY_WITHIN = 60.0
"""Seconds after the last change, and after Kafka's return, in which the outbox has to be empty."""
_WAITING = "SELECT count(*) FROM event_outbox WHERE published_at IS NULL"


@dataclass
class Soak:
    """One run while it goes on."""

    stack: Stack
    progress: Progress
    working: "asyncio.Task[None]"
    most_waiting: int = 0
    begun: float = field(default_factory=time.monotonic)

    def say(self, what: str) -> None:
        """Tell what happens, when, and how far everything is."""
        say(f"{time.monotonic() - self.begun:6.1f} s  {self.progress.made:6} changes  {what}")

    async def go_through(self, outages: Sequence[Outage]) -> None:
        """Go through all outages while changes are made, and wait for the last change."""
        for outage in outages:
            while self.progress.made < outage.stored:
                await asyncio.sleep(LOOK_EVERY)
                if self.working.done():
                    return self.working.result()  # nobody makes changes any more: what went wrong is told at the end
            self.say(str(outage))
            fault: Fault = (Killed if outage.how == KILLED else Stopped)(self.stack.kafka)
            async with fault:
                await asyncio.sleep(outage.down)
            self.say(f"{outage.what} is there again")
        return await self.working

    async def until_empty(self, site: Site) -> list[str]:
        """Wait until nothing is left in the outbox; returns the problem if something is."""
        connection = await self.stack.postgres.connect(site.database)

        async def look() -> None:
            if waiting := await connection.fetchval(_WAITING):
                raise AssertionError(f"{waiting} rows of the outbox are not published")

        try:
            await self.stack.patience.eventually(look, within=EMPTY_WITHIN)
        except AssertionError as problem:
            return [str(problem)]
        finally:
            await connection.close()
        return []


@dataclass(frozen=True)
class Result:
    """What became of a run."""

    verdict: Verdict
    progress: Progress
    seconds: float
    log: str


async def soak(stack: Stack, seed: int, changes: int) -> Result:
    """Do it all and judge."""
    progress = Progress(changes)
    async with fresh_site(stack) as site:
        replicas = [await stack.run_service(site.database) for _ in range(REPLICAS)]
        urls = [f"http://{replica.host}:{replica.published_port}" for replica in replicas]
        run = Soak(stack, progress, asyncio.create_task(make_changes(urls, progress)))
        try:
            await run.go_through(plan(seed, changes))
            run.say("judging")
            problems = await run.until_empty(site)
        finally:
            run.working.cancel()
            await asyncio.gather(run.working, return_exceptions=True)
        records = [record for topic in TOPICS for record in await stack.broker.read(topic, {})]
        verdict = judge(progress.expected, [read(r.topic, r.partition, r.offset, r.value or b"") for r in records])
        verdict.problems[:0] = problems
        if progress.refused:
            verdict.problems[:0] = [f"{len(progress.refused)} changes were refused:", *progress.refused[:10]]
        logs = [await asyncio.to_thread(replica.get_wrapped_container().logs) for replica in replicas]
        return Result(verdict, progress, time.monotonic() - run.begun, b"".join(logs).decode(errors="replace"))


def write(result: Result, seed: int) -> str:
    """Write down what became of a run, the replicas' logs beside it; returns the summary for people."""
    artifacts = ROOT / "artifacts"
    artifacts.mkdir(exist_ok=True)
    verdict, progress = result.verdict, result.progress
    content = {
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "seed": seed,
        "changes": progress.changes,
        "made": progress.made,
        "refused": len(progress.refused),
        "seconds": round(result.seconds, 1),
        "outages": [asdict(outage) for outage in plan(seed, progress.changes)],
        **asdict(verdict),
    }
    (artifacts / "soak-relay.json").write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    (artifacts / "soak-relay.log").write_text(result.log, encoding="utf-8")
    return "\n".join(
        [
            f"{progress.made} of {progress.changes} changes made, {verdict.expected} events to be announced: "
            f"{verdict.records} records, {verdict.repeats} of them repeats; {result.seconds:.0f} s",
            *verdict.problems,
            "All held." if not verdict.problems else f"It did not hold. Play it again: make soak-relay SEED={seed}",
            "Written: artifacts/soak-relay.json, artifacts/soak-relay.log",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Do a run."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak_relay", description=__doc__)
    parser.add_argument("--changes", type=int, default=CHANGES, metavar="N", help=f"how many (default: {CHANGES})")
    parser.add_argument("--seed", type=int, help="plan the outages of this seed")
    asked = parser.parse_args(arguments)
    heed_signals()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(2**31)
    say(f"Seed {seed}")
    try:
        result = run_on_own_stack("Soak", lambda stack: soak(stack, seed, asked.changes), WIRING)
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
