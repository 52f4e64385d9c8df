"""What was done to a service and seen of it while things broke, and the verdict on the whole (V1-V11).

Actors write down what they did and saw; `judge` reads it when everything is over. Nothing here asks anybody, waits,
or knows what the events are about: an event has an id, a key, parts, and an effect that each part is to have.
"""

from harness.history.judge import assert_holds, judge
from harness.history.operations import (
    Announcement,
    Answer,
    Change,
    Commit,
    Effect,
    End,
    Event,
    Figure,
    Guilt,
    History,
    Look,
    Outcome,
    Upset,
)

__all__ = [
    "Announcement",
    "Answer",
    "Change",
    "Commit",
    "Effect",
    "End",
    "Event",
    "Figure",
    "Guilt",
    "History",
    "Look",
    "Outcome",
    "Upset",
    "assert_holds",
    "judge",
]
