"""What a failing step leaves behind."""

import asyncio
import traceback
from pathlib import Path

import docker.errors

from harness.journal import Journal, Redaction
from harness.scopes import ScenarioInfo, Site


class Evidence:
    """The folder of one failing scenario: artifacts/<run>/<feature>_<line>/, with `latest` beside the runs."""

    def __init__(self, folder: Path, info: ScenarioInfo, journal: Journal, redaction: Redaction) -> None:
        self.folder = folder / f"{Path(info.file).stem}_{info.line}"
        self._info, self._journal, self._redaction = info, journal, redaction

    async def keep(self, step: str, error: BaseException, site: Site | None) -> Path:
        """Write journal, service log and the failure itself; returns the folder. Never raises, never hides `error`."""
        try:
            await asyncio.to_thread(self._write, step, error, site)
        except (OSError, docker.errors.DockerException) as trouble:
            error.add_note(f"(evidence could not be kept: {trouble!r})")
        return self.folder

    def _write(self, step: str, error: BaseException, site: Site | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        latest = self.folder.parent.parent / "latest"
        latest.unlink(missing_ok=True)
        latest.symlink_to(self.folder.parent.name, target_is_directory=True)
        story = "".join(traceback.format_exception(error))
        heading = f"{self._info.name}\n{self._info.file}:{self._info.line}\n\n{step}\n\n"
        (self.folder / "failure.txt").write_text(heading + self._clean(story), encoding="utf-8")
        (self.folder / "journal.jsonl").write_text("\n".join(self._journal.lines()) + "\n", encoding="utf-8")
        if site is not None and site.running is not None:
            log = site.running.log_lines(since=self._journal.begun)
            (self.folder / "service.log").write_text(
                "\n".join(self._redaction.text(line) for line in log) + "\n", encoding="utf-8"
            )

    def _clean(self, text: str) -> str:
        return "\n".join(self._redaction.text(line) for line in text.splitlines()) + "\n"
