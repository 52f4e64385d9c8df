"""The time in which a teacher could have answered passes."""

from datetime import timedelta

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.calendar import Calendar
from actors.deadline import Deadline
from actors.decisions import Decisions
from actors.looks import Looks
from actors.operator import Operator
from harness.steps import START_DEADLINE, given, then, when


@given("{batch} has waited for {int} hours")
async def batch_has_waited(batch: str, hours: int, calendar: FromDishka[Calendar]) -> None:
    await calendar.passes([batch], timedelta(hours=hours))


@given(
    "the operator has started the service, which gives {float} hours to answer, and looks every second",
    deadline=START_DEADLINE,
)
async def service_gives_hours(hours: float, operator: FromDishka[Operator]) -> None:
    await operator.starts_service_set({"timeout_hours": str(hours), "timeout_check_seconds": "1"})


@when("{batch} has waited for {int} minutes, and {batch} for {int}")
async def batches_have_waited(one: str, minutes: int, other: str, more: int, calendar: FromDishka[Calendar]) -> None:
    await calendar.passes([one], timedelta(minutes=minutes))
    await calendar.passes([other], timedelta(minutes=more))


@when("{batch} has waited for {int} hours, and the service is started again", deadline=START_DEADLINE)
async def batch_has_waited_when_started(batch: str, hours: int, deadline: FromDishka[Deadline]) -> None:
    await deadline.passes([batch], hours)


@when("{students} have waited for {int} hours, and two replicas are started", deadline=START_DEADLINE)
async def batches_have_waited_for_two(batches: list[str], hours: int, deadline: FromDishka[Deadline]) -> None:
    await deadline.passes_for_two_replicas(batches, hours)


@when("{batch} has waited for {int} hours, and the service is started while the teacher answers:")
async def batch_has_waited_when_answered(batch: str, hours: int, table: Table, deadline: FromDishka[Deadline]) -> None:
    await deadline.passes_while_the_teacher_answers(batch, hours, tables.rows(table))


@then("after one more look exactly this is decided about {batch}:")
async def exactly_this_is_decided_after_a_look(
    batch: str, table: Table, looks: FromDishka[Looks], decisions: FromDishka[Decisions]
) -> None:
    await looks.are_taken_once_more()
    await decisions.hold_exactly([batch], tables.rows(table))
