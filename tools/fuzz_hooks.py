"""What schemathesis is told beyond the description: about half of its requests are about things that there are.

Loaded by schemathesis itself (SCHEMATHESIS_HOOKS); the things come as JSON in FUZZ_THINGS, ids by the names of the
description's fields. Which request gets one depends on what was generated alone, so that a seed gives the same run.
"""

import json
import os
import zlib
from typing import Any

import schemathesis

THINGS: dict[str, list[str]] = json.loads(os.environ.get("FUZZ_THINGS", "{}"))
LISTS = {"class_ids": "class_id", "add_class_ids": "class_id", "remove_class_ids": "class_id"}
"""Fields that hold ids of the kind of another one."""


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    """Put known ids into half of the paths, except where something is deleted: that is for what was just created."""
    if context.operation.method.upper() == "DELETE" or not isinstance(path_parameters, dict):
        return path_parameters
    return {name: _known(name, value) for name, value in path_parameters.items()}


@schemathesis.hook
def map_query(context: Any, query: Any) -> Any:  # noqa: ARG001 -- schemathesis's signature
    """Ask for known batches in half of the requests."""
    if not isinstance(query, dict) or not isinstance(query.get("batch_ids"), str):
        return query
    return {**query, "batch_ids": _known("batch_id", query["batch_ids"])}


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:  # noqa: ARG001 -- schemathesis's signature
    """Put known ids into half of the places for ids in a body."""
    return _with_known(body)


def _with_known(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_known(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: [_known(LISTS[name], item) for item in inner]
        if name in LISTS and isinstance(inner, list)
        else _known(name, _with_known(inner))
        for name, inner in value.items()
    }


def _known(name: str, value: Any) -> Any:
    """Return a known id instead of half of the texts that stand for one."""
    known = THINGS.get(name)
    if not known or not isinstance(value, str):
        return value
    chance = zlib.crc32(value.encode("utf-8", "surrogatepass"))
    return known[(chance >> 1) % len(known)] if chance % 2 else value
