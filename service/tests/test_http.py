"""The HTTP application without a database: who may ask, what is refused, and the description of it all."""

import uuid
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import AsyncMock

import httpx
import pytest
from dishka import Provider, Scope, make_async_container, provide
from litestar.types import ASGIApp

from class_management.application.classes import ManageClasses
from class_management.application.ports import UnavailableError
from class_management.domain.errors import ClassNotFoundError
from class_management.entrypoints.http.app import create_app
from class_management.tracing import Tracing

NAMED = {"X-User-ID": "teacher"}


class Stand(Provider):
    """Provides only what these tests reach."""

    scope = Scope.REQUEST
    tracing = provide(Tracing, scope=Scope.APP)

    @provide(provides=ManageClasses)
    def classes(self) -> Any:
        """Stands in for the use cases about classes, each with another end."""
        classes = AsyncMock(spec=ManageClasses)
        classes.show.side_effect = ClassNotFoundError(uuid.uuid4())
        classes.page.side_effect = UnavailableError("database: away")
        classes.delete.side_effect = KeyError("Anna")
        classes.roster.side_effect = lambda teacher, _: [] if teacher in {None, "Åsa"} else None
        return classes


@pytest.fixture(scope="module")
def app() -> ASGIApp:
    return create_app(make_async_container(Stand(), skip_validation=True))


@pytest.fixture
async def client(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        yield client


CLASSES = "/v1/classes/"
ONE = f"/v1/classes/{uuid.uuid4()}"
STUDENTS = "/v1/classes/students"
NAME = {"first_name": "Anna", "last_name": "Öst"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", CLASSES),
        ("GET", CLASSES),
        ("GET", ONE),
        ("PUT", ONE),
        ("DELETE", ONE),
        ("POST", STUDENTS),
        ("GET", f"{STUDENTS}/x"),
        ("PUT", f"{STUDENTS}/x"),
        ("DELETE", f"{STUDENTS}/x"),
        ("GET", "/v1/batches/x/student-associations"),
    ],
)
async def test_who_does_not_say_who_asks_is_refused(client: httpx.AsyncClient, method: str, path: str) -> None:
    for headers in ({}, {"X-User-ID": " "}):
        answer = await client.request(method, path, headers=headers, content=b"{")
        assert (answer.status_code, answer.json()) == (401, {"error": "User authentication required"})


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", CLASSES, {"course_codes": ["ENG5"]}, "name"),
        ("POST", CLASSES, {"name": "", "course_codes": ["ENG5"]}, "name"),
        ("POST", CLASSES, {"name": " ", "course_codes": ["ENG5"]}, "name"),
        ("POST", CLASSES, {"name": "x" * 256, "course_codes": ["ENG5"]}, "name"),
        ("POST", CLASSES, {"name": "a\u0000b", "course_codes": ["ENG5"]}, "name"),
        ("POST", CLASSES, {"name": "5A", "course_codes": []}, "course_codes"),
        ("POST", CLASSES, {"name": "5A", "course_codes": ["FR1"]}, "course_codes"),
        ("POST", CLASSES, {"name": "5A", "course_codes": "ENG5"}, "course_codes"),
        ("PUT", ONE, {"name": None}, "name"),
        ("POST", STUDENTS, {}, "person_name"),
        ("POST", STUDENTS, {"person_name": {"first_name": "Anna"}}, "last_name"),
        ("POST", STUDENTS, {"person_name": NAME, "email": "no address"}, "email"),
        ("POST", STUDENTS, {"person_name": NAME, "class_ids": ["x"]}, "class_ids"),
        ("PUT", f"{STUDENTS}/{uuid.uuid4()}", {"add_class_ids": [1]}, "add_class_ids"),
        ("GET", "/v1/classes/x", None, "class_id"),
        ("GET", "/v1/classes/x/roster", None, "class_id"),
        ("GET", "/v1/batches/x/student-associations", None, "batch_id"),
        ("GET", CLASSES + "?limit=0", None, "limit"),
        ("GET", CLASSES + "?limit=101", None, "limit"),
        ("GET", CLASSES + "?offset=-1", None, "offset"),
        ("GET", CLASSES + "?offset=99999999999", None, "offset"),
    ],
)
async def test_what_is_wrong_is_named(
    client: httpx.AsyncClient, method: str, path: str, body: object, named: str
) -> None:
    answer = await client.request(method, path, headers=NAMED, json=body)
    assert answer.status_code == 400
    assert named in answer.json()["error"]["message"]


async def test_two_courses_are_one_too_many(client: httpx.AsyncClient) -> None:
    answer = await client.post(CLASSES, headers=NAMED, json={"name": "5A", "course_codes": ["ENG5", "SV1"]})
    assert answer.status_code == 400
    assert answer.json()["error"]["error_code"] == "MULTIPLE_COURSE_ERROR"


NO_OBJECT = [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"\xff": 1}', b'{"name": "\\ud800"}', b"[" * 100_000]


@pytest.mark.parametrize("content", NO_OBJECT, ids=lambda content: repr(content[:20]))
async def test_what_is_no_object_is_refused(client: httpx.AsyncClient, content: bytes) -> None:
    for content_type in ("application/json", "text/plain"):
        headers = NAMED | {"Content-Type": content_type}
        answer = await client.post(CLASSES, headers=headers, content=content)
        assert 400 <= answer.status_code < 500


async def test_json_has_to_be_called_so(client: httpx.AsyncClient) -> None:
    body = b'{"name": ""}'
    for content_type, status in {
        "application/json": 400,
        "Application/JSON; charset=utf-8": 400,
        "": 400,
        "text/plain": 415,
        "application/x-www-form-urlencoded": 415,
    }.items():
        answer = await client.post(CLASSES, headers=NAMED | {"Content-Type": content_type}, content=body)
        assert answer.status_code == status
        assert ("name" if status == 400 else "body") in answer.json()["error"]["message"]


async def test_an_error_says_what_happened_and_in_which_request(client: httpx.AsyncClient) -> None:
    correlation_id = str(uuid.uuid4())
    answer = await client.get(ONE, headers=NAMED | {"X-Correlation-ID": correlation_id})
    error = answer.json()["error"]
    assert (answer.status_code, error["error_code"], error["operation"]) == (404, "CLASS_NOT_FOUND", "show_class")
    assert error["correlation_id"] == answer.headers["X-Correlation-ID"] == correlation_id
    assert set(error) == {"error_code", "message", "correlation_id", "timestamp", "service", "operation", "details"}


async def test_a_correlation_id_that_is_no_uuid_is_replaced(client: httpx.AsyncClient) -> None:
    answer = await client.get(ONE, headers=NAMED | {"X-Correlation-ID": "x"})
    assert uuid.UUID(answer.headers["X-Correlation-ID"])


async def test_trouble_is_503_and_a_mistake_of_ours_500_without_details(client: httpx.AsyncClient) -> None:
    away, mistake = await client.get(CLASSES, headers=NAMED), await client.delete(ONE, headers=NAMED)
    assert (away.status_code, mistake.status_code) == (503, 500)
    assert "Anna" not in mistake.text


async def test_the_roster_may_be_read_without_saying_who_asks(client: httpx.AsyncClient) -> None:
    for headers in ({}, {"X-User-ID": ""}, {"X-User-ID": "Åsa".encode()}):
        answer = await client.get(f"{ONE}/roster", headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"students": []})


async def test_a_name_of_a_teacher_that_is_too_long_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get(ONE, headers={"X-User-ID": "x" * 256})
    assert answer.status_code == 400


async def test_the_description_knows_every_route(client: httpx.AsyncClient) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    routes = {(path, method) for path, methods in described["paths"].items() for method in methods}
    assert routes == {
        ("/healthz", "get"),
        ("/livez", "get"),
        ("/internal/v1/batches/{batch_id}/student-names", "get"),
        ("/internal/v1/associations/essay/{essay_id}", "get"),
        ("/internal/v1/batches/class-info", "get"),
        ("/metrics", "get"),
        ("/v1/classes", "get"),
        ("/v1/classes", "post"),
        ("/v1/classes/{class_id}", "get"),
        ("/v1/classes/{class_id}", "put"),
        ("/v1/classes/{class_id}", "delete"),
        ("/v1/classes/{class_id}/roster", "get"),
        ("/v1/classes/students", "post"),
        ("/v1/classes/students/{student_id}", "get"),
        ("/v1/classes/students/{student_id}", "put"),
        ("/v1/classes/students/{student_id}", "delete"),
        ("/v1/batches/{batch_id}/student-associations", "get"),
        ("/v1/batches/{batch_id}/student-associations/confirm", "post"),
    }
    for path, method in routes:
        operation = described["paths"][path][method]
        assert operation["summary"]
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                assert parameter["schema"].get("format") == "uuid"


async def test_livez_asks_nobody(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).status_code == 200
