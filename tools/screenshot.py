"""A picture of the report for the README, taken in Debian's Chromium: a chapter open, with some attachments."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from harness import artifacts, packages, processes
from harness.errors import InfrastructureError
from harness.reports.behave_messages import NotMessagesError, complete
from harness.reports.html_page import page
from harness.settings import ROOT, Settings

CHAPTER = "features/idempotency/an_event_counts_once.feature"
OPENED = (4,)
"""The attachments of the chapter that are unfolded, counted from 0."""
SIZE = (1200, 1600)
LARGEST = 300_000
DEADLINE = 120.0
PRESENT = """
document.head.append(Object.assign(document.createElement("style"), {textContent: "* {transition: none !important}"}));
setTimeout(() => {
  const chapter = [...document.querySelectorAll("button")].find((button) => button.textContent.includes(%s));
  chapter.click();
  setTimeout(() => {
    const attached = [...document.querySelectorAll("details")];
    for (const number of %s) attached[number].open = true;
  }, 200);
}, 300);
"""


def take(messages: Path, picture: Path) -> None:
    """Photograph the report of `messages`.

    Raises `InfrastructureError` when there is no run, it lacks the chapter, or Chromium cannot be had or fails.
    """
    chromium = packages.need("chromium", "chromium", "fonts-dejavu-core", purpose="take a picture of the report")
    try:
        told = complete(messages.read_text(encoding="utf-8").splitlines())
    except (OSError, NotMessagesError) as error:
        raise InfrastructureError(f"{messages} cannot be shown: {error}", "run the whole suite first") from error
    if not any(message.get("source", {}).get("uri") == CHAPTER for message in told):
        raise InfrastructureError(f"The run has no {CHAPTER}.", "run the whole suite first")
    with tempfile.TemporaryDirectory() as folder:
        html, taken = Path(folder, "page.html"), Path(folder, "report.png")
        script = PRESENT % (json.dumps(CHAPTER), json.dumps(OPENED))
        html.write_text(page(told, "Acceptance", script), encoding="utf-8")
        ended = processes.run(_command(chromium, html, taken, Path(folder, "profile")), deadline=DEADLINE)
        if ended.status != 0 or not taken.exists():
            raise InfrastructureError(f"Chromium took no picture (exit code {ended.status}).", details=ended.said)
        content = taken.read_bytes()
    if len(content) > LARGEST:
        raise InfrastructureError(f"The picture has {len(content)} bytes, {LARGEST} at most.")
    picture.write_bytes(content)


def _command(chromium: str, html: Path, picture: Path, profile: Path) -> list[str]:
    width, height = SIZE
    command = [
        chromium,
        "--headless",
        "--disable-gpu",
        "--disable-lcd-text",
        "--hide-scrollbars",
        f"--user-data-dir={profile}",
    ]
    if os.geteuid() == 0:
        command.append("--no-sandbox")  # which root cannot have
    # The time of the page runs ahead until everything is drawn, and no name leads out of this machine.
    command += ["--virtual-time-budget=8000", "--host-resolver-rules=MAP * ~NOTFOUND"]
    return [*command, f"--window-size={width},{height}", f"--screenshot={picture}", html.as_uri()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the picture and say where it is; returns 1 when that did not work."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshot", description=__doc__)
    newest = Settings.read({}).artifacts / artifacts.LATEST / artifacts.MESSAGES
    parser.add_argument("file", type=Path, nargs="?", default=newest, help="messages (default: those of the last run)")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "report.png", help="the picture")
    asked = parser.parse_args(arguments)
    try:
        take(asked.file, asked.to)
    except InfrastructureError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print(os.path.relpath(asked.to))
    return 0


if __name__ == "__main__":
    sys.exit(main())
