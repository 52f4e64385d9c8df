"""What a failing step leaves behind: a folder with all that tells why, and a digest for the console.

Small collectors look at one thing each, all at the same time. The harness brings those that need to know nothing of
the contract; actors offer theirs as a `tuple[Collector, ...]` in the SCENARIO scope.
"""

from harness.evidence.collector import Collector, Finding
from harness.evidence.evidence import Kept, keep_evidence

__all__ = ["Collector", "Finding", "Kept", "keep_evidence"]
