"""Routes about classes."""

from datetime import UTC
from typing import Annotated
from uuid import UUID

from dishka import FromDishka
from dishka.integrations.litestar import DishkaRouter
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UnsetType

from class_management.application.classes import ManageClasses
from class_management.domain.courses import CourseCode
from class_management.domain.errors import MultipleCoursesError
from class_management.entrypoints.http.errors import FOR_ANYBODY, FOR_BODIES, FOR_TEACHERS, NOT_FOUND
from class_management.entrypoints.http.teacher import ANY_TEACHER, TEACHER, requires_teacher
from class_management.entrypoints.http.wire import (
    ClassChangeRequest,
    ClassCreated,
    ClassList,
    ClassListed,
    ClassRequest,
    ClassShown,
    Deleted,
    Pagination,
    Roster,
    RosterStudent,
)

LARGEST_PAGE = 100
LARGEST_OFFSET = 2**31 - 1


@post("/", guards=[requires_teacher], dependencies=TEACHER, responses=FOR_TEACHERS | FOR_BODIES)
async def create_class(
    data: JSONBody[ClassRequest], teacher: NamedDependency[str], classes: FromDishka[ManageClasses]
) -> ClassCreated:
    """Create a class."""
    class_id = await classes.create(teacher, data.name, _only(data.course_codes))
    return ClassCreated(class_id, data.name)


@get("/", guards=[requires_teacher], dependencies=TEACHER, responses=FOR_TEACHERS)
async def list_classes(
    teacher: NamedDependency[str],
    classes: FromDishka[ManageClasses],
    limit: Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE)] = 20,
    offset: Annotated[int, QueryParameter(ge=0, le=LARGEST_OFFSET)] = 0,
) -> ClassList:
    """List own classes, newest first."""
    found = await classes.page(teacher, limit, offset)
    listed = [
        ClassListed(id_, name, course_code, student_count, created_at.replace(tzinfo=UTC))
        for id_, name, course_code, student_count, created_at in found
    ]
    return ClassList(listed, Pagination(limit, offset, len(listed)))


@get("/{class_id:str}", guards=[requires_teacher], dependencies=TEACHER, responses=FOR_TEACHERS | NOT_FOUND)
async def show_class(
    class_id: FromPath[UUID], teacher: NamedDependency[str], classes: FromDishka[ManageClasses]
) -> ClassShown:
    """Show an own class."""
    return ClassShown(*await classes.show(teacher, class_id))


@put(
    "/{class_id:str}", guards=[requires_teacher], dependencies=TEACHER, responses=FOR_TEACHERS | FOR_BODIES | NOT_FOUND
)
async def change_class(
    class_id: FromPath[UUID],
    data: JSONBody[ClassChangeRequest],
    teacher: NamedDependency[str],
    classes: FromDishka[ManageClasses],
) -> ClassShown:
    """Change an own class."""
    name = None if isinstance(data.name, UnsetType) else data.name
    course_code = None if isinstance(data.course_codes, UnsetType) else _only(data.course_codes)
    return ClassShown(*await classes.change(teacher, class_id, name, course_code))


@delete(
    "/{class_id:str}",
    status_code=200,
    guards=[requires_teacher],
    dependencies=TEACHER,
    responses=FOR_TEACHERS | NOT_FOUND,
)
async def delete_class(
    class_id: FromPath[UUID], teacher: NamedDependency[str], classes: FromDishka[ManageClasses]
) -> Deleted:
    """Delete an own class and its associations."""
    await classes.delete(teacher, class_id)
    return Deleted("Class deleted")


@get("/{class_id:str}/roster", dependencies=ANY_TEACHER, responses=FOR_ANYBODY | NOT_FOUND)
async def show_roster(
    class_id: FromPath[UUID], teacher: NamedDependency[str | None], classes: FromDishka[ManageClasses]
) -> Roster:
    """Show the students of a class; of an own one if the request says who asks, else of any (the NLP service)."""
    return Roster([RosterStudent(*student) for student in await classes.roster(teacher, class_id)])


def _only(course_codes: list[CourseCode]) -> CourseCode:
    if len(course_codes) != 1:
        raise MultipleCoursesError(len(course_codes))
    return course_codes[0]


def router() -> DishkaRouter:
    """All routes about classes."""
    return DishkaRouter(
        "/v1/classes",
        route_handlers=[create_class, list_classes, show_class, change_class, delete_class, show_roster],
        tags=["classes"],
    )
