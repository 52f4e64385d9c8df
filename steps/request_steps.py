"""Everything that can be asked for over HTTP."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.asker import Asker
from actors.requests import Things
from harness.steps import then, when

NOWHERE = "Essays from nowhere"


@when("the teacher asks about {class} and {student}, and about what never was:")
async def teacher_asks_for_what_is_not_there(
    class_name: str, student: str, table: Table, asker: FromDishka[Asker]
) -> None:
    requests = [row["request"] for row in tables.rows(table)]
    await asker.asks(requests, asker.things_of(class_name, student, NOWHERE))
    await asker.asks(requests, Things.nobody_knows())


@when("somebody asks in turn, without a name, about {class} and {student}:")
async def somebody_asks_without_a_name(class_name: str, student: str, table: Table, asker: FromDishka[Asker]) -> None:
    things = asker.things_of(class_name, student, NOWHERE)
    await asker.asks([row["request"] for row in tables.rows(table)], things, named=False)


@when("somebody gives something that is not an id in these requests:")
async def somebody_gives_no_ids(table: Table, asker: FromDishka[Asker]) -> None:
    await asker.asks([row["request"] for row in tables.rows(table)], Things.without_ids())


@when("the teacher and other services ask in turn, about {class}, {student} and {batch}:")
async def all_ask_in_turn(class_name: str, student: str, batch: str, table: Table, asker: FromDishka[Asker]) -> None:
    things = asker.things_of(class_name, student, batch)
    await asker.asks([row["request"] for row in tables.rows(table)], things)


@then("each request is refused because there is no such thing")
async def refused_as_unknown(asker: FromDishka[Asker]) -> None:
    asker.was_refused(404)


@then("each request is refused because the teacher is not named")
async def refused_without_a_name(asker: FromDishka[Asker]) -> None:
    asker.was_refused_as_nobody()


@then("each request is refused because of its form")
async def refused_for_its_form(asker: FromDishka[Asker]) -> None:
    asker.was_refused(400)


@then("each request is answered as promised")
async def answered_as_promised(asker: FromDishka[Asker]) -> None:
    asker.was_answered_as_promised()
