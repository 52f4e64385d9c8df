"""Examples drawn by chance."""

from dishka import FromDishka

from actors.rehearsals import Rehearsals
from harness.steps import START_DEADLINE, then, when


@when("random histories have taken their course", deadline=START_DEADLINE)
async def random_histories_take_their_course(rehearsals: FromDishka[Rehearsals]) -> None:
    await rehearsals.take_their_course()


@then("each of them has ended as the promises say", deadline=START_DEADLINE)
async def they_have_ended_as_promised(rehearsals: FromDishka[Rehearsals]) -> None:
    await rehearsals.end_as_the_contract_says()
