"""Events that are handled at the same time."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.auditor import Auditor
from actors.contest import Contest
from actors.hands import Hands
from actors.nlp_service import BOTH_ORDERS, NlpService
from actors.somebody_else import SomebodyElse
from actors.storage import Storage
from actors.teacher import Teacher
from harness.steps import given, then, when


@when("the NLP service suggests in two events at once, the second in reverse order:")
async def nlp_service_suggests_in_both_orders(
    table: Table, nlp: FromDishka[NlpService], hands: FromDishka[Hands]
) -> None:
    await nlp.publishes_in_both_orders(tables.rows(table))
    await hands.take_up(2)


@then("of both together exactly these associations are stored once the other gives up:")
async def exactly_these_are_stored_of_both(
    table: Table, somebody: FromDishka[SomebodyElse], storage: FromDishka[Storage]
) -> None:
    await somebody.gives_up()
    await storage.holds_together(BOTH_ORDERS, tables.rows(table))


@given("{int} events about the same {int} essays wait, some of them in hand, forwards and backwards, for {students}")
async def events_about_the_same_essays_wait(
    events: int, essays: int, classes: list[str], contest: FromDishka[Contest], hands: FromDishka[Hands]
) -> None:
    await contest.begins(events, essays, classes)
    await hands.take_up(2)


@when("the edit is finished and the teacher deletes the student {student}")
async def edit_is_finished_and_student_deleted(
    student: str, contest: FromDishka[Contest], somebody: FromDishka[SomebodyElse], teacher: FromDishka[Teacher]
) -> None:
    await contest.is_met_by(somebody.lets_go(), teacher.deletes_student(student))


@when("the teacher asks ten times at once to add {student} to {class}, and the edit is finished once some of them wait")
async def teacher_adds_while_the_class_is_edited(
    student: str,
    class_name: str,
    contest: FromDishka[Contest],
    teacher: FromDishka[Teacher],
    somebody: FromDishka[SomebodyElse],
) -> None:
    adding = teacher.adds_to_class(student, class_name, "in ten requests at once")
    await contest.is_met_by(adding, somebody.lets_go_once_waited_for_by(2))


@then("each of these essays is stored once")
async def each_essay_is_stored_once(contest: FromDishka[Contest]) -> None:
    await contest.has_stored_each_once()


@then("no deadlock had to be resolved")
async def no_deadlock(auditor: FromDishka[Auditor]) -> None:
    lines = await auditor.deadlocks()
    assert not lines, "PostgreSQL had to resolve a deadlock:\n" + "\n".join(f"  {line}" for line in lines)
