"""Events that arrive again, and what the service remembers of them."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.ledger import Ledger
from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.records import Records
from actors.somebody_else import SomebodyElse
from actors.storage import Storage
from actors.teacher import Teacher
from harness.steps import START_DEADLINE, given, then, when


@given("the teacher has deleted the student {student}")
async def teacher_has_deleted_student(student: str, teacher: FromDishka[Teacher], ledger: FromDishka[Ledger]) -> None:
    await teacher.deletes_student(student)
    await ledger.remembers()


@given("the record of the event has lapsed")
async def record_has_lapsed(operator: FromDishka[Operator], nlp: FromDishka[NlpService]) -> None:
    await operator.forgets(nlp.last_event)


@given("the event has been processed, and its record has lapsed")
async def event_has_been_processed(
    storage: FromDishka[Storage],
    ledger: FromDishka[Ledger],
    operator: FromDishka[Operator],
    nlp: FromDishka[NlpService],
) -> None:
    await storage.counts_as_processed()
    await ledger.remembers()
    await operator.forgets(nlp.last_event)


@given("the NLP service has suggested for {batch} in the class {class}, which nobody knows")
async def suggested_in_unknown_class(batch: str, class_name: str, nlp: FromDishka[NlpService]) -> None:
    await nlp.publishes(batch, nlp.event(batch, nlp.one_essay_a_student(), class_name))


@given("the event has been set aside, and is no longer on record")
async def event_has_been_set_aside(storage: FromDishka[Storage], records: FromDishka[Records]) -> None:
    await storage.has_set_aside()
    await records.hold_nothing_of_the_event()


@when("the class {class} is there after all, and the same event is delivered again")
async def class_is_there_after_all(
    class_name: str, somebody: FromDishka[SomebodyElse], nlp: FromDishka[NlpService]
) -> None:
    await somebody.creates_class_under_its_id(class_name, nlp.students)
    await nlp.repeats("at once")


@when("the same event is delivered again {rest}")
async def event_is_delivered_again(how: str, nlp: FromDishka[NlpService]) -> None:
    await nlp.repeats(how)


@when(
    "time passes until {int} seconds of the five minutes are left, and again once they have begun anew",
    deadline=2 * 100 + START_DEADLINE,
)
async def time_passes_twice(seconds: int, records: FromDishka[Records]) -> None:
    await records.are_renewed(left=seconds, times=2)


@when("another payload is delivered under the same id:")
async def another_payload_is_delivered(table: Table, nlp: FromDishka[NlpService]) -> None:
    await nlp.repeats_with_other_payload(tables.rows(table))


@then("they begin anew each time, and the event is on record as being processed")
async def event_is_still_on_record(records: FromDishka[Records]) -> None:
    await records.hold_the_event_as_being_processed()


@then("the event is on record as completed, for 24 hours")
async def event_is_on_record(records: FromDishka[Records]) -> None:
    await records.hold_the_event_as_completed()


@then("the event is on record as completed, for 24 hours, once the edit is finished")
async def event_is_on_record_after_the_edit(somebody: FromDishka[SomebodyElse], records: FromDishka[Records]) -> None:
    await somebody.lets_go()
    await records.hold_the_event_as_completed()


@then("the event is on record as being processed, for 5 minutes")
async def event_is_being_processed(somebody: FromDishka[SomebodyElse], records: FromDishka[Records]) -> None:
    await somebody.is_waited_for()
    await records.hold_the_event_as_being_processed()
