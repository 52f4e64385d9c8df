"""Free ports for published containers."""

import random
import socket

# Below the ephemeral range: a client that keeps trying a dead port in that range can connect to itself,
# and the engine then cannot publish the port again when the container comes back.
LOWEST, HIGHEST = 20_000, 32_000

_random = random.SystemRandom()
_given: set[int] = set()


def free_port() -> int:
    """Return a TCP port that nobody listens on at this moment, and that was not returned before: a container that is
    stopped gets its own back when it starts. Raises OSError when a hundred tries find none.
    """
    for _ in range(100):
        port = _random.randint(LOWEST, HIGHEST)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))  # noqa: S104 -- an engine elsewhere publishes on all addresses
            except OSError:
                continue
            _given.add(port)
            return port
    raise OSError(f"no free port between {LOWEST} and {HIGHEST}")
