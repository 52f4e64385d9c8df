"""Everything that can be asked for over HTTP."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.asker import Asker, Things
from harness.steps import then, when


@when("somebody asks for what does not exist:")
async def somebody_asks_for_what_does_not_exist(table: Table, asker: FromDishka[Asker]) -> None:
    await asker.asks([row["request"] for row in tables.rows(table)], Things.nobody_knows())


@when("somebody gives no ids in these requests:")
async def somebody_gives_no_ids(table: Table, asker: FromDishka[Asker]) -> None:
    await asker.asks([row["request"] for row in tables.rows(table)], Things.without_ids())


@when("the teacher asks in turn, about {class} and {student}:")
async def teacher_asks_in_turn(class_name: str, student: str, table: Table, asker: FromDishka[Asker]) -> None:
    things = asker.things_of(class_name, student, "Essays from nowhere")
    await asker.asks([row["request"] for row in tables.rows(table)], things)


@then("each request is refused because there is no such thing")
async def refused_as_unknown(asker: FromDishka[Asker]) -> None:
    asker.was_refused(404)


@then("each request is refused because of its form")
async def refused_for_its_form(asker: FromDishka[Asker]) -> None:
    asker.was_refused(400)


@then("each request is answered as promised")
async def answered_as_promised(asker: FromDishka[Asker]) -> None:
    asker.was_answered_as_promised()
