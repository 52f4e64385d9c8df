"""The NLP service suggests; suggestions are stored and found."""

from behave.model import Table
from dishka import FromDishka

from actors import dressing, tables
from actors.auditor import Auditor
from actors.ledger import Ledger
from actors.marker import Marker
from actors.nlp_service import NlpService
from actors.somebody_else import SomebodyElse
from actors.storage import Storage
from actors.teacher import Teacher
from harness.compare import assert_exactly
from harness.steps import given, then, when


@given("the NLP service has suggested for {batch}:")
@when("the NLP service suggests for {batch}:")
async def nlp_service_suggests(batch: str, table: Table, nlp: FromDishka[NlpService]) -> None:
    await nlp.suggests(batch, tables.rows(table))


@given("the NLP service has suggested, one event after the other:")
@when("the NLP service suggests, one event after the other:")
async def nlp_service_suggests_in_turn(table: Table, nlp: FromDishka[NlpService]) -> None:
    await nlp.suggests_in_turn(tables.rows(table))


@given("the NLP service has published suggestions for {batch}")
@when("the NLP service suggests for {batch}")
@when("the NLP service publishes the suggestions for {batch} as a new event")
async def nlp_service_suggests_for_all(batch: str, nlp: FromDishka[NlpService]) -> None:
    await nlp.suggests(batch, nlp.one_essay_a_student())


@given("these suggestions for {batch} have been stored:")
async def these_suggestions_have_been_stored(
    batch: str,
    table: Table,
    nlp: FromDishka[NlpService],
    storage: FromDishka[Storage],
    ledger: FromDishka[Ledger],
) -> None:
    await nlp.suggests(batch, tables.rows(table))
    await storage.holds_all_essays_of(batch)
    await ledger.remembers()


@given("these suggestions have been stored, one event after the other:")
async def these_suggestions_have_been_stored_in_turn(
    table: Table, nlp: FromDishka[NlpService], storage: FromDishka[Storage]
) -> None:
    rows = tables.rows(table)
    await nlp.suggests_in_turn(rows)
    await storage.holds_together(nlp.in_turn, rows)


@given("the suggestions for {batch} have been stored")
async def the_suggestions_have_been_stored(
    batch: str, nlp: FromDishka[NlpService], storage: FromDishka[Storage], ledger: FromDishka[Ledger]
) -> None:
    await nlp.suggests(batch, nlp.one_essay_a_student())
    await storage.holds_all_essays_of(batch)
    await ledger.remembers()


@given("the NLP service has suggested for {batch} with an event {rest}")
@when("the NLP service suggests for {batch} with an event {rest}")
async def nlp_service_suggests_dressed(batch: str, dress: str, nlp: FromDishka[NlpService]) -> None:
    event = nlp.event(batch, nlp.one_essay_a_student())
    await nlp.publishes(batch, dressing.dressed(event, dress))


@when("the NLP service suggests for {batch}, {int} essays of which the last is {essay}")
async def nlp_service_suggests_for_many(batch: str, number: int, last: str, nlp: FromDishka[NlpService]) -> None:
    essays = [f"Essay {place} of many" for place in range(1, number)]
    await nlp.suggests(batch, [{"essay": essay, "student": nlp.students[-1]} for essay in [*essays, last]])


@when("the NLP service sends for {batch} an event {rest}")
async def nlp_service_sends_nothing_to_store(batch: str, what: str, nlp: FromDishka[NlpService]) -> None:
    await nlp.publishes(batch, nlp.event_with_nothing_to_store(batch, what))


@when("the NLP service sends for {batch} the results, one after the other:")
async def nlp_service_repeats_essays(batch: str, table: Table, nlp: FromDishka[NlpService]) -> None:
    await nlp.publishes(batch, nlp.event_with_a_result_a_row(batch, tables.rows(table)))


@when("the NLP service suggests {student} for {essay}, its id in capitals")
async def nlp_service_suggests_in_capitals(student: str, essay: str, nlp: FromDishka[NlpService]) -> None:
    event = nlp.event("in capitals", [{"essay": essay, "student": student}])
    await nlp.publishes("in capitals", dressing.dressed(event, "with its ids in upper case"))


@then("exactly these associations are stored for {batch}:")
async def exactly_these_are_stored(batch: str, table: Table, storage: FromDishka[Storage]) -> None:
    await storage.holds_exactly(batch, tables.rows(table))


@then("of these events exactly these associations are stored:")
async def exactly_these_are_stored_of_these(
    table: Table, nlp: FromDishka[NlpService], storage: FromDishka[Storage]
) -> None:
    await storage.holds_together(nlp.in_turn, tables.rows(table))


@then("of these events exactly these associations are stored once the edit is finished:")
async def exactly_these_are_stored_of_these_after_the_edit(
    table: Table, somebody: FromDishka[SomebodyElse], nlp: FromDishka[NlpService], storage: FromDishka[Storage]
) -> None:
    await somebody.lets_go()
    await storage.holds_together(nlp.in_turn, tables.rows(table))


@then("exactly these associations are stored for {batch} once the other gives up:")
async def exactly_these_are_stored_after_the_other_gives_up(
    batch: str, table: Table, somebody: FromDishka[SomebodyElse], storage: FromDishka[Storage]
) -> None:
    await somebody.gives_up()
    await storage.holds_exactly(batch, tables.rows(table))


@then("all essays of {batch} are stored once the other gives up")
async def all_essays_are_stored_after_the_other_gives_up(
    batch: str, somebody: FromDishka[SomebodyElse], storage: FromDishka[Storage]
) -> None:
    await somebody.gives_up()
    await storage.holds_all_essays_of(batch)


@then("exactly these associations are stored for {batch} once the other has stored it:")
async def exactly_these_are_stored_after_the_other(
    batch: str, table: Table, somebody: FromDishka[SomebodyElse], storage: FromDishka[Storage]
) -> None:
    await somebody.is_waited_for()
    await somebody.lets_go()
    await storage.holds_exactly(batch, tables.rows(table))


@then("the association of {essay} is with {student}")
async def association_is_with(essay: str, student: str, storage: FromDishka[Storage]) -> None:
    await storage.holds_student_for(essay, student)


@then("no associations are stored for {batch}")
async def none_are_stored(batch: str, storage: FromDishka[Storage]) -> None:
    await storage.holds_exactly(batch, [])


@then("the suggestions are stored for {batch}")
async def the_suggestions_are_stored(batch: str, nlp: FromDishka[NlpService], storage: FromDishka[Storage]) -> None:
    await storage.holds_exactly(batch, nlp.one_essay_a_student())


@then("the suggestions are stored for {batch} within {int} seconds of its joining the group")
async def the_suggestions_are_stored_soon(
    batch: str, seconds: int, nlp: FromDishka[NlpService], storage: FromDishka[Storage]
) -> None:
    await storage.holds_soon(batch, nlp.one_essay_a_student(), within=seconds)  # a start ends with the joining


@then("the suggestions are stored for {batch} once the edit is finished")
async def the_suggestions_are_stored_after_the_edit(
    batch: str, somebody: FromDishka[SomebodyElse], nlp: FromDishka[NlpService], storage: FromDishka[Storage]
) -> None:
    await somebody.lets_go()
    await storage.holds_exactly(batch, nlp.one_essay_a_student())


@then("nobody sees any of {batch} while the service is at work")
async def nobody_sees_any(batch: str, somebody: FromDishka[SomebodyElse], storage: FromDishka[Storage]) -> None:
    await somebody.is_waited_for(storage.acknowledgement_of(batch))
    await storage.holds_nothing_now(batch)


@then("nothing more is stored")
async def nothing_more_is_stored(marker: FromDishka[Marker], ledger: FromDishka[Ledger]) -> None:
    await marker.passes()
    await ledger.assert_unchanged()


@then("the association of {essay} is as it was")
async def association_is_as_it_was(essay: str, auditor: FromDishka[Auditor], ledger: FromDishka[Ledger]) -> None:
    ledger.assert_essay_unchanged(essay, await auditor.row_of_essay(essay))


@then("the times stored are the service's own")
async def times_are_the_services_own(storage: FromDishka[Storage]) -> None:
    await storage.holds_times_of_now()


@then("nobody has validated them yet")
async def nobody_has_validated_them(storage: FromDishka[Storage]) -> None:
    await storage.holds_nothing_validated()


@then("the teacher finds exactly these suggestions for {batch}:")
async def teacher_finds_exactly(batch: str, table: Table, teacher: FromDishka[Teacher]) -> None:
    await teacher.finds_exactly(batch, tables.rows(table))


@then("the teacher finds the same suggestions for {batch}")
async def teacher_finds_the_same(batch: str, auditor: FromDishka[Auditor], teacher: FromDishka[Teacher]) -> None:
    stored = [{"essay": row["essay"], "student": row["student"]} for row in await auditor.associations(batch)]
    await teacher.finds_exactly(batch, stored)


@when("the teacher looks for suggestions for {batch}")
async def teacher_looks_for_suggestions(batch: str, teacher: FromDishka[Teacher]) -> None:
    teacher.shown = await teacher.suggestions(batch)


@then("no suggestions are shown")
async def no_suggestions_are_shown(teacher: FromDishka[Teacher]) -> None:
    assert_exactly([], teacher.shown, what="suggestions shown")
