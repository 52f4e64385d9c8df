"""Examples drawn by chance."""

from dishka import FromDishka

from actors.nonsense import Nonsense
from actors.rehearsals import Rehearsals
from harness.steps import then, when

HOWEVER_MANY = 1800.0
"""Seconds: somebody may have asked for many examples; what hangs meanwhile has a deadline of its own."""


@when("random histories have taken their course", deadline=HOWEVER_MANY)
async def random_histories_take_their_course(rehearsals: FromDishka[Rehearsals]) -> None:
    await rehearsals.take_their_course()


@then("each of them has ended as the promises say", deadline=HOWEVER_MANY)
async def they_have_ended_as_promised(rehearsals: FromDishka[Rehearsals]) -> None:
    await rehearsals.end_as_the_contract_says()


@when("messages come in by the thousand, some as they should be, others spoilt by chance", deadline=HOWEVER_MANY)
async def nonsense_comes_in(nonsense: FromDishka[Nonsense]) -> None:
    await nonsense.comes_in()


@then("each of them is processed, passed over or put aside as promised", deadline=HOWEVER_MANY)
async def nonsense_is_dealt_with(nonsense: FromDishka[Nonsense]) -> None:
    await nonsense.is_dealt_with_as_promised()
