"""Teachers confirm who wrote what, and other services ask for it."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.other_service import OtherService
from actors.teacher import Teacher
from harness.compare import assert_exactly
from harness.steps import given, then, when

HEADERS = {"the internal key": "X-Internal-API-Key", "a service's name": "X-Service-ID"}


@when("the teacher answers for {batch}:")
async def teacher_answers(batch: str, table: Table, teacher: FromDishka[Teacher]) -> None:
    await teacher.confirms(batch, tables.rows(table))


@given("the teacher has confirmed all suggestions for {batch}")
async def teacher_has_confirmed_all(batch: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.confirms_all(batch)


@then("it counts {int} confirmed and {int} rejected")
async def it_counts(confirmed: int, rejected: int, teacher: FromDishka[Teacher]) -> None:
    teacher.was_told_counts(confirmed, rejected)


@then("the request is refused because there is no such batch")
async def refused_because_of_the_batch(teacher: FromDishka[Teacher]) -> None:
    teacher.was_refused(400, "error")


@when("another service asks for the names in {batch}")
async def service_asks_for_names(batch: str, service: FromDishka[OtherService]) -> None:
    await service.asks_for_names(batch)


@when("another service asks for the name of {essay}")
async def service_asks_for_essay(essay: str, service: FromDishka[OtherService]) -> None:
    await service.asks_for_essay(essay)


@when("another service asks for the classes of {batch} and {batch}")
async def service_asks_for_classes(one: str, other: str, service: FromDishka[OtherService]) -> None:
    await service.asks_for_classes(one, other)


@then("it is told exactly:")
async def service_is_told(table: Table, service: FromDishka[OtherService]) -> None:
    assert_exactly(tables.rows(table), service.shown, what="what the other service is told")


@then("it is told that nobody is known for {essay}")
async def nobody_is_known(essay: str, service: FromDishka[OtherService]) -> None:
    await service.finds_nobody_for(essay)


@when("another service asks for all about {batch} and {essay} without {rest}")
async def service_asks_without(batch: str, essay: str, what: str, service: FromDishka[OtherService]) -> None:
    await service.asks_without(HEADERS[what], batch, essay)


@then("each of its requests is refused")
async def its_requests_are_refused(service: FromDishka[OtherService]) -> None:
    service.was_refused()
