"""The command line: without arguments the service; `migrate`, and what is to be done about dead letters."""

import asyncio
import gc
import logging
import os
import signal
import sys

from class_management import logs, settings
from class_management.application.health import StartError

COLLECT_AFTER = (50_000, 20, 50)
"""New objects, and searches of the first and of the second generation, after which each generation is searched."""

USAGE = """usage: python -m class_management [command]

without a command    run the service
migrate              bring the database's schema up to date
dead-letters list    show the messages that could not be processed, a JSON object a line, without their content
dead-letters replay  publish those messages once more; one that fails again becomes a dead letter again
asyncapi             show what is read from Kafka and written to it, as an AsyncAPI document"""


def main(arguments: list[str]) -> int:
    """Run the command and say its exit code."""
    logs.configure()
    commands = {
        (): run_service,
        ("migrate",): run_migrations,
        ("dead-letters", "list"): list_dead_letters,
        ("dead-letters", "replay"): replay_dead_letters,
        ("asyncapi",): show_asyncapi,
        ("--help",): show_usage,
    }
    command = commands.get(tuple(arguments))
    if command is None:
        print(USAGE, file=sys.stderr)  # noqa: T201 -- an answer to a person at a terminal
        return 2
    # A first process of a container is deaf to signals that it does not handle. Until the service handles them itself,
    # there is nothing to finish; a command that is broken off has not done what it was to do.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: sys.exit(0 if command is run_service else 128 + number))
    try:
        command()
    except (settings.SettingsError, StartError) as error:
        logging.getLogger("class_management").critical(str(error))
        return 1
    except Exception:  # whatever it is, it is told in the form of the log, and not as Python would
        logging.getLogger("class_management").critical("ended by a failure", exc_info=True)
        return 1
    return 0


def run_service() -> None:
    """Serve until a signal."""
    loaded = settings.load(os.environ)
    logs.configure(loaded)
    if not loaded.traces_endpoint:
        # redis loads it wherever it is installed, to do nothing with it: 30 ms of each start.
        sys.modules.setdefault("opentelemetry", None)  # type: ignore[arg-type]  # what `import` takes for not there
    # What the imports make stays for ever, and an event makes hundreds of objects, none of them in a circle: searching
    # for circles after every 700 of them, as is the default, took a tenth of the time, of the start and of each event.
    gc.disable()
    from class_management.main import serve  # noqa: PLC0415 -- bad settings are told before the heavy imports

    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()
    asyncio.run(serve(loaded))


def run_migrations() -> None:
    """Bring the schema up to date; two at once wait for each other."""
    settings.database_url(os.environ)
    from alembic.util import CommandError  # noqa: PLC0415 -- the service does without alembic

    from class_management.adapters.postgres import errors  # noqa: PLC0415
    from class_management.migrations import upgrade  # noqa: PLC0415

    try:
        upgrade()
    except CommandError as error:
        raise StartError(f"the database cannot be migrated: {error}") from error
    except Exception as error:
        if errors.verdict(error) is None:
            raise
        raise StartError(f"the database cannot be migrated: {errors.describe(error)}") from error


def list_dead_letters() -> None:
    """Show the dead letters that wait."""
    servers = settings.kafka_bootstrap_servers(os.environ)
    from class_management.entrypoints import dead_letter_office  # noqa: PLC0415 -- bad settings are told first

    asyncio.run(dead_letter_office.list_waiting(servers))


def replay_dead_letters() -> None:
    """Publish the dead letters that wait once more."""
    servers = settings.kafka_bootstrap_servers(os.environ)
    from class_management.adapters import kafka  # noqa: PLC0415 -- bad settings are told first
    from class_management.entrypoints import dead_letter_office  # noqa: PLC0415

    asyncio.run(dead_letter_office.replay(servers, kafka.send))


def show_asyncapi() -> None:
    """Show the description of the topics; no settings are needed."""
    from class_management import asyncapi  # noqa: PLC0415 -- nothing else needs it

    asyncapi.print_document()


def show_usage() -> None:
    """Say what can be asked for."""
    print(USAGE)  # noqa: T201 -- an answer to a person at a terminal


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
