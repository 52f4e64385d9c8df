"""`python -m harness.images`: get all images now, and print which they are."""

import os
import sys

from harness.console import say
from harness.engine import ensure_engine
from harness.errors import EXIT_INFRASTRUCTURE, InfrastructureError
from harness.images import ImageChoice, Images


def main() -> int:
    """Return the exit code."""
    try:
        images = Images(ensure_engine(), ImageChoice.from_mapping(os.environ))
        images.prepare()
    except InfrastructureError as trouble:
        say(str(trouble))
        return EXIT_INFRASTRUCTURE
    for line in images.describe():
        say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
