"""Endurance: full runs of the features in random order, every third of them while all cores are kept busy.

A line for each run goes to artifacts/soak-*.jsonl as it ends: seed, busy or not, seconds, result, what did not hold. A
red run stops nothing; its log is kept beside. With `--standing` all runs play on the stacks that stand, so that a few
scenarios can be repeated a hundred times: `--standing --runs 100 -- --tags timed`. No failure in n runs bounds the rate
of failure at about 3/n only. Exit code 0 when all were green, 1 when any was not, 130 when interrupted.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from tools.children import heed_signals
from tools.prefork import Prefork
from tools.runs import ROOT, BehaveRun, describe_exit, run_behave

INTERRUPTED = 130
SHOWN = 10
"""So many failures of a run are told; where nothing could be tried, all scenarios are among them."""
BUSY = {"third": 3, "always": 1, "never": 0}
"""Every which run is on busy cores."""
# A burner ends with its parent, SIGKILL included: its standard input, a pipe of ours, is closed then.
BURNER = """
import os, threading
def end_with_parent():
    os.read(0, 1)
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
while True:
    pass
"""


@dataclass(frozen=True)
class Line:
    """What is written down about one run."""

    run: int
    seed: int
    busy: bool
    begun: str
    seconds: float
    exit_code: int
    passed: int
    failed: int
    failures: list[dict[str, str]]
    trouble: str

    @property
    def green(self) -> bool:
        """Tell whether everything held."""
        return self.passed > 0 and not self.failed


@contextmanager
def burners(count: int) -> Iterator["list[subprocess.Popen[bytes]]"]:
    """Keep `count` cores busy, at the priority of everything else; gives the processes that do it."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            running.append(subprocess.Popen([sys.executable, "-c", BURNER], stdin=subprocess.PIPE))  # noqa: S603
        yield running
    finally:
        for burner in running:
            burner.kill()
        for burner in running:
            burner.communicate()


def describe(number: int, seed: int, busy: bool, begun: datetime, run: BehaveRun) -> Line:
    """Return the line about a run."""
    failures = [{"place": o.place, "name": o.name, "step": o.step, "message": o.brief()} for o in run.failures]
    failures += [
        {"place": place, "name": "behave ended during it", "step": "", "message": ""} for place in run.unfinished
    ]
    return Line(
        run=number,
        seed=seed,
        busy=busy,
        begun=begun.isoformat(timespec="seconds"),
        seconds=round(run.seconds, 1),
        exit_code=run.exit_code,
        passed=run.passed,
        failed=run.failed,
        failures=failures,
        trouble="" if run.green else describe_exit(run),
    )


def soak(asked: argparse.Namespace, root: Path, stem: Path) -> list[Line]:
    """Do the runs, writing down each as it ends; stops early on KeyboardInterrupt, which it raises."""
    lines: list[Line] = []
    keep = "yes" if asked.standing else "no"
    with closing(Prefork(root)) if asked.standing else nullcontext() as prefork:
        for number in range(1, asked.runs + 1):
            seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(2**31)
            every = BUSY[asked.busy]
            busy = every > 0 and number % every == 0
            begun, log = datetime.now().astimezone(), stem.with_name(f"{stem.name}-{number}.log")
            arguments = ["-D", f"keep={keep}", "-D", f"seed={seed}", "-D", "factor=1", "features/", *asked.behave]
            with burners(os.cpu_count() or 1 if busy else 0):
                run = run_behave(arguments, folder=root, log=log, prefork=prefork)
            line = describe(number, seed, busy, begun, run)
            lines.append(line)
            with stem.with_suffix(".jsonl").open("a", encoding="utf-8") as written:
                written.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")
            show(line, asked.runs, log)
            if line.green:
                log.unlink()
    return lines


def show(line: Line, runs: int, log: Path) -> None:
    """Print what became of a run."""
    result = "green" if line.green else f"RED: {line.failed} failed ({line.trouble}; {os.path.relpath(log)})"
    busy = ", all cores busy" if line.busy else ""
    print(f"· run {line.run} of {runs}, seed {line.seed}{busy}: {line.passed} held, {result}, {line.seconds:.0f} s")
    for failure in line.failures[:SHOWN]:
        print(f"    {failure['place']}  {failure['name']}")
        print(f"      {failure['step']}")
        print("\n".join(f"      {said}" for said in failure["message"].splitlines()))
    if len(line.failures) > SHOWN:
        print(f"    … and {len(line.failures) - SHOWN} more")
    sys.stdout.flush()


def summarise(lines: Sequence[Line], file: str, arguments: Sequence[str] = ()) -> str:
    """Return the summary of all runs, and how to play one again that was asked for with `arguments`."""
    red = [line for line in lines if not line.green]
    parts = [f"{len(lines) - len(red)} of {len(lines)} runs green"]
    for busy, name in ((False, "idle"), (True, "busy")):
        seconds = [line.seconds for line in lines if line.busy == busy]
        if seconds:
            parts.append(f"{name}: {min(seconds):.0f}–{max(seconds):.0f} s")  # noqa: RUF001 -- a range
    text = f"{'; '.join(parts)}; written to {file}"
    if red:
        more = f' ARGS="{" ".join(arguments)}"' if arguments else ""
        text += "\nPlay one again: " + ", ".join(f"make soak SEED={line.seed}{more}" for line in red)
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Do the runs that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=10, metavar="N", help="how many runs (default: 10)")
    parser.add_argument("--seed", type=int, help="play the order of this seed in every run")
    parser.add_argument("--busy", choices=BUSY, default="third", help="which runs are on busy cores (default: third)")
    parser.add_argument("--standing", action="store_true", help="on what stands, which is left standing (make down)")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository (default: this one)")
    parser.add_argument("behave", nargs="*", metavar="-- ARGUMENT", help="further arguments for behave")
    asked = parser.parse_args(arguments)
    heed_signals()
    root = asked.root.resolve()
    stem = root / "artifacts" / f"soak-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    stem.parent.mkdir(exist_ok=True)
    try:
        lines = soak(asked, root, stem)
    except KeyboardInterrupt:
        print(f"\nInterrupted; what ended is in {os.path.relpath(stem)}.jsonl")
        return INTERRUPTED
    again = [*(["--standing"] if asked.standing else []), *(["--", *asked.behave] if asked.behave else [])]
    print(summarise(lines, f"{os.path.relpath(stem)}.jsonl", again))
    return 0 if all(line.green for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
