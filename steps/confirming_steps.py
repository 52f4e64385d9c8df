"""Teachers confirm who wrote what, and other services ask for it."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.announcements import Announcements
from actors.decisions import Decisions, opposite
from actors.ledger import Ledger
from actors.nlp_service import NlpService
from actors.other_service import OtherService
from actors.teacher import Teacher
from harness.compare import assert_exactly
from harness.steps import given, then, when

HEADERS = {"the internal key": "X-Internal-API-Key", "a service's name": "X-Service-ID"}


@when("the teacher answers for {batch}:")
async def teacher_answers(batch: str, table: Table, teacher: FromDishka[Teacher]) -> None:
    await teacher.confirms(batch, tables.rows(table))


@given("the teacher has confirmed all suggestions for {batch}")
@when("the teacher confirms all suggestions for {batch}")
async def teacher_has_confirmed_all(batch: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.confirms_all(batch)


@then("it counts {int} confirmed and {int} rejected")
async def it_counts(confirmed: int, rejected: int, teacher: FromDishka[Teacher]) -> None:
    teacher.was_told_counts(confirmed, rejected)


@then("the request is refused because there is no such batch")
async def refused_because_of_the_batch(teacher: FromDishka[Teacher]) -> None:
    teacher.was_refused(400, "error")


@when("another service asks for the names in {batch}")
async def service_asks_for_names(batch: str, service: FromDishka[OtherService]) -> None:
    await service.asks_for_names(batch)


@when("another service asks for the name of {essay}")
async def service_asks_for_essay(essay: str, service: FromDishka[OtherService]) -> None:
    await service.asks_for_essay(essay)


@when("another service asks for the classes of {batch} and {batch}")
async def service_asks_for_classes(one: str, other: str, service: FromDishka[OtherService]) -> None:
    await service.asks_for_classes(one, other)


@then("it is told exactly:")
async def service_is_told(table: Table, service: FromDishka[OtherService]) -> None:
    assert_exactly(tables.rows(table), service.shown, what="what the other service is told")


@then("another service is told all their names for {batch}")
async def service_is_told_all_names(batch: str, nlp: FromDishka[NlpService], service: FromDishka[OtherService]) -> None:
    await service.asks_for_names(batch)
    expected = [{"student": student, "name": student} for student in nlp.students]
    assert_exactly(expected, service.shown, what=f'names for "{batch}"')


@then("the roster of {class} holds all of them")
async def roster_holds_all(name: str, nlp: FromDishka[NlpService], teacher: FromDishka[Teacher]) -> None:
    await teacher.reads_roster(name)
    expected = [{"student": student} for student in nlp.students_of(name)]
    assert_exactly(expected, teacher.shown, what=f'roster of "{name}"')


@then("it is told that nobody is known for {essay}")
async def nobody_is_known(essay: str, service: FromDishka[OtherService]) -> None:
    await service.finds_nobody_for(essay)


@when("another service asks for all about {batch} and {essay} without {rest}")
async def service_asks_without(batch: str, essay: str, what: str, service: FromDishka[OtherService]) -> None:
    await service.asks_without(HEADERS[what], batch, essay)


@then("each of its requests is refused")
async def its_requests_are_refused(service: FromDishka[OtherService]) -> None:
    service.was_refused()


@given("the teacher has answered for {batch}:")
async def teacher_has_answered(
    batch: str, table: Table, teacher: FromDishka[Teacher], ledger: FromDishka[Ledger]
) -> None:
    await teacher.confirms(batch, tables.rows(table))
    teacher.was_answered()
    await ledger.remembers()


@when("the teacher sends this answer for {batch} in {int} requests at once:")
async def teacher_answers_at_once(batch: str, times: int, table: Table, decisions: FromDishka[Decisions]) -> None:
    decisions.sends(batch, tables.rows(table), times=times)
    await decisions.are_answered()


@when("the teacher sends this answer and its opposite for {batch}, {int} times and all at once:")
async def teacher_contradicts_herself(batch: str, times: int, table: Table, decisions: FromDishka[Decisions]) -> None:
    rows = tables.rows(table)
    decisions.sends(batch, rows, opposite(rows), times=times)
    await decisions.are_answered()


@then("exactly this is decided about {batch}:")
async def exactly_this_is_decided(batch: str, table: Table, decisions: FromDishka[Decisions]) -> None:
    await decisions.hold_exactly([batch], tables.rows(table))


@then("exactly this is decided about all of them:")
async def exactly_this_is_decided_about_all(
    table: Table, nlp: FromDishka[NlpService], decisions: FromDishka[Decisions]
) -> None:
    await decisions.hold_exactly(nlp.in_turn, tables.rows(table))


@then("each of them is announced once")
async def each_is_announced_once(nlp: FromDishka[NlpService], decisions: FromDishka[Decisions]) -> None:
    await decisions.are_announced_once(*nlp.in_turn)


@then("who has decided about {batch} has decided about all of it, and that is announced once")
async def one_has_decided(batch: str, decisions: FromDishka[Decisions]) -> None:
    await decisions.are_of_one_hand(batch)
    await decisions.are_announced_once(batch)


@then("exactly this is announced as confirmed for {batch}, in {int} announcement(s):")
async def exactly_this_is_confirmed(
    batch: str, times: int, table: Table, announcements: FromDishka[Announcements]
) -> None:
    await announcements.confirm_exactly(batch, tables.rows(table), times)


@then("nothing is announced as confirmed for {batch}")
async def nothing_is_confirmed(batch: str, announcements: FromDishka[Announcements]) -> None:
    await announcements.confirm_exactly(batch, [], times=0)


@then("the announcement about {batch} counts {int} confirmed and {int} rejected")
async def announcement_counts(
    batch: str, confirmed: int, rejected: int, announcements: FromDishka[Announcements]
) -> None:
    await announcements.count(batch, confirmed, rejected)


@then("what was decided about {batch} is as it was")
async def decisions_are_as_they_were(_: str, ledger: FromDishka[Ledger]) -> None:
    await ledger.assert_unchanged()


@then("one of both answers holds for {batch}, and that one is announced, once")
async def one_answer_holds(batch: str, decisions: FromDishka[Decisions]) -> None:
    await decisions.are_one_of_those_sent(batch)
    await decisions.are_announced_once(batch)
