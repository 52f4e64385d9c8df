"""Storms: much breaks at a time, by chance, while everybody goes on."""

from dishka import FromDishka

from actors.storm import Storm
from actors.storm_diary import Diary
from harness.steps import then, when

AS_LONG_AS_IT_TAKES = 3600.0


@when(
    "a storm rages while suggestions for {class} and changes of it come in all the time", deadline=AS_LONG_AS_IT_TAKES
)
async def storm_rages(name: str, storm: FromDishka[Storm]) -> None:
    await storm.rages(name)


@then("all that was acknowledged has had its effect, once and as a whole", deadline=AS_LONG_AS_IT_TAKES)
async def all_has_had_its_effect(diary: FromDishka[Diary]) -> None:
    await diary.holds()
