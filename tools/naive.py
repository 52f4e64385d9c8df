"""A deliberately naive service under the suite: are exactly the promises found broken that it is known to break?

tests/naive_service/ holds the service, its target file, and breaches.toml, which lists what it breaks, with a reason
and with what the message of a failing scenario has to say. The features are run against it. Whatever differs is told
with scenario and message: a breach that no scenario has found, one that nobody has listed, a scenario that failed for
another reason. Exit code 0 when nothing differs, 1 when something does, 2 when a file cannot be read, 3 when
infrastructure did not come up, 130 when interrupted. Arguments for behave (`-- --include recovery`) run a part: what of
the list was not found in it is then no difference.
"""

import argparse
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.requirements import Requirement, read_contract
from harness.target import Target
from tools.children import heed_signals
from tools.mutants import INTERRUPTED, UNREADABLE, Laboratory
from tools.outcomes import Outcome
from tools.runs import ROOT, BehaveRun, describe_exit

NAIVE = Path("tests", "naive_service")
LINES = 6
"""Lines of a message that are told."""


class ListError(Exception):
    """The list of breaches cannot be used; the message says why."""


@dataclass(frozen=True)
class Breach:
    """A requirement that the service is known to break, why, and what the message of a scenario says about it."""

    id: str
    reason: str
    says: re.Pattern[str]
    by_chance: bool = False
    """It need not be found in each run: whether a look falls into what is wrong is chance."""


def read_breaches(path: Path, contract: Mapping[str, Requirement], target: Target) -> dict[str, Breach]:
    """Return the breaches by id; raises `ListError` for one that makes no sense with this contract and target."""
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("breach", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ListError(f"{path} cannot be read: {error}") from error
    breaches: dict[str, Breach] = {}
    for entry in listed:
        breach = _breach(path, entry)
        if breach.id not in contract:
            raise ListError(f"{path}: {breach.id} is no requirement of the contract")
        if breach.id in breaches:
            raise ListError(f"{path}: {breach.id} is listed twice")
        if {breach.id, contract[breach.id].mark} & target.leave_out:
            raise ListError(f"{path}: {breach.id} is listed, but the target leaves it out")
        breaches[breach.id] = breach
    return breaches


def _breach(path: Path, entry: Mapping[str, object]) -> Breach:
    words = {name: entry.get(name) for name in ("id", "reason", "says")}
    if lacking := [name for name, word in words.items() if not (isinstance(word, str) and word)]:
        raise ListError(f"{path}: a breach ({words['id']}) lacks {', '.join(lacking)}")
    by_chance = entry.get("by_chance", False)
    if not isinstance(by_chance, bool):
        raise ListError(f"{path}: `by_chance` of {words['id']} is neither true nor false: {by_chance!r}")
    try:
        says = re.compile(str(words["says"]), re.DOTALL)
        return Breach(str(words["id"]), str(words["reason"]), says, by_chance)
    except re.error as error:
        raise ListError(f"{path}: `says` of {words['id']} is no regular expression: {error}") from error


def differences(
    outcomes: Sequence[Outcome], breaches: Mapping[str, Breach], known: Iterable[str], whole: bool
) -> list[str]:
    """Return, for people, in what a run differs from the list; `known` are all ids, `whole` tells of a full run."""
    told: list[str] = []
    for id_ in known:
        mine = [o for o in outcomes if id_ in o.tags and not o.left_out]
        red, breach = [o for o in mine if o.refuted], breaches.get(id_)
        if breach is None:
            told += [_told(f"{id_} is not listed, and found broken by", o) for o in red]
        elif not red and whole and not breach.by_chance:
            held = "".join(f"\n    {o.place}  {o.name}" for o in mine if o.passed) or " none"
            told.append(f"{id_} is listed ({breach.reason}) and nothing has found it broken; these held:{held}")
        elif red and not any(breach.says.search(o.message) for o in red):
            told += [_told(f"{id_} is found broken, but no message says /{breach.says.pattern}/:", o) for o in red]
    return told + _without_a_cause(outcomes, breaches)


def _without_a_cause(outcomes: Sequence[Outcome], breaches: Mapping[str, Breach]) -> list[str]:
    """Tell of what failed although all its ids are listed, with a message that fits none of them, or by no step."""
    told: list[str] = []
    for outcome in (o for o in outcomes if not (o.passed or o.left_out)):
        listed = [breaches[tag] for tag in outcome.tags if tag in breaches]
        if not outcome.refuted:
            told.append(_told(f"neither held nor refuted anything [{outcome.status}]:", outcome))
        elif listed and not any(breach.says.search(outcome.message) for breach in listed):
            ids = ", ".join(breach.id for breach in listed)
            told.append(_told(f"failed for a reason that the list does not give for {ids}:", outcome))
    return told


def _told(what: str, outcome: Outcome) -> str:
    lines = [f"{outcome.place}  {outcome.name}", outcome.step, *outcome.brief(LINES).splitlines()]
    return "\n    ".join([what, *filter(None, lines)])


def judge(run: BehaveRun, breaches: Mapping[str, Breach], known: Iterable[str], whole: bool) -> list[str]:
    """Return in what a run differs from the list, also where the run as a whole has gone wrong."""
    told = differences(run.outcomes, breaches, known, whole)
    if run.exit_code not in (0, 1) or run.unfinished or not run.outcomes:
        told.append(f"{describe_exit(run)}:\n{run.tail()}")
    elif run.exit_code and not run.failures:
        told.append(f"no scenario failed, but the run did:\n{run.tail()}")
    return told


def _found(run: BehaveRun, breaches: Mapping[str, Breach]) -> Iterable[str]:
    """Tell, for each breach that was found, the first message that names its cause."""
    for breach in breaches.values():
        by = [o for o in run.outcomes if o.refuted and breach.id in o.tags and breach.says.search(o.message)]
        if by:
            yield f"· {_told(f'{breach.id}: {breach.reason} Found by {len(by)} of its scenarios, such as', by[0])}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the features against the naive service and compare."""
    parser = argparse.ArgumentParser(prog="python -m tools.naive", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository (default: this one)")
    parser.add_argument("behave", nargs="*", metavar="-- ARGUMENT", help="further arguments for behave")
    asked = parser.parse_args(arguments)
    heed_signals()
    root = asked.root.resolve()
    try:
        contract = read_contract(root / "docs" / "contract.md")
        breaches = read_breaches(root / NAIVE / "breaches.toml", contract, Target.load(root / NAIVE / "target.toml"))
    except (OSError, ValueError, ListError, InfrastructureError) as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    try:
        with (
            tempfile.TemporaryDirectory(prefix="naive-") as folder,
            closing(Laboratory(root, Path(folder), asked.behave)) as laboratory,
        ):
            run = laboratory.run("naive", ["-D", f"target={root / NAIVE / 'target.toml'}"])
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return INTERRUPTED
    told = judge(run, breaches, contract, whole=not asked.behave)
    print("\n".join(_found(run, breaches)))
    kept = {id_ for id_ in contract for o in run.outcomes if id_ in o.tags and o.passed} - set(breaches)
    print(f"\n{run.passed} scenarios held, {len(run.failures)} failed ({run.seconds:.0f} s)")
    print(f"kept: {' '.join(sorted(kept))}")
    for difference in told:
        print(f"\nDIFFERENCE: {difference}")
    print(f"\n{len(told)} differences between what was found and {NAIVE / 'breaches.toml'}")
    if run.exit_code == EXIT_INFRASTRUCTURE:
        return EXIT_INFRASTRUCTURE
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
