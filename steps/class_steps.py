"""Classes, students, and the edits that others make to them."""

from dishka import FromDishka

from actors.nlp_service import NlpService
from actors.somebody_else import SomebodyElse
from actors.teacher import Teacher
from harness.steps import given, when


@given("the class {class} with the students {students}")
async def class_with_students(
    name: str, students: list[str], teacher: FromDishka[Teacher], nlp: FromDishka[NlpService]
) -> None:
    await teacher.has_class(name, students)
    nlp.works_for(name, students)


@given("a teacher, whose name is free text of {int} characters, has the class {class} with the student {student}")
async def class_of_a_teacher_of_that_name(
    length: int, name: str, student: str, teacher: FromDishka[Teacher], nlp: FromDishka[NlpService]
) -> None:
    teacher.is_known_by_free_text(length)
    await teacher.has_class(name, [student])
    nlp.works_for(name, [student])


@given("another class {class} with the student {student}")
async def another_class(name: str, student: str, teacher: FromDishka[Teacher], nlp: FromDishka[NlpService]) -> None:
    await teacher.has_class(name, [student])
    nlp.works_for(name, [student])


@given("another class {class} with {int} students")
async def another_large_class(
    name: str, number: int, teacher: FromDishka[Teacher], nlp: FromDishka[NlpService]
) -> None:
    students = [f"Student{place} Of{name}" for place in range(1, number + 1)]
    await teacher.has_class(name, students)
    nlp.works_for(name, students)


@given("the class {class} is being edited by somebody else")
async def class_is_being_edited(name: str, somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.holds_class(name)


@when("the edit is finished")
async def edit_is_finished(somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.lets_go()


@when("the edit of {class} is finished")
async def edit_of_class_is_finished(name: str, somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.lets_go_of_class(name)


@given("somebody else is just storing {student} for {essay} in {class}")
async def somebody_else_is_storing(
    student: str, essay: str, class_name: str, somebody: FromDishka[SomebodyElse]
) -> None:
    await somebody.begins_to_store(essay, student, class_name)


@given("the class {class} is just being deleted")
async def class_is_being_deleted(name: str, somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.begins_to_delete_class(name)


@given("{student} is just being deleted")
async def student_is_being_deleted(name: str, somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.begins_to_delete_student(name)


@when("the deletion is finished while the service is at work")
async def deletion_is_finished(somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.is_waited_for()
    await somebody.lets_go()


@when("the teacher deletes the student {student}")
async def teacher_deletes_student(name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.deletes_student(name)


@given("the teacher has deleted the student {student} and the class {class}")
async def teacher_has_deleted_both(student: str, class_name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.deletes_student(student)
    await teacher.deletes_class(class_name)


@when("the teacher deletes the class {class}")
async def teacher_deletes_class(name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.deletes_class(name)
