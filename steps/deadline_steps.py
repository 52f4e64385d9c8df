"""The time in which a teacher could have answered passes."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.calendar import Calendar
from actors.deadline import Deadline
from harness.steps import START_DEADLINE, given, when


@given("{batch} has waited for {int} hours")
async def batch_has_waited(batch: str, hours: int, calendar: FromDishka[Calendar]) -> None:
    await calendar.passes([batch], hours)


@when("{batch} has waited for {int} hours, and the service is started again", deadline=START_DEADLINE)
async def batch_has_waited_when_started(batch: str, hours: int, deadline: FromDishka[Deadline]) -> None:
    await deadline.passes([batch], hours)


@when("{students} have waited for {int} hours, and two replicas are started", deadline=START_DEADLINE)
async def batches_have_waited_for_two(batches: list[str], hours: int, deadline: FromDishka[Deadline]) -> None:
    await deadline.passes_for_two_replicas(batches, hours)


@when("{batch} has waited for {int} hours, and the service is started while the teacher answers:")
async def batch_has_waited_when_answered(batch: str, hours: int, table: Table, deadline: FromDishka[Deadline]) -> None:
    await deadline.passes_while_the_teacher_answers(batch, hours, tables.rows(table))
