"""Hard times for the service, of which it has to come out with nothing lost and nothing doubled."""

from dishka import FromDishka

from actors.hard_times import HardTimes
from harness.steps import START_DEADLINE, given, then, when


@when("suggestions come in while everything flaps {int} times, in changing order", deadline=START_DEADLINE)
async def everything_flaps(rounds: int, times: FromDishka[HardTimes]) -> None:
    await times.everything_flaps(rounds)


@when("suggestions come in while {part} flaps {int} times, in changing ways", deadline=START_DEADLINE)
async def part_flaps(part: str, times_: int, times: FromDishka[HardTimes]) -> None:
    await times.flaps(part, times_)


@when("suggestions come in while no host name is known, and all have to connect anew", deadline=START_DEADLINE)
async def no_name_is_known(times: FromDishka[HardTimes]) -> None:
    await times.no_name_is_known()


@when("suggestions come in while the service is killed and started {int} times in a row", deadline=2 * START_DEADLINE)
async def service_is_killed_again_and_again(count: int, times: FromDishka[HardTimes]) -> None:
    await times.is_killed_again_and_again(count)


@when("suggestions come in while the service is killed for want of memory", deadline=START_DEADLINE)
async def service_dies_for_want_of_memory(times: FromDishka[HardTimes]) -> None:
    await times.dies_for_want_of_memory()


@given("the service gets a tenth of a CPU")
async def service_has_little_cpu(times: FromDishka[HardTimes]) -> None:
    await times.has_little_cpu(0.1)


@given("PostgreSQL gets a twentieth of a CPU")
async def postgres_has_little_cpu(times: FromDishka[HardTimes]) -> None:
    await times.postgres_has_little_cpu(0.05)


@then("all that came in is stored, each once")
async def nothing_is_lost(times: FromDishka[HardTimes]) -> None:
    await times.have_lost_nothing()


@given("the service runs, with few descriptors left", deadline=START_DEADLINE)
async def service_runs_with_few_descriptors(times: FromDishka[HardTimes]) -> None:
    await times.runs_with_few_descriptors()


@when("suggestions come in while clients have taken all descriptors, and the clients leave")
async def clients_take_all_descriptors(times: FromDishka[HardTimes]) -> None:
    await times.runs_out_of_descriptors()
