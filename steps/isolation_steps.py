"""Two teachers, and what one of them learns about the other's things."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.belongings import Belongings
from actors.nlp_service import NlpService
from actors.stranger import AnotherTeacher, Stranger
from actors.teacher import Teacher
from harness.compare import assert_exactly
from harness.steps import given, then, when


@given("another teacher has the class {class} with the student {student}")
async def another_teacher_has_class(
    name: str, student: str, other: FromDishka[AnotherTeacher], nlp: FromDishka[NlpService]
) -> None:
    await other.has_class(name, [student])
    nlp.works_for(name, [student])


@when("the other teacher asks about {class}, {student} and {batch}, and about what never was:")
async def other_teacher_asks(
    class_name: str, student: str, batch: str, table: Table, stranger: FromDishka[Stranger]
) -> None:
    await stranger.asks([row["request"] for row in tables.rows(table)], class_name, student, batch)


@when("the other teacher lists the classes")
async def other_teacher_lists_classes(other: FromDishka[AnotherTeacher]) -> None:
    await other.lists_classes()


@when("the other teacher changes {student} for the sake of {class}, and of a class that never was:")
async def other_teacher_changes_student(
    student: str, class_name: str, table: Table, stranger: FromDishka[Stranger]
) -> None:
    await stranger.changes(student, class_name, [row["field"] for row in tables.rows(table)])


@when("the other teacher confirms the essay of {student} in {batch} for {student}, and for nobody known")
async def other_teacher_confirms(own: str, batch: str, student: str, stranger: FromDishka[Stranger]) -> None:
    await stranger.confirms(batch, own, student)


@given("the teacher has added to {class}:")
async def teacher_has_added(name: str, table: Table, teacher: FromDishka[Teacher]) -> None:
    (row,) = tables.rows(table)
    await teacher.adds_student_in_full(row, name)


@when("the other teacher adds to {class}:")
async def other_teacher_adds(name: str, table: Table, other: FromDishka[AnotherTeacher]) -> None:
    (row,) = tables.rows(table)
    await other.adds_student_in_full(row, name)


@then("exactly these students are on the other teacher's roster of {class}:")
async def students_on_the_other_roster(name: str, table: Table, other: FromDishka[AnotherTeacher]) -> None:
    await other.reads_roster(name)
    assert_exactly(tables.rows(table), other.shown, what=f'roster of "{name}"')


@then("exactly these classes are shown to the other teacher:")
async def classes_shown_to_the_other(table: Table, other: FromDishka[AnotherTeacher]) -> None:
    other.was_shown_classes(tables.rows(table))


@then("what is somebody else's is answered as what never was")
async def answered_as_what_never_was(stranger: FromDishka[Stranger]) -> None:
    stranger.was_answered_alike()


@then("everything of the first teacher is as it was before")
async def first_teachers_things_are_as_they_were(belongings: FromDishka[Belongings]) -> None:
    await belongings.are_as_they_were()
