"""What can be wrong with a request: one thing at a time, in the words of the features."""

import copy
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from actors.requests import NO_ID, Request, Things

Path = tuple[str | int, ...]

FIELDS: Mapping[str, Path] = {
    "name": ("name",),
    "course": ("course_codes",),
    "person": ("person_name",),
    "first name": ("person_name", "first_name"),
    "last name": ("person_name", "last_name"),
    "legal name": ("person_name", "legal_full_name"),
    "e-mail": ("email",),
    "classes": ("class_ids",),
    "classes to join": ("add_class_ids",),
    "classes to leave": ("remove_class_ids",),
    "answers": ("associations",),
    "essay": ("associations", 0, "essay_id"),
    "student": ("associations", 0, "student_id"),
    "answer": ("associations", 0, "confirmed"),
}
"""Where a field is in a body."""
PARAMETERS = {"length of the page": "limit", "begin of the page": "offset", "batches": "batch_ids"}
TEACHER = "teacher"
LONGEST = {"legal name": 512}
USUALLY_LONGEST = 255
HUGE = 10**400
NAMED_TWICE = "named twice"

_VALUES: Mapping[str, Any] = {
    "null": None,
    "a number": 7,
    "a huge number": HUGE,
    "a text": "yes",
    "a list": ["yes"],
    "an object": {"yes": "yes"},
    "only blanks": "   ",
    "a NUL in it": "before\0after",
    "a course nobody knows": ["LATIN9"],
    "two courses": ["ENG5", "SV1"],
    "no address": "not an address",
    "below zero": -1,
    "half a number": 1.5,
}
"""What takes the place of a field's value, whatever that is."""


@dataclass(frozen=True)
class Blunder:
    """What is wrong: which field, and how; `names` is how a refusal names the field."""

    field: str
    wrong: str
    others: Things | None = None
    """What belongs to another batch and another class, where something is to be mixed up with it."""

    @property
    def names(self) -> str:
        """The field's name on the wire."""
        if self.field in FIELDS:
            return next(part for part in reversed(FIELDS[self.field]) if isinstance(part, str))
        return {TEACHER: "X-User-ID", **PARAMETERS}[self.field]

    def made_in(self, request: Request) -> Request:
        """Return the request with this blunder in it; raises AssertionError for one that nobody knows."""
        if self.field == TEACHER:
            name = request.headers["X-User-ID"]
            too_long = name + "x" * (USUALLY_LONGEST + 1 - len(name))
            return replace(request, headers={**request.headers, "X-User-ID": too_long})
        if self.field in PARAMETERS:
            parameter = PARAMETERS[self.field]
            if self.wrong == "left out":
                return replace(request, query={k: v for k, v in request.query.items() if k != parameter})
            value = self._instead_of(request.query[parameter])
            return replace(request, query={**request.query, parameter: value})
        assert self.field in FIELDS, f"no field is called {self.field}; known: {', '.join((*FIELDS, *PARAMETERS))}"
        body = copy.deepcopy(request.body)
        *way, last = FIELDS[self.field]
        place = body
        for part in way:
            place = place[part]
        if self.wrong == "left out":
            del place[last]
        elif self.wrong == NAMED_TWICE:
            body["associations"] *= 2
        else:
            place[last] = self._instead_of(place[last])
        return replace(request, body=body)

    def _instead_of(self, value: Any) -> Any:
        is_list = isinstance(value, list)
        longest = LONGEST.get(self.field, USUALLY_LONGEST)
        made: dict[str, Any] = {
            "empty": [] if is_list else "",
            "too long": "x" * (longest + 1),
            "too long an address": f"{'x' * longest}@school.example",
            "no id": [NO_ID] if is_list else NO_ID,
            "no id among ids": [*value, NO_ID] if is_list else f"{value},{NO_ID}",
            "the id of nothing": [str(uuid.uuid4())] if is_list else str(uuid.uuid4()),
            **_VALUES,
            **(
                {"of another batch": self.others.an_essay, "of another class": self.others.a_student}
                if self.others
                else {}
            ),
        }
        assert self.wrong in made, f"nothing is wrong by being {self.wrong}; known: left out, {', '.join(made)}"
        return made[self.wrong]


def _nested(_: Request) -> bytes:
    depth = 100_000
    return b"[" * depth + b"]" * depth


def _with_half_a_character(request: Request) -> bytes:
    """Put one half of a surrogate pair before the first text, escaped as JSON allows it."""
    return json.dumps(request.body).encode().replace(b': "', b': "\\ud800', 1)


BODIES: Mapping[str, tuple[str, Callable[[Request], bytes]]] = {
    "empty": ("application/json", lambda _: b""),
    "not JSON": ("application/json", lambda _: b"the name is 9C"),
    "cut off in the middle": ("application/json", lambda request: json.dumps(request.body).encode()[:-2]),
    "followed by something else": ("application/json", lambda request: json.dumps(request.body).encode() + b"}"),
    "not UTF-8": ("application/json", lambda request: json.dumps(request.body).encode().replace(b'"', b'"\xff', 1)),
    "a list": ("application/json", lambda request: json.dumps([request.body]).encode()),
    "a text": ("application/json", lambda request: json.dumps(json.dumps(request.body)).encode()),
    "a number": ("application/json", lambda _: str(HUGE).encode()),
    "null": ("application/json", lambda _: b"null"),
    "JSON with half a character in a text": ("application/json", _with_half_a_character),
    "nested beyond all measure": ("application/json", _nested),
    "larger than all that is needed": ("application/json", lambda _: b'{"name": "' + b"x" * 8_000_000 + b'"}'),
    "a form": ("application/x-www-form-urlencoded", lambda _: b"name=9C&course_codes=SV2"),
    "JSON that is called plain text": ("text/plain", lambda request: json.dumps(request.body).encode()),
}
"""Bodies that are wrong as a whole, with what they claim to be."""
