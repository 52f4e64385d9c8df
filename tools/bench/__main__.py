"""How fast the service is, as ratios to the bare work measured in the same run, on a stack of its own.

Prints a table, writes artifacts/bench.json and docs/bench.svg, and adds a dated section to docs/measurements.md (not
with --quick). Ratios only: everything runs on the cores of one machine. Exit code 0 also where an aim was missed, 1
when essays were lost or doubled, 3 when infrastructure did not come up, 130 when interrupted.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from actors import wire
from harness.console import say
from harness.engine import ensure_engine
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.eventually import NeverHappenedError
from harness.settings import ROOT
from harness.stack import Stack
from harness.target import Wiring
from tools.bench import measures, publication
from tools.bench.figures import Figure, table
from tools.bench.measures import CLASS, QUICK, Sizes
from tools.bench.plot import svg
from tools.bench.school import batches, found_school
from tools.bench.site import PARTITIONS, LostError, site_on
from tools.children import heed_signals
from tools.machine import company, heading, machine
from tools.own_stack import run_on_own_stack

INTERRUPTED = 130
CLASSES = 40
WIRING = Wiring({**wire.WIRING.topics, wire.SUGGESTED: PARTITIONS}, wire.WIRING.group)
WARM_UP = 100
POSTGRES = ("fsync", "synchronous_commit", "full_page_writes")
MEASURES = ("throughput", "latency", "publication", "growth", "replicas", "memory")


async def measure(stack: Stack, sizes: Sizes, only: Sequence[str]) -> dict[str, Any]:
    """Measure everything, or `only` these; returns the figures, the raw data, and the settings of PostgreSQL."""
    figures: list[Figure] = []
    raw: dict[str, Any] = {}
    async with site_on(stack) as site:
        school = await found_school(site.reader, CLASSES, CLASS)
        await site.settle()
        await site.run_replicas(1)
        await site.work_off(batches(school, WARM_UP, [CLASS]))
        one, raw["throughput"] = await measures.throughput(site, school, sizes)
        figures.append(one)
        if "latency" in only:
            found, raw["latency"] = await measures.latency(site, school, sizes)
            figures += found
        if "publication" in only:
            figure, raw["publication"] = await publication.measure(site, school[0], sizes.single)
            figures.append(figure)
        if "growth" in only:
            found, raw["growth"] = await measures.growth(site, sizes, school[0])
            figures += found
        if "replicas" in only:
            found, raw["replicas"] = await measures.replicas(site, school, sizes, one.value)
            figures += found
        if "memory" in only:
            figure, raw["memory"] = await measures.memory(site, school, sizes)
            figures.append(figure)
        postgres = {name: await site.reader.fetchval("SELECT current_setting($1)", name) for name in POSTGRES}
    return {"figures": figures, "raw": raw, "postgres": postgres}


def section(measured: Mapping[str, Any], about: Mapping[str, object], date: str) -> str:
    """Return the section for docs/measurements.md."""
    return "\n".join([heading(date, about, "the service"), "", *report(measured), ""])


def report(measured: Mapping[str, Any]) -> list[str]:
    """Return table and remarks, as lines of Markdown."""
    settings = ", ".join(f"{name} {value}" for name, value in measured["postgres"].items())
    look = measured["raw"].get("latency", {}).get("look_ms")
    remarks = [measured["company"]] if measured.get("company") else []
    remarks += [f"PostgreSQL: {settings}. Topic of {PARTITIONS} partitions. No essay was lost or doubled."]
    if look:
        remarks.append(f"One look at whether an event is visible takes {look:.2f} ms, and is counted in.")
    return [*table(measured["figures"]), "", *remarks]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, to try it out; the figures say little")
    parser.add_argument("--only", action="append", choices=MEASURES, help="measure this beside throughput; repeatable")
    parser.add_argument("--no-docs", dest="docs", action="store_false", help="leave docs/ as it is")
    asked = parser.parse_args(arguments)
    heed_signals()
    if busy := company():
        say(busy)
    sizes, only = (QUICK if asked.quick else Sizes()), tuple(asked.only or MEASURES)
    try:
        measured = run_on_own_stack("Bench", lambda stack: measure(stack, sizes, only), wiring=WIRING)
    except InfrastructureError as trouble:
        print(trouble, file=sys.stderr)
        return EXIT_INFRASTRUCTURE
    except (LostError, NeverHappenedError) as trouble:
        print(f"The service has broken its promise: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; nothing is written.")
        return INTERRUPTED
    measured["company"] = busy
    write(measured, docs=asked.docs and not asked.quick and len(only) == len(MEASURES))
    print("\n" + "\n".join(report(measured)))
    return 0


def write(measured: Mapping[str, Any], *, docs: bool) -> None:
    """Write artifacts/bench.json and bench.svg, and with `docs` the plot and the section in docs/ too."""
    now = datetime.now().astimezone()
    about = machine(str(ensure_engine().version()["Version"]))
    figures: list[Figure] = measured["figures"]
    artifacts = ROOT / "artifacts"
    artifacts.mkdir(exist_ok=True)
    content = {
        "date": now.isoformat(timespec="seconds"),
        "machine": about,
        "company": measured["company"],
        "postgres": measured["postgres"],
        "figures": [{**vars(f), "ratio": f.ratio, "met": f.met} for f in figures],
        "raw": measured["raw"],
    }
    (artifacts / "bench.json").write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    caption = f"Ratios within one run, {now:%Y-%m-%d}, everything on {about['cores']} cores"
    plot = svg(figures, caption)
    (artifacts / "bench.svg").write_text(plot, encoding="utf-8")
    if docs:
        (ROOT / "docs" / "bench.svg").write_text(plot, encoding="utf-8")
        with (ROOT / "docs" / "measurements.md").open("a", encoding="utf-8") as measurements:
            measurements.write(f"\n{section(measured, about, f'{now:%Y-%m-%d %H:%M}')}")
    say(
        "Written: artifacts/bench.json, artifacts/bench.svg"
        + (", docs/bench.svg, docs/measurements.md" if docs else "")
    )


if __name__ == "__main__":
    sys.exit(main())
