"""Broken services, each of which must turn a scenario red: proof that the scenarios bite.

Each patch of mutants/ is applied to a copy of service/, and the scenarios of the requirements that it names are run
against that copy, three mutants at a time, on stacks that stand until the last one is done. It is caught when a step of
one of them fails; infrastructure that does not come up, a failing hook or a crash of behave proves nothing and is
called BROKEN. First the service as it is has to pass the same scenarios. Exit code 0 when all were caught, 1 when one
survived or is broken, 2 when a patch cannot be read, 130 when interrupted.
"""

import argparse
import compileall
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from harness import leftovers
from harness.daemon import Daemon
from harness.engine import NoEngineError, chosen_address, connect
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.images.recipe import digest, files_of
from harness.scopes import TIMED
from harness.standing import STANDING, Standing
from tools.broken_images import BrokenImage, BrokenImages
from tools.children import heed_signals
from tools.clones import LEFT_BEHIND, clone
from tools.gherkin import parse_features, written
from tools.outcomes import Outcome
from tools.patches import Patch, PatchError, read_patches
from tools.prefork import Prefork
from tools.runs import ROOT, BehaveRun, describe_exit, run_behave

INTERRUPTED = 130
UNREADABLE = 2
SLOWEST = 10
"""So many mutants are told that took longest."""
CAUGHT, SURVIVED, BROKEN = "caught", "SURVIVED", "BROKEN"
_CONTEXT = re.compile(r"^context\s*=.*$", re.MULTILINE)
_MIGRATIONS = re.compile(r"^\[migrations\]$", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant: the scenarios that caught it as (place, name, message), or why it was not caught.

    `held` are those that it did not turn red, as (place, name). `tried` stands for the patch and the service as it is.
    """

    mutant: str
    what: str
    breaks: tuple[str, ...]
    result: str
    seconds: float
    caught_by: list[tuple[str, str, str]] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    why: str = ""
    tried: str = ""

    def lines(self) -> Iterable[str]:
        """Return the verdict for people."""
        yield f"  {self.result} ({self.seconds:.0f} s) {self.why}".rstrip()
        for place, name, message in self.caught_by:
            yield f"    by {place}  {name}"
            yield from (f"       {line}" for line in message.splitlines())


class Laboratory:
    """Runs behave against copies of the service, in a clone of the repository `root` made in `folder`.

    What stands belongs to a clone: all runs share stacks that stand for nobody else, and only the service is replaced.
    One run at a time; there may be several laboratories. A run ends early once `is_over` is set, by whichever thread.
    """

    def __init__(
        self, root: Path, folder: Path, arguments: Sequence[str], is_over: threading.Event | None = None
    ) -> None:
        self._is_over = is_over or threading.Event()
        self._folder, self._arguments = folder, arguments
        self._artifacts = root / "artifacts"
        self._root = folder / "clone"
        self._images: BrokenImages | None = None
        clone(root, self._root, shared=(".cache", "artifacts"))
        # Where Python may not keep bytecode (PYTHONDONTWRITEBYTECODE), each run would compile all of it anew.
        compileall.compile_dir(self._root, quiet=2)
        self._prefork = Prefork(self._root)

    def run(self, name: str, arguments: Sequence[str], patch: Patch | None = None) -> BehaveRun:
        """Run the scenarios that `arguments` choose, with `patch` applied if given, on the stacks that stand.

        Without any everything is played, on stacks of its own, where several scenarios play at a time.
        Raises `PatchError`, and `InfrastructureError` when its image cannot be built.
        """
        keep = "yes" if arguments else "no"
        if patch is not None:
            arguments = ["-D", f"target={self._target(patch)}", *arguments]
        told = self._artifacts / "mutants" / name
        ours = ["-D", f"keep={keep}", "-D", f"timings={told}.json"]
        return run_behave(
            [*self._features(patch), *ours, *arguments, *self._arguments],
            folder=self._root,
            log=told.with_name(f"{name}.log"),
            prefork=self._prefork,
            tick=self._look_up,
        )

    def _look_up(self) -> None:
        if self._is_over.is_set():
            raise KeyboardInterrupt

    def selected(self, patch: Patch) -> list[Any]:
        """Return behave's scenarios that have to notice `patch`, each row of an outline as one."""
        return [run for run in self._scenarios if patch.selects(run.name, map(str, run.effective_tags))]

    def is_timed(self, patch: Patch) -> bool:
        """Tell whether a scenario that has to notice `patch` bears no company."""
        return any(TIMED in run.effective_tags for run in self.selected(patch))

    @cached_property
    def _scenarios(self) -> list[Any]:
        features = parse_features(self._root / "features")
        return [run for feature in features for scenario in written(feature) for run in scenario.runs]

    def _features(self, patch: Patch | None) -> list[str]:
        """Return the feature files for a run: to read all of them takes half a second."""
        chosen = self.selected(patch) if patch is not None and not patch.hollow else []
        root = self._root.resolve()
        return sorted({str(Path(run.filename).resolve().relative_to(root)) for run in chosen}) or ["features/"]

    def close(self) -> None:
        """Remove the stacks, if any stand, and the images that were built."""
        self._prefork.close()
        try:
            client = connect(chosen_address() or Daemon().address)
        except NoEngineError:
            return
        with ExitStack() as removing:  # each, though the engine may not let go of another one
            if self._images is not None:
                removing.callback(self._images.remove)
            for name in STANDING:
                removing.callback(leftovers.remove_run, client, Standing(name, self._root).id)

    def _target(self, patch: Patch) -> Path:
        place = self._folder / patch.name
        shutil.copytree(self._root / "service", place / "service", ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        patch.apply(place)
        text = (self._root / "targets" / "class_management.toml").read_text(encoding="utf-8")
        target = place / "service" / "target.toml"
        if (self._root / "service" / "Dockerfile").exists():
            image = self._image(place / "service")
            text = _replaced(_CONTEXT, f'reference = "{image.reference}"', text)
            if image.migrated_by is not None:
                text = _replaced(_MIGRATIONS, f'[migrations]\nimage = "{image.migrated_by}"', text)
        else:
            text = _replaced(_CONTEXT, 'context = "."', text)
        target.write_text(text, encoding="utf-8")
        return target

    def _image(self, copy: Path) -> BrokenImage:
        if self._images is None:
            self._images = BrokenImages(self._root / "service", self._root / "constraints.txt", self._root / ".cache")
        image = self._images.of(copy)
        # The service of the mutant before still stands, on its image, until this one's replaces it.
        self._images.remove(but=image.reference)
        return image


def _replaced(line: re.Pattern[str], by: str, text: str) -> str:
    text, replaced = line.subn(by, text)
    if replaced != 1:
        raise PatchError(f"targets/class_management.toml has no line {line.pattern} to replace")
    return text


def try_mutant(laboratory: Laboratory, patch: Patch, thorough: bool) -> Verdict:
    """Return the verdict on one mutant; `thorough` runs on after the first scenario that catches it."""
    begun = time.monotonic()
    arguments = ["--tags", patch.tag_expression] if patch.tag_expression else []
    if patch.scenarios:
        arguments += ["--name", patch.scenarios]
    if not patch.hollow and not thorough:
        arguments += ["--stop", "-D", "quickest=yes"]
    result, why, caught_by, held = BROKEN, "", list[Outcome](), list[Outcome]()
    try:
        run = laboratory.run(patch.name, arguments, patch)
        caught_by = [outcome for outcome in run.outcomes if outcome.refuted]
        held = [outcome for outcome in run.outcomes if outcome.passed]
        result, why = judge_hollow(run, patch.spares) if patch.hollow else judge(run)
    except (PatchError, InfrastructureError) as error:
        why = str(error)
    return Verdict(
        mutant=patch.name,
        what=patch.what,
        breaks=patch.breaks,
        result=result,
        seconds=time.monotonic() - begun,
        caught_by=[(o.place, o.name, f"{o.step}\n{o.brief()}") for o in caught_by] if result == CAUGHT else [],
        held=[(o.place, o.name) for o in held],
        why=why,
    )


def judge(run: BehaveRun) -> tuple[str, str]:
    """Return the result for a mutant that has to turn at least one scenario red, and why it is not caught."""
    if inconclusive := _inconclusive(run):
        return BROKEN, inconclusive
    if any(outcome.refuted for outcome in run.outcomes):
        return CAUGHT, ""
    if run.failed:
        return BROKEN, _with_tail("no step failed, something else did", run)
    return SURVIVED, f"{run.passed} scenarios held"


def judge_hollow(run: BehaveRun, spares: dict[str, str]) -> tuple[str, str]:
    """Return the result for a mutant that has to turn every scenario red, save exactly those that it spares.

    `spares` has names of scenarios, feature files of which it spares every scenario, and `FILE: NAME` where two
    features have a scenario of one name. What a name stands for has to hold as a whole.
    """
    if inconclusive := _inconclusive(run):
        return BROKEN, inconclusive
    passed = [outcome for outcome in run.outcomes if outcome.passed]
    held = _names(passed) - _names(run.failures)
    elsewise = [o.name for o in run.failures if not o.refuted]
    if elsewise:
        return BROKEN, _with_tail(f"no step failed, something else did: {'; '.join(elsewise)}", run)
    if surplus := sorted({o.title for o in passed if spares.keys().isdisjoint(_names([o]))}):
        return SURVIVED, f"held, and not among its `Spares:`: {'; '.join(surplus)}"
    if idle := sorted(set(spares) - held):
        return SURVIVED, f"among its `Spares:`, and did not hold: {'; '.join(idle)}"
    return CAUGHT, ""


def _names(outcomes: Iterable[Outcome]) -> set[str]:
    """Return all that `Spares:` may call these by."""
    return {name for o in outcomes for name in (o.title, o.file, f"{o.file}: {o.title}")}


def _inconclusive(run: BehaveRun) -> str:
    """Say why a run proves nothing, if so."""
    if run.exit_code in (0, 1) and not run.outcomes:
        return _with_tail("no scenario ran: is one tagged with what it breaks, and fits its `Scenarios:`?", run)
    if run.exit_code not in (0, 1) or run.unfinished:
        return _with_tail(describe_exit(run), run)
    return ""


def _with_tail(what: str, run: BehaveRun) -> str:
    tail = "\n".join(f"    | {line}" for line in run.tail().splitlines())
    return f"{what} ({os.path.relpath(run.log)}):\n{tail}"


def try_baseline(laboratory: Laboratory, patches: Sequence[Patch]) -> int:
    """Run the service as it is on everything that `patches` name; returns 0 if it passes, else the exit code."""
    everything = any(patch.hollow for patch in patches)
    ids = sorted({id_ for patch in patches for id_ in patch.breaks})
    selected = sorted({run.name for patch in patches for run in laboratory.selected(patch)})
    names = [argument for name in selected for argument in ("--name", f"^{re.escape(name)}$")]
    run = laboratory.run("baseline", [] if everything else ["--tags", " or ".join(f"@{id_}" for id_ in ids), *names])
    if run.green:
        print(f"  {run.passed} scenarios hold without any patch ({run.seconds:.0f} s)", flush=True)
        return 0
    print(f"  the service as it is does not pass: {describe_exit(run)}; nothing can be proved.")
    for outcome in run.failures:
        print(f"    {outcome.place}  {outcome.name}  [{outcome.status}]")
    print(run.tail())
    return EXIT_INFRASTRUCTURE if run.exit_code == EXIT_INFRASTRUCTURE else 1


def never_red(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the scenarios that ran against mutants and were turned red by none, as `place  name`."""
    red = {place for verdict in verdicts for place, _, _ in verdict.caught_by}
    return sorted({f"{place}  {name}" for verdict in verdicts for place, name in verdict.held if place not in red})


def pace(verdicts: Sequence[Verdict]) -> Iterable[str]:
    """Tell how long mutants took, and which took longest, with the scenarios that they took it for."""
    if not verdicts:
        return
    slowest = sorted(verdicts, key=lambda verdict: verdict.seconds, reverse=True)[:SLOWEST]
    median = statistics.median(verdict.seconds for verdict in verdicts)
    yield f"each took {median:.1f} s (median), {slowest[0].seconds:.1f} s at most; the slowest:"
    for verdict in slowest:
        after = f"{len(verdict.held)} held, then " if verdict.held else ""
        by = verdict.caught_by[0][1] if verdict.caught_by else verdict.result
        yield f"  {verdict.seconds:5.1f} s  {verdict.mutant}: {after}{by}"


def _tried(patch: Patch, root: Path) -> str:
    return digest([("patch", patch.path), *files_of(root / "service")])


def _judged_before(path: Path, patches: Sequence[Patch], chosen: Sequence[Patch], root: Path) -> list[Verdict]:
    """Return the verdicts in the file at `path` on patches as they are, on the service as it is, that still count.

    Of those that are `chosen` that is so if they were caught; the others are tried again.
    """
    if not path.exists():
        return []
    before = {verdict["tried"]: Verdict(**verdict) for verdict in json.loads(path.read_text(encoding="utf-8"))}
    judged = [(patch, before[tried]) for patch in patches if (tried := _tried(patch, root)) in before]
    return [verdict for patch, verdict in judged if verdict.result == CAUGHT or patch not in chosen]


def try_each(
    laboratories: Sequence[Laboratory],
    patches: Sequence[Patch],
    thorough: bool,
    is_over: threading.Event,
    tell: Callable[[Patch, Verdict], None],
) -> None:
    """Try `patches`, one in each laboratory at a time, and `tell` each verdict as it comes, one after the other.

    Whatever goes wrong in one, or an interrupt, ends the runs in the others before it is raised.
    """
    ahead, telling = iter(patches), threading.Lock()

    def work(laboratory: Laboratory) -> None:
        while not is_over.is_set():
            with telling:
                patch = next(ahead, None)
            if patch is None:
                return
            verdict = try_mutant(laboratory, patch, thorough)
            with telling:
                tell(patch, verdict)

    with ThreadPoolExecutor(len(laboratories)) as pool:
        try:
            working = [pool.submit(work, laboratory) for laboratory in laboratories]
            wait(working, return_when=FIRST_EXCEPTION)
            for each in working:
                if each.done():
                    each.result()
        except BaseException:
            is_over.set()
            raise


def try_all(
    laboratories: Sequence[Laboratory],
    patches: Sequence[Patch],
    asked: argparse.Namespace,
    is_over: threading.Event,
    before: Sequence[Verdict] = (),
) -> int:
    """Try the baseline and every mutant not judged `before`, tell what becomes of them, and return the exit code.

    Verdicts on others are kept beside theirs, and are not told.
    """
    names = {patch.name for patch in patches}
    verdicts = [verdict for verdict in before if verdict.mutant in names]
    others = [verdict for verdict in before if verdict.mutant not in names]
    if verdicts:
        print(f"{len(verdicts)} were tried before, by what {asked.json} says, and are not tried again", flush=True)
    done = {verdict.mutant for verdict in verdicts}
    ahead = [patch for patch in patches if patch.name not in done]
    if asked.baseline and ahead:
        print("· the service as it is", flush=True)
        if exit_code := try_baseline(laboratories[0], ahead):
            return exit_code

    def tell(patch: Patch, verdict: Verdict) -> None:
        verdicts.append(replace(verdict, tried=_tried(patch, asked.root)))
        breaks = ", ".join(patch.breaks) or "everything"
        print(f"· {len(verdicts)} of {len(patches)}: {patch.name} breaks {breaks}: {patch.what}", flush=True)
        print("\n".join(verdicts[-1].lines()), flush=True)
        if asked.json:
            kept = [asdict(verdict) for verdict in (*others, *verdicts)]
            asked.json.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")

    # The hollow one has the machine for itself, before anything stands: all is played against it, some of it to hold.
    try_each(laboratories[:1], [patch for patch in ahead if patch.hollow], asked.thorough, is_over, tell)
    timed, usual = list[Patch](), list[Patch]()
    for patch in ahead:
        if not patch.hollow:
            (timed if laboratories[0].is_timed(patch) else usual).append(patch)
    begun = time.monotonic()
    try_each(laboratories, usual, asked.thorough, is_over, tell)
    together = time.monotonic() - begun
    # What is judged by fractions of a second is not to be caught by what others do meanwhile.
    try_each(laboratories[:1], timed, asked.thorough, is_over, tell)
    counts = [sum(v.result == result for v in verdicts) for result in (CAUGHT, SURVIVED, BROKEN)]
    print("\n" + ", ".join(f"{n} {result}" for n, result in zip(counts, ("caught", "survived", "broken"), strict=True)))
    if usual:
        each = together / len(usual)
        print(f"{len(usual)} in {together:.0f} s, {len(laboratories)} at a time: {each:.1f} s a mutant")
    print(*pace(verdicts), sep="\n")
    for verdict in verdicts:
        if verdict.result != CAUGHT:
            print(f"  {verdict.result}: {verdict.mutant} ({', '.join(verdict.breaks) or 'everything'})")
    if asked.thorough and (never := never_red(verdicts)):
        print("Turned red by none of these:", *never, sep="\n  ")
    return 0 if counts[0] == len(patches) else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants that were asked for (all, unless told otherwise)."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="try this one; may be given again")
    parser.add_argument("--no-baseline", dest="baseline", action="store_false", help="do not try the service as it is")
    parser.add_argument("--thorough", action="store_true", help="go on after the first scenario that catches a mutant")
    parser.add_argument("--at-a-time", type=int, default=3, metavar="N", help="try N mutants at a time (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the verdicts to this file, too")
    parser.add_argument("--resume", action="store_true", help="leave out those that FILE says were caught, as all is")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository (default: this one)")
    parser.add_argument("behave", nargs="*", metavar="-- ARGUMENT", help="further arguments for behave")
    asked = parser.parse_args(arguments)
    if asked.resume and not asked.json:
        parser.error("--resume goes on from the verdicts of --json FILE")
    if asked.at_a_time < 1:
        parser.error("--at-a-time takes a number from 1 on")
    heed_signals()
    try:
        patches = read_patches(asked.root / "mutants")
    except PatchError as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    unknown = set(asked.only or ()) - {patch.name for patch in patches}
    if unknown or not patches:
        print(f"mutants/ has no {', '.join(sorted(unknown)) or 'patch'}", file=sys.stderr)
        return UNREADABLE
    chosen = [patch for patch in patches if not asked.only or patch.name in asked.only]
    before = _judged_before(asked.json, patches, chosen, asked.root) if asked.resume else []
    is_over = threading.Event()
    try:
        with tempfile.TemporaryDirectory(prefix="mutants-") as temporary, ExitStack() as opened:
            folders = [Path(temporary) / str(n) for n in range(min(asked.at_a_time, len(chosen)))]
            laboratories = [
                opened.enter_context(closing(Laboratory(asked.root.resolve(), folder, asked.behave, is_over)))
                for folder in folders
            ]
            return try_all(laboratories, chosen, asked, is_over, before)
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
