"""What teachers and monitoring ask over HTTP."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.auditor import Auditor
from actors.teacher import Teacher
from harness.compare import assert_exactly
from harness.steps import given, then, when


@when("the teacher lists the classes")
async def teacher_lists_classes(teacher: FromDishka[Teacher]) -> None:
    await teacher.lists_classes()


@when("the teacher asks for {int} class after the newest")
async def teacher_lists_a_page(limit: int, teacher: FromDishka[Teacher]) -> None:
    await teacher.lists_classes((limit, 1))


@when("the teacher puts the class {class} into the course {word}")
async def teacher_changes_course(name: str, course: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.changes_course(name, course)


@given("another class {class} without students")
async def class_without_students(name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.creates_class(name)


@when("the teacher adds to {class}:")
async def teacher_adds_students(name: str, table: Table, teacher: FromDishka[Teacher]) -> None:
    (row,) = tables.rows(table)
    await teacher.adds_student_in_full(row, name)


@when("the teacher changes {student} to:")
async def teacher_changes_student(name: str, table: Table, teacher: FromDishka[Teacher]) -> None:
    (row,) = tables.rows(table)
    await teacher.changes_student(name, row)


@then("exactly these students are on the roster of {class}:")
async def students_on_the_roster(name: str, table: Table, teacher: FromDishka[Teacher]) -> None:
    await teacher.reads_roster(name)
    assert_exactly(tables.rows(table), teacher.shown, what=f'roster of "{name}"')


@then("the NLP service is shown the same roster of {class}")
async def nlp_service_is_shown_the_roster(name: str, teacher: FromDishka[Teacher]) -> None:
    shown = teacher.shown
    await teacher.reads_roster(name, named=False)
    assert_exactly(shown, teacher.shown, what=f'roster of "{name}" for the NLP service')


@when("the teacher reads the roster of {class}")
async def teacher_reads_roster(name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.reads_roster(name)


@given("the class {class} has been renamed to {class}")
@when("the teacher renames the class {class} to {class}")
async def teacher_renames_class(name: str, new_name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.renames_class(name, new_name)


@when("the teacher adds {student} to {class} {rest}")
async def teacher_adds_to_class(student: str, class_name: str, how: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.adds_to_class(student, class_name, how)


@when("the teacher creates the student {student} in {class}, which is named twice")
async def teacher_creates_student_twice_in_class(student: str, class_name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.adds_student(student, class_name, times=2)


@given("the teacher has moved {student} from {class} to {class}")
@when("the teacher moves {student} from {class} to {class}")
async def teacher_moves_student(student: str, old: str, new: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.moves_student(student, old, new)


@when("the teacher creates a class for the courses {word} and {word}")
async def teacher_creates_class_for_two_courses(one: str, two: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.tries_a_class_for(one, two)


@when("the monitoring asks for the figures of the service")
async def monitoring_asks_for_figures(teacher: FromDishka[Teacher]) -> None:
    await teacher.asks_for_figures()


@then("exactly these classes are shown, in this order:")
async def exactly_these_classes(table: Table, teacher: FromDishka[Teacher]) -> None:
    teacher.was_shown_classes(tables.rows(table))


@then("the teacher's list holds exactly these classes, in this order:")
async def list_holds_exactly(table: Table, teacher: FromDishka[Teacher]) -> None:
    await teacher.lists_classes()
    teacher.was_shown_classes(tables.rows(table))


@then("exactly these students are shown:")
async def exactly_these_students(table: Table, teacher: FromDishka[Teacher]) -> None:
    assert_exactly(tables.rows(table), teacher.shown, what="students shown")


@then("the class is now called {class}")
@then("the class is still called {class}")
async def teacher_finds_class(name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.finds_class(name)


@then("the roster of {class} holds exactly {students}")
async def roster_holds_exactly(name: str, students: list[str], teacher: FromDishka[Teacher]) -> None:
    await teacher.reads_roster(name)
    assert_exactly([{"student": s} for s in students], teacher.shown, what=f'roster of "{name}"')


@then("{student} is in exactly {students}")
async def student_is_in_exactly(student: str, classes: list[str], teacher: FromDishka[Teacher]) -> None:
    shown = await teacher.classes_of_student(student)
    assert_exactly([{"class": name} for name in classes], shown, what=f'classes of "{student}"')


@then("the teacher still has the student {student}, who is in no class")
async def student_is_in_no_class(student: str, teacher: FromDishka[Teacher]) -> None:
    assert_exactly([], await teacher.classes_of_student(student), what=f'classes of "{student}"')


@then("the database holds {int} place(s) on the roster of {class}")
async def database_holds_places(places: int, name: str, auditor: FromDishka[Auditor]) -> None:
    await auditor.finds_places(places, name)


@then("the request is refused because a class has one course")
async def refused_because_of_courses(teacher: FromDishka[Teacher]) -> None:
    teacher.was_refused(400, "MULTIPLE_COURSE_ERROR")


@then("the refusal is complete and carries the correlation id of the request")
async def refusal_carries_the_correlation_id(teacher: FromDishka[Teacher]) -> None:
    teacher.was_refused_under_its_own_correlation_id()


@then("the service says that it is healthy")
async def service_is_healthy(teacher: FromDishka[Teacher]) -> None:
    await teacher.finds_the_service_healthy()


@then("it is shown figures")
async def monitoring_is_shown_figures(teacher: FromDishka[Teacher]) -> None:
    teacher.was_shown_figures()
