"""Many requests at once, and clients that do not do as they should."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.asker import Asker
from actors.requests import BAD_REQUEST, CREATED, NOT_FOUND, OK
from actors.rude_clients import RudeClients
from actors.rush import Rush
from actors.teacher import Teacher
from harness.steps import given, then, when

# What the background of the feature has made.
THINGS = ("8B", "Elsa Lind", "Autumn essays")


@when("the teacher asks twenty times at once to {string}")
async def teacher_asks_at_once(request: str, asker: FromDishka[Asker], rush: FromDishka[Rush]) -> None:
    await rush.asks_at_once([request], asker.things_of(*THINGS))


@when("the teacher asks twenty times at once for each of these:")
async def teacher_asks_for_each_at_once(table: Table, asker: FromDishka[Asker], rush: FromDishka[Rush]) -> None:
    await rush.asks_at_once([row["request"] for row in tables.rows(table)], asker.things_of(*THINGS))


@then("one of them is created, and all others are refused")
async def one_is_created(rush: FromDishka[Rush]) -> None:
    rush.one_won(CREATED, BAD_REQUEST)


@then("one of them is done, and for all others there is no such thing")
async def one_is_done(rush: FromDishka[Rush]) -> None:
    rush.one_won(OK, NOT_FOUND)


@then("none of the requests fails")
async def none_fails(rush: FromDishka[Rush]) -> None:
    rush.none_failed()


@when("ten clients {rest}, while others ask")
async def clients_are_rude(how: str, asker: FromDishka[Asker], clients: FromDishka[RudeClients]) -> None:
    await clients.behave(how, asker.things_of(*THINGS))


@given("ten clients have sent half of a request for a class")
async def clients_are_slow(clients: FromDishka[RudeClients]) -> None:
    await clients.begin_slowly()


@when("others ask, before the slow clients send the rest byte by byte")
async def slow_clients_go_on(asker: FromDishka[Asker], clients: FromDishka[RudeClients]) -> None:
    await clients.others_ask(asker.things_of(*THINGS))
    await clients.go_on()


@then("the teacher has {int} classes")
async def teacher_has_classes(classes: int, teacher: FromDishka[Teacher]) -> None:
    await teacher.lists_classes((100, 0))
    assert len(teacher.shown) == classes, f"the teacher has {len(teacher.shown)} classes, expected {classes}"
