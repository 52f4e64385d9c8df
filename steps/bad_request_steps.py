"""What is wrong with requests, and what comes of it."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.asker import Asker
from actors.belongings import Belongings
from actors.blunderer import Blunderer
from harness.steps import then, when

# What the background of the features has made.
THINGS = ("8B", "Elsa Lind", "Autumn essays")


@when("the teacher asks to {string}, with one thing wrong at a time:")
async def teacher_asks_with_one_thing_wrong(
    request: str, table: Table, asker: FromDishka[Asker], blunderer: FromDishka[Blunderer]
) -> None:
    await blunderer.makes(request, asker.things_of(*THINGS), tables.rows(table))


@when("another service asks to {string}, with one thing wrong at a time:")
async def service_asks_with_one_thing_wrong(
    request: str, table: Table, asker: FromDishka[Asker], blunderer: FromDishka[Blunderer]
) -> None:
    await blunderer.makes(request, asker.things_of(*THINGS), tables.rows(table))


@when("the teacher confirms, mixed up with {student} and {batch}:")
async def teacher_mixes_up(
    student: str, batch: str, table: Table, asker: FromDishka[Asker], blunderer: FromDishka[Blunderer]
) -> None:
    things, others = asker.things_of(*THINGS), asker.things_of(THINGS[0], student, batch)
    await blunderer.makes("confirm the suggestions for a batch", things, tables.rows(table), others)


@when("the teacher asks for everything under a name that is too long")
async def teacher_has_too_long_a_name(asker: FromDishka[Asker], blunderer: FromDishka[Blunderer]) -> None:
    await blunderer.names_herself_too_long(asker.things_of(*THINGS))


@when("the teacher sends a body that is {rest} wherever one is taken")
async def teacher_sends_wrong_bodies(what: str, asker: FromDishka[Asker], blunderer: FromDishka[Blunderer]) -> None:
    await blunderer.sends_everywhere(what, asker.things_of(*THINGS))


@when("the teacher asks for everything with methods that nothing has")
async def teacher_asks_in_unknown_ways(asker: FromDishka[Asker], blunderer: FromDishka[Blunderer]) -> None:
    await blunderer.asks_in_unknown_ways(asker.things_of(*THINGS))


@then("each request is refused, and the refusal names the field")
@then("each request is refused")
async def each_request_is_refused(blunderer: FromDishka[Blunderer]) -> None:
    blunderer.was_refused()


@then("everything is as it was before")
async def everything_is_as_it_was(belongings: FromDishka[Belongings]) -> None:
    await belongings.are_as_they_were()
