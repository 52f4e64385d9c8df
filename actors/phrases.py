"""The parameter types of the features' sentences; registered before behave loads the steps."""

import re

from behave.cucumber_expression import define_parameter_type_with

from actors import lost_words, outages, replicas

_QUOTED = r'"([^"]*)"'
_NAMES = ("batch", "class", "student", "essay")


def _names(text: str) -> list[str]:
    return re.findall(_QUOTED, text)


def register() -> None:
    """Register the types: things by their quoted name, and lists of them; what can break, and how."""
    for name in _NAMES:
        define_parameter_type_with(name, _QUOTED, str, str, use_for_snippets=False)
    define_parameter_type_with(
        "students", r'(?:"[^"]*"(?:, | and )?)+', list, _names, use_for_snippets=False, prefer_for_regexp_match=False
    )
    kinds = (
        ("part", outages.PARTS),
        ("outage", outages.WAYS),
        ("upset", outages.UPSETS),
        ("departure", replicas.GONE),
        ("occasion", lost_words.OCCASIONS),
        ("whose", lost_words.DIRECTIONS),
    )
    for name, words in kinds:
        define_parameter_type_with(name, "|".join(map(re.escape, words)), str, str, use_for_snippets=False)
    define_parameter_type_with("rest", r".+", str, str, use_for_snippets=False)
