"""Routes about batches of essays."""

from datetime import UTC
from uuid import UUID

from dishka import FromDishka
from dishka.integrations.litestar import DishkaRouter
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from class_management.application.batches import ShowBatches
from class_management.application.confirming import Answer, ConfirmAssociations
from class_management.entrypoints.http.errors import FOR_BODIES, FOR_TEACHERS
from class_management.entrypoints.http.teacher import TEACHER, requires_teacher
from class_management.entrypoints.http.wire import AssociationList, AssociationShown, Confirmed, ConfirmRequest


@get(
    "/{batch_id:str}/student-associations",
    guards=[requires_teacher],
    dependencies=TEACHER,
    responses=FOR_TEACHERS,
)
async def list_associations(
    batch_id: FromPath[UUID], teacher: NamedDependency[str], batches: FromDishka[ShowBatches]
) -> AssociationList:
    """List who wrote which essay of a batch, as stored; nothing for an unknown batch."""
    found = await batches.associations(teacher, batch_id)
    return AssociationList(
        [
            AssociationShown(essay_id, student_id, score, reasons, created_at.replace(tzinfo=UTC))
            for essay_id, student_id, score, reasons, created_at in found
        ]
    )


@post(
    "/{batch_id:str}/student-associations/confirm",
    status_code=200,
    guards=[requires_teacher],
    dependencies=TEACHER,
    responses=FOR_TEACHERS | FOR_BODIES,
)
async def confirm_associations(
    batch_id: FromPath[UUID],
    data: JSONBody[ConfirmRequest],
    teacher: NamedDependency[str],
    confirm: FromDishka[ConfirmAssociations],
) -> Confirmed:
    """Take a teacher's answers about essays of a batch; what was decided before stays as it is."""
    answers = [Answer(answer.essay_id, answer.student_id, answer.confirmed) for answer in data.associations]
    counts = await confirm(teacher, batch_id, answers)
    return Confirmed(counts.confirmed, counts.rejected)


def router() -> DishkaRouter:
    """All routes about batches."""
    return DishkaRouter("/v1/batches", route_handlers=[list_associations, confirm_associations], tags=["batches"])
