"""`make report`: an HTML page and JUnit XML from the messages of a run, beside them."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from harness import artifacts
from harness.reports.behave_messages import NotMessagesError, complete
from harness.reports.html_page import page
from harness.reports.junit import junit
from harness.settings import Settings

NO_REPORT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Write both reports and print where they are; returns `NO_REPORT` when there is nothing to make them from."""
    parser = argparse.ArgumentParser(prog="python -m harness.reports", description=__doc__)
    newest = Settings.read({}).artifacts / artifacts.LATEST / artifacts.MESSAGES
    parser.add_argument("file", type=Path, nargs="?", default=newest, help="messages (default: those of the last run)")
    file: Path = parser.parse_args(arguments).file
    try:
        messages = complete(file.read_text(encoding="utf-8").splitlines())
    except FileNotFoundError:
        return _refuse(f"There are no messages at {_shown(file)}.", "run the suite first (`make acceptance`)")
    except (OSError, NotMessagesError, UnicodeDecodeError) as error:
        return _refuse(f"{_shown(file)} cannot be reported: {error}", "name the messages.ndjson of a run: FILE=…")
    folder = file.resolve().parent
    for name, content in (
        ("report.html", page(messages, f"Acceptance: {folder.name}")),
        ("junit.xml", junit(messages)),
    ):
        (folder / name).write_text(content, encoding="utf-8")
        print(_shown(folder / name))  # noqa: T201 -- the answer
    return 0


def _refuse(what: str, remedy: str) -> int:
    print(f"{what}\nWhat to do: {remedy}.", file=sys.stderr)  # noqa: T201
    return NO_REPORT


def _shown(path: Path) -> str:
    return os.path.relpath(path)


if __name__ == "__main__":
    sys.exit(main())
