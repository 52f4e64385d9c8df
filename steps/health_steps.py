"""The service is asked how it is, part by part; the container is asked whether the process lives."""

from dishka import FromDishka

from actors.checkup import CheckUp
from actors.monitoring import Monitoring
from actors.operator import Operator
from actors.somebody_else import SomebodyElse
from harness.steps import START_DEADLINE, given, then, when


@then("until it had joined its group the service has said each time that Kafka is ill")
async def service_has_said_that_it_waits(check_up: FromDishka[CheckUp]) -> None:
    check_up.was_told_of_kafka_until_it_had_joined()


@then("it has not once called itself healthy before it had joined")
async def service_was_not_healthy_too_soon(check_up: FromDishka[CheckUp]) -> None:
    check_up.was_told_of_no_health_before_it_had_joined()


@then("the service has said that {part} is ill, and nothing else")
async def service_has_said_what_is_ill(part: str, monitoring: FromDishka[Monitoring]) -> None:
    monitoring.was_told_what_is_ill(part)


@given("the service runs, and lets its consumer make no progress for {int} second(s)", deadline=START_DEADLINE)
async def service_runs_with_patience(seconds: int, check_up: FromDishka[CheckUp]) -> None:
    await check_up.starts_the_service_with_patience(seconds)


@when("the monitoring asks how the service is until it is told of an illness")
async def monitoring_asks_until_the_consumer_is_ill(check_up: FromDishka[CheckUp]) -> None:
    await check_up.asks_until_the_consumer_is_ill()


@then("the service has said that its consumer is ill, and nothing else")
async def service_has_said_that_its_consumer_is_ill(check_up: FromDishka[CheckUp]) -> None:
    check_up.was_told_that_the_consumer_is_ill()


@then("it says that all is well once the edit is finished")
async def service_is_well_after_the_edit(
    somebody: FromDishka[SomebodyElse], monitoring: FromDishka[Monitoring]
) -> None:
    await somebody.lets_go()
    await monitoring.is_told_that_all_is_well(within=10)


@when("the monitoring asks for {int} seconds how the service is")
async def monitoring_asks_for(seconds: int, monitoring: FromDishka[Monitoring]) -> None:
    await monitoring.asks_for(seconds)


@then("it is told each time that the service is healthy")
async def monitoring_is_told_each_time(monitoring: FromDishka[Monitoring]) -> None:
    monitoring.was_told_healthy(within=5)


@when("the engine runs the container's own health check")
async def engine_checks_the_container(check_up: FromDishka[CheckUp]) -> None:
    await check_up.has_the_container_checked()


@when("its process stands still, and the engine runs the container's own health check")
async def process_stands_still(operator: FromDishka[Operator], check_up: FromDishka[CheckUp]) -> None:
    await operator.signals("SIGSTOP")
    await check_up.has_the_container_checked()


@then("the process counts as alive")
async def process_counts_as_alive(check_up: FromDishka[CheckUp]) -> None:
    check_up.found_it_alive()


@then("the service says that it lives, and that it cannot do its work")
async def service_says_that_it_lives(check_up: FromDishka[CheckUp]) -> None:
    await check_up.asks_for_life()
    check_up.was_told_of_life()


@then("the process counts as dead")
async def process_counts_as_dead(check_up: FromDishka[CheckUp]) -> None:
    check_up.found_it_dead()
