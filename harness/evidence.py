"""What a failing step leaves behind."""

import traceback
from pathlib import Path

from harness.journal import Journal, Redaction
from harness.scopes import ScenarioInfo, Site


class Evidence:
    """The folder of one failing scenario: artifacts/<run>/<feature>_<line>/, with `latest` beside the runs."""

    def __init__(self, folder: Path, info: ScenarioInfo, journal: Journal, redaction: Redaction) -> None:
        self.folder = folder / f"{Path(info.file).stem}_{info.line}"
        self._info, self._journal, self._redaction = info, journal, redaction

    async def keep(self, step: str, error: BaseException, site: Site) -> Path:
        """Write failure, journal and the log of every process of the service; returns the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        story = "".join(traceback.format_exception(error))
        heading = f"{self._info.name}\n{self._info.file}:{self._info.line}\n\n{step}\n\n"
        self._write("failure.txt", [*heading.splitlines(), *story.splitlines()])
        self._write("journal.jsonl", self._journal.lines())
        self._link()
        for number, service in enumerate(site.stack.services, start=1):
            name = "service.log" if service is site.running else f"service_{number}.log"
            self._write(name, await service.log_lines(since=self._journal.begun))
        return self.folder

    def _write(self, name: str, lines: list[str]) -> None:
        text = "\n".join(self._redaction.text(line) for line in lines)
        (self.folder / name).write_text(text + "\n", encoding="utf-8")

    def _link(self) -> None:
        """Let `latest` lead to this run; two runs may do so at once."""
        run = self.folder.parent
        fresh = run.parent / f".latest-{run.name}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(run.name, target_is_directory=True)
        fresh.replace(run.parent / "latest")
