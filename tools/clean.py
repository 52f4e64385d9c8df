"""Removes the containers, networks and volumes that runs which died have left behind; starts no engine for it."""

import sys

from harness.console import say
from harness.daemon import Daemon
from harness.engine import chosen_address, connect
from harness.errors import InfrastructureError
from harness.leftovers import remove_leftovers


def main() -> int:
    """Remove them; returns 1 when the engine does not let it, 0 also when there is no engine."""
    try:
        client = connect(chosen_address() or Daemon().address)
    except InfrastructureError as trouble:
        say(f"No containers to remove: {trouble.problem}")
        return 0
    try:
        for line in remove_leftovers(client):
            say(line)
    except InfrastructureError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
