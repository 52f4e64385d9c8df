"""What a run leaves behind for its readers: a folder of its own, and `latest` beside it."""

import re
import secrets
import shutil
from datetime import datetime
from pathlib import Path

MESSAGES = "messages.ndjson"
LATEST = "latest"
KEPT = 30
"""How many runs are kept; the folders of older ones make room."""
_OF_A_RUN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")


def new_folder(artifacts: Path) -> Path:
    """Make the folder of a run that begins now, let `latest` lead to it, and return it. Runs may begin at once.

    The oldest folders of runs are removed, but for the `KEPT` newest.
    """
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    folder = artifacts / f"{stamp}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    fresh = artifacts / f".{LATEST}-{folder.name}"
    fresh.symlink_to(folder.name, target_is_directory=True)
    fresh.replace(artifacts / LATEST)
    for old in sorted(path for path in artifacts.iterdir() if _OF_A_RUN.fullmatch(path.name))[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)  # another run may be at it, too
    return folder
