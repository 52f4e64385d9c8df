"""What the service depends on goes and comes back; the service dies and is started again."""

from dishka import FromDishka

from actors.amid_an_outage import AmidAnOutage
from actors.around_an_outage import AroundAnOutage
from actors.chronicle import Chronicle
from actors.dead_letters import DeadLetters
from actors.marker import Marker
from actors.monitoring import Monitoring
from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.records import Records
from actors.somebody_else import SomebodyElse
from actors.storage import Storage
from harness.steps import START_DEADLINE, given, then, when

NOTICED_WITHIN = 15.0
"""Seconds in which a service notices that a part is away; where a promise names fewer, its own sentence counts them."""


@given("{part} {outage}")
async def part_goes(part: str, outage: str, operator: FromDishka[Operator]) -> None:
    await operator.breaks(part, outage)


@given("no dead letter can be kept")
async def no_dead_letter_can_be_kept(operator: FromDishka[Operator]) -> None:
    await operator.closes_the_place_of_dead_letters()


@given("the service has tried in vain, and the event is neither stored nor acknowledged")
async def event_is_tried_in_vain(monitoring: FromDishka[Monitoring], storage: FromDishka[Storage]) -> None:
    await monitoring.asks_until_retried()
    await storage.neither_holds_nor_acknowledges()


@when("{part} is well again")
@when("dead letters can be kept again")
async def all_is_well_again(*_: str, operator: FromDishka[Operator]) -> None:
    await operator.mends()


@given("Redis has been killed and started again, with nothing in it", deadline=START_DEADLINE)
async def redis_was_restarted(operator: FromDishka[Operator]) -> None:
    await operator.breaks("Redis", "is killed")
    await operator.mends()
    await operator.finds_redis_empty()


@when("suggestions come in before, while and after PostgreSQL {outage}", deadline=START_DEADLINE)
async def suggestions_come_in_around_postgres(outage: str, around: FromDishka[AroundAnOutage]) -> None:
    await around.suggests("PostgreSQL", outage)


@when("suggestions come in before, while and after Kafka {outage}", deadline=START_DEADLINE)
async def suggestions_come_in_around_kafka(outage: str, around: FromDishka[AroundAnOutage]) -> None:
    await around.suggests("Kafka", outage)


@when(
    "suggestions come in before, while and after {part} {outage}, which holds none of them up", deadline=START_DEADLINE
)
async def suggestions_come_in_all_the_same(part: str, outage: str, around: FromDishka[AroundAnOutage]) -> None:
    await around.suggests_without_holding_up(part, outage)


@when("the class {class} is there after all, and the operator has the dead letters replayed", deadline=START_DEADLINE)
async def class_is_there_and_dead_letters_are_replayed(
    class_name: str, somebody: FromDishka[SomebodyElse], nlp: FromDishka[NlpService], operator: FromDishka[Operator]
) -> None:
    await somebody.creates_class_under_its_id(class_name, nlp.students)
    await operator.replays_dead_letters()


@then("the suggestions for {batch} are stored and on record, and it is no dead letter once more")
async def replayed_event_is_stored(
    batch: str,
    nlp: FromDishka[NlpService],
    records: FromDishka[Records],
    storage: FromDishka[Storage],
    dead_letters: FromDishka[DeadLetters],
) -> None:
    await records.come_to_hold_the_event_about(batch)
    await storage.holds_exactly(batch, nlp.one_essay_a_student())
    await dead_letters.hold_no_more_than_one(batch)


@when(
    "suggestions come in before, while and after {part} {outage}, the service killed and started meanwhile",
    deadline=START_DEADLINE,
)
async def suggestions_come_in_around_a_restart(part: str, outage: str, around: FromDishka[AroundAnOutage]) -> None:
    await around.suggests_around_a_restart(part, outage)


@then("all of them are stored, each once, within {int} seconds of its return")
async def all_are_stored(seconds: int, around: FromDishka[AroundAnOutage]) -> None:
    await around.finds_all_stored(within=seconds)


@when("{upset}, and the edit is finished")
async def upset_and_edit_is_finished(
    upset: str, operator: FromDishka[Operator], somebody: FromDishka[SomebodyElse]
) -> None:
    await operator.upsets(upset)
    await somebody.lets_go()


@when("{upset} while the service is at work")
async def upset_at_work(upset: str, operator: FromDishka[Operator], somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.is_waited_for()
    await operator.upsets(upset)


@when("Redis is emptied, and the edit is finished")
async def redis_is_emptied(operator: FromDishka[Operator], somebody: FromDishka[SomebodyElse]) -> None:
    await operator.forgets_all()
    await somebody.lets_go()


@when("{part} {outage} for a moment, and the edit is finished as soon as it is back", deadline=START_DEADLINE)
async def edit_is_finished_after(part: str, outage: str, amid: FromDishka[AmidAnOutage]) -> None:
    await amid.finishes_edit_after(part, outage)


@when("the edit is finished while {part} {outage}, and {part} comes back", deadline=START_DEADLINE)
async def edit_is_finished_while(part: str, outage: str, _: str, amid: FromDishka[AmidAnOutage]) -> None:
    await amid.finishes_edit_while(part, outage)


@when("{part} {outage}, and the service has had to notice")
async def part_goes_and_is_missed(
    part: str, outage: str, operator: FromDishka[Operator], monitoring: FromDishka[Monitoring]
) -> None:
    await operator.breaks(part, outage)
    await monitoring.asks_until_noticed()


@then("what comes in is on record again within {int} seconds")
async def what_comes_in_is_on_record(seconds: int, marker: FromDishka[Marker]) -> None:
    await marker.is_on_record(within=seconds)


@then("what comes in next is stored, too")
async def what_comes_next_is_stored(marker: FromDishka[Marker]) -> None:
    await marker.passes()


@then("nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored")
async def history_holds(marker: FromDishka[Marker], chronicle: FromDishka[Chronicle]) -> None:
    await marker.passes()
    await chronicle.holds()


@given("the operator has killed the service")
async def operator_has_killed_service(operator: FromDishka[Operator]) -> None:
    await operator.kills_service()


@given("the operator has told the service to stop, and it has given up")
async def service_has_given_up(operator: FromDishka[Operator], storage: FromDishka[Storage]) -> None:
    await operator.signals("SIGTERM")
    await operator.sees_the_end(within=8)
    await storage.neither_holds_nor_acknowledges()


@given("the event is on record as being processed, by nobody any more")
async def event_is_half_way(records: FromDishka[Records], storage: FromDishka[Storage]) -> None:
    await storage.neither_holds_nor_acknowledges()
    await records.still_hold_the_event_as_being_processed()


@given("the event is no longer on record")
async def event_is_not_on_record(records: FromDishka[Records]) -> None:
    await records.hold_nothing_of_the_event()


@when("the edit is finished and the operator starts the service", deadline=START_DEADLINE)
async def edit_is_finished_and_service_started(
    operator: FromDishka[Operator], somebody: FromDishka[SomebodyElse]
) -> None:
    await somebody.lets_go()
    await operator.starts_service()


@given("its group is set back to before {batch}, the events still remembered")
async def group_is_set_back(batch: str, operator: FromDishka[Operator], nlp: FromDishka[NlpService]) -> None:
    await operator.sets_back_to(nlp.position_about(batch))


@given("its group is set back to before {batch}, all events forgotten")
async def group_is_set_back_without_memory(
    batch: str, operator: FromDishka[Operator], nlp: FromDishka[NlpService]
) -> None:
    await operator.sets_back_to(nlp.position_about(batch))
    await operator.forgets_all()


@when("{part} {outage}, and comes back once the service has said so", deadline=START_DEADLINE)
async def part_goes_and_comes_back(
    part: str, outage: str, operator: FromDishka[Operator], monitoring: FromDishka[Monitoring]
) -> None:
    await operator.breaks(part, outage)
    await monitoring.is_told_that_it_is_ill(within=NOTICED_WITHIN)
    await operator.mends()
    await monitoring.is_told_that_all_is_well(within=5)


@then("the service has said within {int} seconds that its database is ill")
async def service_has_said_it_is_ill(seconds: int, monitoring: FromDishka[Monitoring]) -> None:
    monitoring.was_told_of_the_illness(within=seconds)


@then("it has said within {int} seconds of the return of {part} that all is well")
async def service_has_said_all_is_well(seconds: int, _: str, monitoring: FromDishka[Monitoring]) -> None:
    monitoring.was_told_of_the_recovery(within=seconds)
