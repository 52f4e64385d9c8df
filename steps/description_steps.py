"""What the service says of its HTTP interface, and whether it is true."""

from dishka import FromDishka

from actors.asker import Asker
from actors.blunderer import Blunderer
from actors.description import Description
from actors.requests import Things
from harness.steps import then, when


@when("somebody reads the description of the service")
async def somebody_reads_the_description(description: FromDishka[Description]) -> None:
    await description.is_read()


@when("all that can be asked for is asked, about {class}, {student} and {batch}")
async def all_is_asked(class_name: str, student: str, batch: str, asker: FromDishka[Asker]) -> None:
    await asker.asks_for_all(asker.things_of(class_name, student, batch))


@when("all that can be asked for is asked about what nobody knows")
async def all_is_asked_about_nothing(asker: FromDishka[Asker]) -> None:
    await asker.asks_for_all(Things.nobody_knows())


@when("all that can be asked for is asked at once, about what nobody knows")
async def all_is_asked_at_once(asker: FromDishka[Asker]) -> None:
    await asker.asks_for_all_at_once(Things.nobody_knows())


@when("all that can be asked for is asked about what is no id")
async def all_is_asked_without_ids(asker: FromDishka[Asker]) -> None:
    await asker.asks_for_all(Things.without_ids())


@when("all that can be asked for is asked by nobody")
async def all_is_asked_by_nobody(asker: FromDishka[Asker]) -> None:
    await asker.asks_for_all(Things.nobody_knows(), named=False)


@then("it describes all that can be asked for")
async def it_describes_all(description: FromDishka[Description]) -> None:
    description.is_valid()
    description.knows_every_request()


@then("each answer is as the description says")
async def each_answer_is_as_described(description: FromDishka[Description], asker: FromDishka[Asker]) -> None:
    await description.is_read()
    description.fits(asker.answers)


@then("each refusal is as the description says")
async def each_refusal_is_as_described(description: FromDishka[Description], blunderer: FromDishka[Blunderer]) -> None:
    await description.is_read()
    description.fits(blunderer.answers)
