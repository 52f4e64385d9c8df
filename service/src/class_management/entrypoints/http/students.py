"""Routes about students."""

from uuid import UUID

from dishka import FromDishka
from dishka.integrations.litestar import DishkaRouter
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UnsetType

from class_management.application.ports import PersonName
from class_management.application.students import ManageStudents, StudentChanges
from class_management.entrypoints.http.errors import FOR_BODIES, FOR_TEACHERS, NOT_FOUND
from class_management.entrypoints.http.teacher import TEACHER, requires_teacher
from class_management.entrypoints.http.wire import (
    Deleted,
    PersonNameBody,
    StudentChangeRequest,
    StudentCreated,
    StudentRequest,
    StudentShown,
)


@post("/", guards=[requires_teacher], dependencies=TEACHER, responses=FOR_TEACHERS | FOR_BODIES)
async def create_student(
    data: JSONBody[StudentRequest], teacher: NamedDependency[str], students: FromDishka[ManageStudents]
) -> StudentCreated:
    """Create a student, in own classes."""
    name = _name(data.person_name)
    student_id = await students.create(teacher, name, data.email, data.class_ids)
    return StudentCreated(student_id, f"{name.first_name} {name.last_name}")


@get("/{student_id:str}", guards=[requires_teacher], dependencies=TEACHER, responses=FOR_TEACHERS | NOT_FOUND)
async def show_student(
    student_id: FromPath[UUID], teacher: NamedDependency[str], students: FromDishka[ManageStudents]
) -> StudentShown:
    """Show an own student."""
    return StudentShown(*await students.show(teacher, student_id))


@put(
    "/{student_id:str}",
    guards=[requires_teacher],
    dependencies=TEACHER,
    responses=FOR_TEACHERS | FOR_BODIES | NOT_FOUND,
)
async def change_student(
    student_id: FromPath[UUID],
    data: JSONBody[StudentChangeRequest],
    teacher: NamedDependency[str],
    students: FromDishka[ManageStudents],
) -> StudentShown:
    """Change an own student, and in which own classes it is."""
    changes = StudentChanges(
        name=None if isinstance(data.person_name, UnsetType) else _name(data.person_name),
        with_email=not isinstance(data.email, UnsetType),
        email=None if isinstance(data.email, UnsetType) else data.email,
        add_class_ids=data.add_class_ids,
        remove_class_ids=data.remove_class_ids,
    )
    return StudentShown(*await students.change(teacher, student_id, changes))


@delete(
    "/{student_id:str}",
    status_code=200,
    guards=[requires_teacher],
    dependencies=TEACHER,
    responses=FOR_TEACHERS | NOT_FOUND,
)
async def delete_student(
    student_id: FromPath[UUID], teacher: NamedDependency[str], students: FromDishka[ManageStudents]
) -> Deleted:
    """Delete an own student and its associations."""
    await students.delete(teacher, student_id)
    return Deleted("Student deleted")


def _name(body: PersonNameBody) -> PersonName:
    return PersonName(body.first_name, body.last_name, body.legal_full_name)


def router() -> DishkaRouter:
    """All routes about students."""
    return DishkaRouter(
        "/v1/classes/students",
        route_handlers=[create_student, show_student, change_student, delete_student],
        tags=["students"],
    )
