"""Answers held against a description: what is not as described is named, and what is, is not."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import httpx
import pytest

from actors.description import Description

THING = {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}, "required": ["id"]}
ID = "0b9c8f0e-5b8e-4a0e-9f7c-3d2b1a4c5d6e"
GOOD = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "paths": {
        "/v1/things": {
            "get": {"responses": {"200": {"description": "x", "content": {"application/json": {"schema": THING}}}}}
        },
    },
}


async def read(content: Any, status: int = 200) -> Description:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=content))
    service = SimpleNamespace(http=httpx.AsyncClient(transport=transport, base_url="http://service"))
    stack = SimpleNamespace(target=SimpleNamespace(description="/openapi.json"))
    description = Description(SimpleNamespace(stack=stack, service=service), Mock())  # type: ignore[arg-type]
    await description.is_read()
    return description


def answered(path: str = "/v1/things/", status: int = 200, **content: Any) -> tuple[str, httpx.Response]:
    return "look", httpx.Response(status, request=httpx.Request("GET", f"http://somewhere:1{path}"), **content)


async def test_an_answer_that_is_as_described_is_fine_whatever_slash_ends_its_path() -> None:
    description = await read(GOOD)
    description.is_valid()
    description.fits([answered(json={"id": ID}), answered("/v1/things", json={"id": ID, "more": 1})])


@pytest.mark.parametrize(
    "answer",
    [
        answered(json={}),
        answered(json={"id": "no-id"}),
        answered(json=[]),
        answered(status=400, json={"id": ID}),
        answered(text="text"),
        answered("/v1/others", json={"id": ID}),
    ],
    ids=["lacks a field", "no uuid", "no object", "another status", "another type", "another path"],
)
async def test_an_answer_that_is_not_as_described_is_named(answer: tuple[str, httpx.Response]) -> None:
    description = await read(GOOD)
    with pytest.raises(AssertionError, match="1 of 2 answers are not as described:\n  the answer to look"):
        description.fits([answered(json={"id": ID}), answer])


async def test_a_description_that_is_none_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"no description at /openapi\.json: 404"):
        await read({}, status=404)
    with pytest.raises(AssertionError, match="there is no description, but"):
        await read([])
    with pytest.raises(AssertionError, match="no valid OpenAPI description"):
        (await read({"openapi": "3.1.0", "paths": {"/x": {"get": {"responses": 7}}}})).is_valid()


async def test_what_can_be_asked_for_and_is_not_described_is_named() -> None:
    with pytest.raises(AssertionError, match="the request to create a class"):
        (await read(GOOD)).knows_every_request()
