"""The suite's own steps, and those that break a laboratory."""

from pathlib import Path

from behave.runner_util import load_step_modules
from dishka import FromDishka

from actors.operator import Operator
from actors.teacher import Teacher
from harness.steps import given, when

load_step_modules([str(Path(__file__).parents[3] / "steps")])


@given("the service has died")
async def service_has_died(operator: FromDishka[Operator]) -> None:
    await operator.kills_service()


@given("the teacher has read the roster of a class of forty, {class}")
async def teacher_has_read_a_long_roster(name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.has_class(name, [f"Pupil{number} Longroster{number}" for number in range(40)])
    await teacher.reads_roster(name)


@given("the database hangs while nobody looks")
async def database_hangs(operator: FromDishka[Operator]) -> None:
    await operator.breaks("PostgreSQL", "hangs")


@when("the teacher deletes the class {class}, in two seconds", deadline=2)
async def teacher_deletes_class_in_time(name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.deletes_class(name)
