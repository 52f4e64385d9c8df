"""The operator starts and stops the service."""

import asyncio

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.bad_settings import BadSettings
from actors.checkup import CheckUp
from actors.good_settings import GoodSettings
from actors.monitoring import Monitoring
from actors.operator import Operator
from actors.somebody_else import SomebodyElse
from actors.start import STARTS_WITHIN, Start
from harness.laboratories import THE_SERVICE_RUNS
from harness.steps import START_DEADLINE, given, then, when


@given(THE_SERVICE_RUNS, deadline=START_DEADLINE)
@given("the service has just started", deadline=START_DEADLINE)
@when("the operator starts the service", deadline=START_DEADLINE)
async def operator_starts_service(operator: FromDishka[Operator]) -> None:
    await operator.starts_service()


@when(
    "the operator starts the service, and {part} comes up once the service has asked for it again and again",
    deadline=START_DEADLINE,
)
async def part_comes_up_later(
    part: str,
    start: FromDishka[Start],
    check_up: FromDishka[CheckUp],
    operator: FromDishka[Operator],
    monitoring: FromDishka[Monitoring],
) -> None:
    await start.begins()
    await start.asks_again_for(part)
    await check_up.asks_for_life_after_the_start()
    await operator.mends()
    await monitoring.is_told_that_all_is_well(within=10)


@then("it has said meanwhile that it lives, and that it cannot do its work")
async def has_said_that_it_lives(check_up: FromDishka[CheckUp]) -> None:
    check_up.was_told_of_life()


@when(
    "the operator starts the service in the environment {word}, to log what is a warning or graver",
    deadline=START_DEADLINE,
)
async def operator_starts_service_in(environment: str, settings: FromDishka[GoodSettings]) -> None:
    await settings.are_given(environment)


@then("it says that it runs in the environment {word}")
async def service_says_where_it_runs(environment: str, settings: FromDishka[GoodSettings]) -> None:
    await settings.are_shown(environment)


@then("it has logged nothing since that is less grave than a warning")
async def service_has_logged_nothing_less_grave(settings: FromDishka[GoodSettings]) -> None:
    await settings.keep_the_log_short()


@when("the operator starts the service with {rest}")
async def operator_starts_service_with(what: str, start: FromDishka[Start]) -> None:
    await start.begins_with(what)


@when("the operator tries to start the service with one bad setting at a time:", deadline=START_DEADLINE)
async def operator_starts_service_with_bad_settings(table: Table, settings: FromDishka[BadSettings]) -> None:
    await settings.are_tried(tables.rows(table))


@then("it has ended at once each time, and not as if all were well")
async def bad_settings_have_ended_it(settings: FromDishka[BadSettings]) -> None:
    settings.have_ended_it()


@then("it has said each time in one line which setting is bad, and no secret")
async def bad_settings_were_named(settings: FromDishka[BadSettings]) -> None:
    settings.were_named()


@when("the operator starts another one with the same port", deadline=START_DEADLINE)
async def operator_starts_another_one(start: FromDishka[Start]) -> None:
    await start.begins_where_one_runs()


@then("the other one ends at once, and says in one line that its port is taken")
async def other_one_has_ended(start: FromDishka[Start]) -> None:
    start.has_ended_as_the_second()


@when(
    "the operator starts the service, and Kafka is as usual once the service has been asked for a while",
    deadline=START_DEADLINE,
)
async def start_is_watched(check_up: FromDishka[CheckUp]) -> None:
    await check_up.watches_the_start()


@then("it was ready without waiting for Redis")
async def was_ready_without_redis(operator: FromDishka[Operator]) -> None:
    operator.was_ready_within(STARTS_WITHIN)


@then("it ends at once, and not as if all were well")
async def service_ends_with_an_error(start: FromDishka[Start]) -> None:
    await start.ends()


@then("it has said in one line, and without a secret, that {rest}")
async def service_has_said_why(reason: str, start: FromDishka[Start]) -> None:
    await start.has_said(reason)


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
    async def edit_is_finished() -> None:
        await monitoring.is_refused()
        await somebody.lets_go()

    # Not one after the other: the service stops from the signal on, however late the engine tells that it was sent.
    await asyncio.gather(operator.signals(signal), edit_is_finished())


@then("the service ends within {int} seconds with exit code {int}")
async def service_ends(seconds: int, exit_code: int, operator: FromDishka[Operator]) -> None:
    await operator.saw_it_end(seconds, exit_code)


@then("it goes by its promised name in its consumer group")
async def goes_by_its_name(operator: FromDishka[Operator]) -> None:
    await operator.finds_the_member_by_its_name()


@then("its consumer group has no members")
async def group_has_no_members(operator: FromDishka[Operator]) -> None:
    await operator.finds_no_members()


@then("none of its connections to PostgreSQL, Kafka and Redis is left")
async def no_connection_is_left(operator: FromDishka[Operator]) -> None:
    await operator.finds_no_connections()
