"""The operator starts and stops the service."""

from dishka import FromDishka

from actors.monitoring import Monitoring
from actors.operator import Operator
from actors.somebody_else import SomebodyElse
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


@when("the operator sends it {word}, and the edit is finished once the service takes nothing new")
async def operator_sends_signal_during_edit(
    signal: str,
    operator: FromDishka[Operator],
    monitoring: FromDishka[Monitoring],
    somebody: FromDishka[SomebodyElse],
) -> None:
    await operator.signals(signal)
    await monitoring.is_refused()
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
