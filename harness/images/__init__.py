"""The images of a run: pulled where a registry answers, built from this repository's recipes where none does."""

from harness.images.choice import ImageChoice
from harness.images.images import Images

__all__ = ["ImageChoice", "Images"]
