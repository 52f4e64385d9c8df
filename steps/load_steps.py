"""Many requests and events at once, and how the service bears them."""

from itertools import cycle, islice

from dishka import FromDishka

from actors import wire
from actors.bookkeeper import Bookkeeper
from actors.crowd import Crowd
from actors.flood import Flood
from actors.monitoring import Monitoring
from actors.onlooker import Onlooker
from actors.operator import Operator
from actors.session_watch import SessionWatch
from actors.somebody_else import SomebodyElse
from harness.steps import START_DEADLINE, given, then, when

ENDURANCE_DEADLINE = 240.0
"""Seconds in which even a slow service has processed some thousand events."""
SLOWLY = 30.0
"""Seconds in which a request of many is answered by a service whose database hardly gets on."""


@given("the service runs with a pool of {int} connections and {int} in reserve", deadline=START_DEADLINE)
async def service_runs_with_a_pool(size: int, reserve: int, operator: FromDishka[Operator]) -> None:
    await operator.starts_service(settings=wire.pool_settings(size, reserve))


@given("{int} changes of {class} wait, each with a connection, until somebody else has finished an edit")
@when("{int} changes of {class} wait, each with a connection, until somebody else has finished an edit")
async def changes_wait(number: int, name: str, crowd: FromDishka[Crowd], somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.holds_class(name)
    crowd.changes_class(name, number)
    await somebody.is_waited_for_by(sessions=number)


@then("no change was said to be made")
async def nothing_said_to_be_made(crowd: FromDishka[Crowd]) -> None:
    await crowd.was_sent_away()


@when("{int} requests of teachers and {int} events come in at once")
async def requests_and_events_come_in(
    requests: int, events: int, crowd: FromDishka[Crowd], flood: FromDishka[Flood], watch: FromDishka[SessionWatch]
) -> None:
    watch.begins()
    crowd.asks(requests)
    await flood.publishes_batches(events)
    await crowd.is_taken_up()


@when("{int} requests of teachers come in at once")
async def requests_come_in(requests: int, crowd: FromDishka[Crowd]) -> None:
    crowd.asks(requests, within=SLOWLY)


@then("all of them are served", deadline=2 * SLOWLY)
async def all_requests_are_served(crowd: FromDishka[Crowd]) -> None:
    await crowd.was_served()


@then("all of them are served once the edit is finished")
async def all_are_served(
    somebody: FromDishka[SomebodyElse], crowd: FromDishka[Crowd], flood: FromDishka[Flood]
) -> None:
    await somebody.lets_go()
    await crowd.was_served()
    await flood.is_stored()


@then("the service never had more than {int} database sessions, and keeps no more than {int}, all of them at rest")
async def few_sessions(most: int, kept: int, watch: FromDishka[SessionWatch]) -> None:
    watch.never_saw_more_than(most)
    await watch.sees_at_rest(kept)


@then("the monitoring is told {int} times, each within {int} milliseconds, that the service is healthy")
async def monitoring_is_told(times: int, milliseconds: int, monitoring: FromDishka[Monitoring]) -> None:
    await monitoring.asks(times)
    monitoring.was_told_healthy(within=milliseconds / 1000)


@given("{int} events of {int} essays wait for that edit to end")
async def events_are_waiting(
    events: int, essays: int, flood: FromDishka[Flood], somebody: FromDishka[SomebodyElse]
) -> None:
    await flood.publishes_batches(events, essays)
    await somebody.is_waited_for()


@given("{int} events that are as large as Kafka takes them wait for that edit to end")
async def large_events_are_waiting(events: int, flood: FromDishka[Flood], somebody: FromDishka[SomebodyElse]) -> None:
    await flood.publishes_large_ones(events)
    await somebody.is_waited_for()


@when("the monitoring asks how the service is, again and again, until no event is left after the edit")
async def monitoring_asks_during_backlog(
    somebody: FromDishka[SomebodyElse], monitoring: FromDishka[Monitoring], flood: FromDishka[Flood]
) -> None:
    await monitoring.asks_until_noticed()
    await somebody.lets_go()
    await monitoring.asks_while(flood.is_waiting)


@then("it is told each time within {int} milliseconds that the service is healthy")
async def told_that_it_is_healthy(milliseconds: int, monitoring: FromDishka[Monitoring]) -> None:
    monitoring.was_told_healthy(within=milliseconds / 1000)


@then("every essay is stored")
async def every_essay_is_stored(flood: FromDishka[Flood]) -> None:
    await flood.is_stored()


@given("a teacher is busy with classes all the time")
async def teacher_is_busy(crowd: FromDishka[Crowd]) -> None:
    crowd.never_stops()


@when("the NLP service publishes {int} batches of {int} essays, {int} at a time")
async def nlp_service_publishes_batches(batches: int, essays: int, lanes: int, onlooker: FromDishka[Onlooker]) -> None:
    await onlooker.publishes_in_lanes([essays] * batches, lanes)


@when("the NLP service publishes {int} batches of 1, 30 and 200 essays in turn, {int} at a time")
async def nlp_service_publishes_batches_of_all_sizes(batches: int, lanes: int, onlooker: FromDishka[Onlooker]) -> None:
    await onlooker.publishes_in_lanes(list(islice(cycle([1, 30, 200]), batches)), lanes)


@then("the teacher has been served all the time")
async def teacher_was_served(crowd: FromDishka[Crowd]) -> None:
    await crowd.went_on()


@then("each batch could be seen as a whole within {int} second")
async def each_batch_was_seen(seconds: int, onlooker: FromDishka[Onlooker], crowd: FromDishka[Crowd]) -> None:
    onlooker.was_seen_within(seconds)
    await crowd.went_on()


@then("at least {int} of 100 batches could be seen as a whole within {int} milliseconds")
async def most_were_seen(percent: int, milliseconds: int, onlooker: FromDishka[Onlooker]) -> None:
    onlooker.saw_most_within(percent / 100, milliseconds / 1000)


@then("all of them within {int} second")
async def all_were_seen(seconds: int, onlooker: FromDishka[Onlooker]) -> None:
    onlooker.was_seen_within(seconds)


@given("{int} events have been processed", deadline=ENDURANCE_DEADLINE)
async def events_have_been_processed(events: int, bookkeeper: FromDishka[Bookkeeper]) -> None:
    await bookkeeper.sees_processed(events, at_once=events)


@when("{int} more are processed, {int} at a time", deadline=ENDURANCE_DEADLINE)
async def more_are_processed(events: int, at_once: int, bookkeeper: FromDishka[Bookkeeper]) -> None:
    await bookkeeper.sees_processed(events, at_once)


@then("the service's memory has grown by less than {int} bytes an event")
async def memory_has_grown_by_less_than(limit: int, bookkeeper: FromDishka[Bookkeeper]) -> None:
    await bookkeeper.finds_memory_grown_by_less_than(limit)


@then("its connections and threads have grown by at most {int} of a kind")
async def hardly_more_connections(spare: int, bookkeeper: FromDishka[Bookkeeper]) -> None:
    await bookkeeper.finds_connections_and_threads_grown_by_no_more_than(spare)
