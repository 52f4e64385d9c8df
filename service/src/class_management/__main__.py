"""The command line: without arguments the service, with `migrate` the migrations."""

import asyncio
import logging
import os
import signal
import sys

from class_management import logs, settings
from class_management.application.health import StartError

USAGE = "usage: python -m class_management [migrate]"


def main(arguments: list[str]) -> int:
    """Run the command and say its exit code."""
    # A first process of a container is deaf to signals that it does not handle: until the service handles them
    # itself, there is nothing to finish.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logs.configure()
    commands = {(): run_service, ("migrate",): run_migrations}
    command = commands.get(tuple(arguments))
    if command is None:
        print(USAGE, file=sys.stderr)  # noqa: T201 -- an answer to a person at a terminal
        return 2
    try:
        command()
    except (settings.SettingsError, StartError) as error:
        logging.getLogger("class_management").critical(str(error))
        return 1
    except Exception:
        logging.getLogger("class_management").critical("ended by a failure", exc_info=True)
        return 1
    return 0


def run_service() -> None:
    """Serve until a signal."""
    loaded = settings.load(os.environ)
    logs.configure(loaded)
    from class_management.main import serve  # noqa: PLC0415 -- bad settings are told before the heavy imports

    asyncio.run(serve(loaded))


def run_migrations() -> None:
    """Bring the schema up to date; two at once wait for each other."""
    settings.database_url(os.environ)
    from class_management.migrations import upgrade  # noqa: PLC0415 -- the service does without alembic

    upgrade()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
