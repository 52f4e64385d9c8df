"""What the process may do, and whom it lets in."""

from dishka import FromDishka

from actors.monitoring import Monitoring
from actors.operator import Operator
from actors.other_service import OtherService
from actors.start import Start
from actors.warden import Warden
from harness.steps import START_DEADLINE, then, when


@when(
    "the operator starts the service, which is given a wrong password for Redis, and PostgreSQL comes up later",
    deadline=START_DEADLINE,
)
async def operator_starts_service_in_trouble(
    start: FromDishka[Start], operator: FromDishka[Operator], monitoring: FromDishka[Monitoring]
) -> None:
    await start.begins_with_a_wrong_password_for_redis()
    await start.asks_again_for("PostgreSQL")
    await operator.mends()
    await monitoring.is_told_that_it_works(within=15)


@then("no process of it is root's")
async def no_process_is_roots(warden: FromDishka[Warden]) -> None:
    await warden.finds_no_process_of_root()


@then("nothing can be written to its file system")
async def nothing_can_be_written(warden: FromDishka[Warden]) -> None:
    await warden.finds_its_file_system_closed()


@when("another service asks for all about {batch} with a key that is {rest}")
async def other_service_asks_with_a_key(batch: str, how: str, other: FromDishka[OtherService]) -> None:
    await other.asks_with_a_key_that_is(how, batch, "Essay of Elsa Lind")


@then("it is told nothing")
async def other_service_is_told_nothing(other: FromDishka[OtherService]) -> None:
    other.was_told_nothing()
