"""What an event looks like on the wire (contract §3); extra fields are ignored.

Ids and times are strings here: one that is no UUID or no time does not make the message invalid. Only what is used,
or makes a message invalid, is named.
"""

from typing import Annotated

import msgspec

from class_management.domain.courses import CourseCode

TOPIC = "huleedu.batch.author.matches.suggested.v1"
DEAD_LETTER_TOPIC = TOPIC + ".dlq"
EVENT_TYPES = frozenset({TOPIC, "batch.author.matches.suggested"})
SCHEMA_VERSION = 1

Score = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Envelope(msgspec.Struct, gc=False):
    """What wraps every event on the platform; `data` is decoded once the type is known."""

    event_type: str
    source_service: str
    data: msgspec.Raw
    event_id: str | None = None
    event_timestamp: str | None = None
    schema_version: int = 1
    correlation_id: str | None = None
    data_schema_uri: str | None = None
    metadata: dict[str, msgspec.Raw] | None = None


class SuggestionData(msgspec.Struct, gc=False):
    """Somebody who may have written the essay."""

    student_id: str
    student_name: str
    confidence_score: Score
    match_reasons: list[str]
    student_email: str | None = None


class MatchResult(msgspec.Struct, gc=False):
    """An essay and its suggestions, in any order."""

    essay_id: str
    text_storage_id: str
    filename: str
    suggestions: list[SuggestionData] = msgspec.field(default_factory=list)
    no_match_reason: str | None = None


class BatchAuthorMatchesSuggestedV1(msgspec.Struct, gc=False):
    """The suggestions for a batch of essays."""

    batch_id: str
    class_id: str
    course_code: CourseCode
    match_results: list[MatchResult]
    processing_summary: dict[str, msgspec.Raw]
    event_name: str | None = None
    entity_id: str | None = None
    entity_type: str | None = None
    parent_id: str | None = None
