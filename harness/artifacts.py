"""What a run leaves behind for its readers: a folder of its own, and `latest` beside it."""

import secrets
from datetime import datetime
from pathlib import Path

MESSAGES = "messages.ndjson"
LATEST = "latest"


def new_folder(artifacts: Path) -> Path:
    """Make the folder of a run that begins now, let `latest` lead to it, and return it. Runs may begin at once."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    folder = artifacts / f"{stamp}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    fresh = artifacts / f".{LATEST}-{folder.name}"
    fresh.symlink_to(folder.name, target_is_directory=True)
    fresh.replace(artifacts / LATEST)
    return folder
