"""Free ports for published containers."""

import random
import socket

# Below the ephemeral range: a client that keeps trying a dead port in that range can connect to itself,
# and the engine then cannot publish the port again when the container comes back.
LOWEST, HIGHEST = 20_000, 32_000

_random = random.SystemRandom()


def free_port() -> int:
    """Return a TCP port that nobody listens on at this moment; raises OSError when a hundred tries find none."""
    for _ in range(100):
        port = _random.randint(LOWEST, HIGHEST)
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))  # noqa: S104 -- an engine elsewhere publishes on all addresses
            except OSError:
                continue
            return port
    raise OSError(f"no free port between {LOWEST} and {HIGHEST}")
