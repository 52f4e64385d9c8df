"""The service is composed in the suite's process, and looked at from inside."""

from dishka import FromDishka

from actors.composed_apart import ComposedApart
from actors.composition import Compositions
from actors.container_watch import ContainerWatch
from harness.steps import START_DEADLINE, given, then, when


@given("the service is composed in process", deadline=START_DEADLINE)
async def service_is_composed(watch: FromDishka[ContainerWatch]) -> None:
    await watch.begins()


@given("a request and an event have been served")
async def request_and_event_have_been_served(watch: FromDishka[ContainerWatch]) -> None:
    await watch.has_both_served()


@then("all that lasts is of one container, and none of it was made anew")
async def what_lasts_was_made_once(watch: FromDishka[ContainerWatch]) -> None:
    watch.finds_what_lasts_made_once()


@when("the service is given twice {rest}")
async def service_is_given_twice(what: str, watch: FromDishka[ContainerWatch]) -> None:
    await watch.has_it_done_twice(what)


@then("each time all was new, and all was closed")
async def all_was_new(watch: FromDishka[ContainerWatch]) -> None:
    watch.found_all_new()


@given("the service is composed in process, with database connections of the test's own", deadline=START_DEADLINE)
async def service_is_composed_with_other_connections(apart: FromDishka[ComposedApart]) -> None:
    await apart.with_connections_of_the_tests_own()


@then("the connections of the test's own have done it")
async def other_connections_have_done_it(apart: FromDishka[ComposedApart]) -> None:
    await apart.finds_sessions_of_the_tests_own()


@given("the service is composed in process, and does not run yet")
async def service_is_composed_only(compositions: FromDishka[Compositions]) -> None:
    await compositions.compose()


@when("the container is asked for everything that it provides")
async def container_is_asked_for_everything(apart: FromDishka[ComposedApart]) -> None:
    await apart.builds_everything()


@then("all of it is there, and is closed with the container")
async def everything_is_there(apart: FromDishka[ComposedApart]) -> None:
    apart.has_built_everything()


@given("the service is composed twice in one process", deadline=START_DEADLINE)
async def service_is_composed_twice(apart: FromDishka[ComposedApart]) -> None:
    await apart.runs_twice()


@when("events come in through all partitions")
async def events_come_in(apart: FromDishka[ComposedApart]) -> None:
    await apart.has_events_in_all_partitions()


@when("one of the two ends, and events come in through all partitions")
async def one_ends_and_events_come_in(apart: FromDishka[ComposedApart]) -> None:
    await apart.ends_the_first()
    await apart.has_events_in_all_partitions()


@then("all of them are stored")
async def all_of_them_are_stored(apart: FromDishka[ComposedApart]) -> None:
    await apart.finds_all_stored()


@then("each of the two has counted what it has done itself")
async def each_has_counted_its_own(apart: FromDishka[ComposedApart]) -> None:
    await apart.finds_each_has_counted_its_own()


@then("the other one is well, and has counted all of them")
async def the_other_is_well(apart: FromDishka[ComposedApart]) -> None:
    await apart.finds_the_other_well()


@given("the process is looked at")
async def process_is_looked_at(apart: FromDishka[ComposedApart]) -> None:
    await apart.looks_at_the_process()


@when("the service is composed in process, and has done its work", deadline=START_DEADLINE)
async def service_has_done_its_work(apart: FromDishka[ComposedApart]) -> None:
    await apart.composes_and_ends()


@then("nothing that the process has once for all has changed")
async def process_is_unchanged(apart: FromDishka[ComposedApart]) -> None:
    apart.finds_the_process_unchanged()
