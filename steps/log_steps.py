"""What the log is like, and what it must not tell."""

from dishka import FromDishka

from actors import wire
from actors.eavesdropper import Eavesdropper
from actors.log_form import LogForm
from actors.operator import Operator
from harness.steps import START_DEADLINE, given, then, when


@then("each line of the log is one object that says when, how grave, and what")
async def each_line_is_one_object(log: FromDishka[LogForm]) -> None:
    await log.is_kept_by_each_line()


@then("every line about the event says which event and which batch it was")
async def every_line_names_event_and_batch(log: FromDishka[LogForm]) -> None:
    await log.names_the_event(with_batch=True)


@then("every line about the event says which event it was")
async def every_line_names_the_event(log: FromDishka[LogForm]) -> None:
    await log.names_the_event(with_batch=False)


@then("lines about {essay} and {essay} say which essay it was")
async def lines_name_their_essay(one: str, other: str, log: FromDishka[LogForm]) -> None:
    await log.names_essays([one, other])


@then("lines about the request carry its correlation id")
async def lines_name_the_request(log: FromDishka[LogForm]) -> None:
    await log.names_the_request()


@then("one of them says that it was about {batch}")
async def line_names_the_batch(batch: str, log: FromDishka[LogForm]) -> None:
    await log.names_the_batch_of_the_request(batch)


@given("the service runs, and logs as much as it can", deadline=START_DEADLINE)
async def service_logs_as_much_as_it_can(operator: FromDishka[Operator]) -> None:
    await operator.starts_service({wire.setting("LOG_LEVEL"): "DEBUG"})


@when("somebody's names and addresses stand in {rest}")
async def somebody_is_named_in(what: str, eavesdropper: FromDishka[Eavesdropper]) -> None:
    await eavesdropper.has_somebody_named_in(what)


@then("the log names nobody, and tells no secret")
async def log_tells_nothing(eavesdropper: FromDishka[Eavesdropper]) -> None:
    await eavesdropper.finds_nothing_in_the_log()
