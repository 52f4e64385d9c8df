"""The folder of a failing scenario, and the digest of it for the console."""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dishka import AsyncContainer

from harness.evidence import cache, engine, group, http, messages, proxies, service_log, sessions
from harness.evidence.collector import Collected, Collector, gather
from harness.evidence.scene import Scene
from harness.scopes import ScenarioInfo

INDEX = "evidence.md"
SHOWN, LONGEST_SHOWN = 12, 600
"""Lines of each finding that the index shows, and characters of a line; all of it is in its file."""
LONGEST_LINE = 20_000
MOST_TELLING = 14
LONGEST_TELLING = 400
"""Lines, and characters of a line, that the console shows besides the failure itself."""


@dataclass(frozen=True)
class Kept:
    """What was kept: the folder, and the few lines that explain most failures without it."""

    folder: Path
    digest: tuple[str, ...]

    @property
    def index(self) -> Path:
        """The file that tells what is in the folder, with the gist of it."""
        return self.folder / INDEX


class Evidence:
    """The folder of one failing scenario: <feature>_<line>/ in the folder of the run."""

    def __init__(self, folder: Path, info: ScenarioInfo, scene: Scene, of_actors: Sequence[Collector] = ()) -> None:
        self.folder = folder / f"{Path(info.file).stem}_{info.line}"
        self._info, self._scene, self._of_actors = info, scene, of_actors

    async def keep(self, phrase: str, failure: BaseException) -> Kept:
        """Look at everything and write it down; takes no longer than the slowest collector may.

        What the console shows is written into the index as well, so that either can be read alone.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        story = self._scene.redaction.hidden("".join(traceback.format_exception(failure))).splitlines()
        self._write("failure.txt", [self._info.name, self._info.place, "", phrase, "", *story])
        self._write("journal.jsonl", self._scene.journal.lines())
        collected = await gather(self._collectors())
        digest = self._digest(collected)
        for part in collected:
            self._write(part.collector.file, part.finding.lines)
        self._write(INDEX, self._index(phrase, failure, collected, digest))
        return Kept(self.folder, digest)

    def _collectors(self) -> list[Collector]:
        """Return all collectors, the most telling ones first."""
        scene = self._scene
        return [
            engine.collector(scene),
            sessions.collector(scene),
            *self._of_actors,
            messages.collector(scene),
            *service_log.collectors(scene),
            proxies.collector(scene),
            group.collector(scene),
            cache.collector(scene),
            http.collector(scene),
        ]

    def _digest(self, collected: Iterable[Collected]) -> tuple[str, ...]:
        lines = [self._scene.redaction.text(line) for part in collected for line in part.finding.telling]
        shown = [line if len(line) <= LONGEST_TELLING else f"{line[:LONGEST_TELLING]}…" for line in lines]
        if len(shown) > MOST_TELLING:
            shown = [*shown[:MOST_TELLING], f"… and {len(shown) - MOST_TELLING} more lines"]
        return tuple(shown)

    def _index(
        self, phrase: str, failure: BaseException, collected: Iterable[Collected], digest: Sequence[str]
    ) -> Iterable[str]:
        yield f"# {self._info.name}"
        yield ""
        yield f"`{self._info.place}`, at the step: {phrase}"
        yield ""
        yield from _quoted(str(failure).splitlines() or [type(failure).__name__])
        yield ""
        yield "## What goes with it"
        yield ""
        yield from [f"- {line}" for line in digest] or ["Nothing stands out; see below."]
        yield ""
        yield "## What there is"
        yield ""
        yield "| | |"
        yield "|---|---|"
        yield "| [failure.txt](failure.txt) | where it failed, in the suite's own code |"
        yield "| [journal.jsonl](journal.jsonl) | all that was sent and seen, in its order |"
        for part in collected:
            file, lines = part.collector.file, part.finding.lines
            what = "**not had**: " + lines[0] if part.failed else part.collector.title
            yield f"| [{file}]({file}) | {what} |"
        for part in collected:
            yield ""
            yield f"## {part.collector.title}"
            yield ""
            yield from _quoted([self._scene.redaction.text(line, LONGEST_SHOWN) for line in part.finding.lines[:SHOWN]])
            if len(part.finding.lines) > SHOWN:
                file = part.collector.file
                yield f"… {len(part.finding.lines) - SHOWN} more lines in [{file}]({file})"

    def _write(self, name: str, lines: Iterable[str]) -> None:
        text = "\n".join(self._scene.redaction.text(line, LONGEST_LINE) for line in lines)
        (self.folder / name).write_text(text + "\n", encoding="utf-8", errors="replace")


def _quoted(lines: Sequence[str]) -> Iterable[str]:
    yield "```"
    yield from lines
    yield "```"


async def keep_evidence(scope: AsyncContainer, folder: Path, phrase: str, failure: BaseException) -> Kept:
    """Keep the evidence of the scenario of `scope`, in `folder` (of the run), for a `failure` in the step `phrase`."""
    info, of_actors = await scope.get(ScenarioInfo), await scope.get(tuple[Collector, ...])
    return await Evidence(folder, info, await Scene.of(scope), of_actors).keep(phrase, failure)
