"""The signals that ask a run to end; it cleans up and obeys."""

import signal

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
