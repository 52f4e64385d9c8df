"""The six courses that a class can belong to."""

from enum import StrEnum


class CourseCode(StrEnum):
    """Code of a course, as in events, HTTP and the database."""

    ENG5 = "ENG5"
    ENG6 = "ENG6"
    ENG7 = "ENG7"
    SV1 = "SV1"
    SV2 = "SV2"
    SV3 = "SV3"


class Language(StrEnum):
    """Language of a course."""

    EN = "en"
    SV = "sv"
