"""The operator starts and stops the service."""

from dishka import FromDishka

from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.somebody_else import SomebodyElse
from actors.storage import Storage
from harness.steps import START_DEADLINE, given, then, when


@given("the service runs", deadline=START_DEADLINE)
@when("the operator starts the service", deadline=START_DEADLINE)
async def operator_starts_service(operator: FromDishka[Operator]) -> None:
    await operator.starts_service()


@given("the operator has stopped the service")
async def operator_has_stopped_service(operator: FromDishka[Operator]) -> None:
    await operator.signals("SIGTERM")
    await operator.sees_the_end(within=8)


@when("the operator sends it {word}")
async def operator_sends_signal(signal: str, operator: FromDishka[Operator]) -> None:
    await operator.signals(signal)


@when("the operator sends it {word} and the edit is finished")
async def operator_sends_signal_during_edit(
    signal: str, operator: FromDishka[Operator], somebody: FromDishka[SomebodyElse]
) -> None:
    await operator.signals(signal)
    await somebody.lets_go()


@then("the service ends within {int} seconds with exit code {int}")
async def service_ends(seconds: int, exit_code: int, operator: FromDishka[Operator]) -> None:
    await operator.saw_it_end(seconds, exit_code)


@then("its consumer group has no members")
async def group_has_no_members(operator: FromDishka[Operator]) -> None:
    await operator.finds_no_members()


@then("none of its connections to PostgreSQL, Kafka and Redis is left")
async def no_connection_is_left(operator: FromDishka[Operator]) -> None:
    await operator.finds_no_connections()


@then(
    "the suggestions are stored for {batch} after the edit is finished and the service is started",
    deadline=START_DEADLINE,
)
async def stored_after_a_new_start(
    batch: str,
    operator: FromDishka[Operator],
    somebody: FromDishka[SomebodyElse],
    nlp: FromDishka[NlpService],
    storage: FromDishka[Storage],
) -> None:
    await somebody.lets_go()
    await operator.starts_service()
    await storage.holds_exactly(batch, nlp.one_essay_a_student())
