"""Routes for other services of the platform, and for nobody else."""

import hmac
from typing import Annotated, Any
from uuid import UUID

from dishka import FromDishka
from dishka.integrations.litestar import DishkaRouter
from litestar import get
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import SecurityScheme
from litestar.params import FromPath, QueryParameter

from class_management.application.directory import AskDirectory
from class_management.application.ports import EssayAuthor
from class_management.entrypoints.http.errors import FOR_ANYBODY, NOT_FOUND
from class_management.entrypoints.http.wire import ClassInfo, EssayAuthorShown, PersonNameShown, UnauthorizedBody
from class_management.entrypoints.ids import parse_uuid
from class_management.settings import Settings

KEY_HEADER, SERVICE_HEADER = "X-Internal-API-Key", "X-Service-ID"
SECURITY_SCHEMES = {
    "internalKey": SecurityScheme("apiKey", name=KEY_HEADER, security_scheme_in="header"),
    "service": SecurityScheme("apiKey", name=SERVICE_HEADER, security_scheme_in="header"),
}
"""What the description says of these headers; both are wanted."""
MOST_BATCHES = 1000
_HEX = "[0-9a-fA-F]"
_ID = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
BATCH_IDS = f"^{_ID}(,{_ID})*$"
"""What the description says; spaces and empty places are taken, too."""
FOR_SERVICES = FOR_ANYBODY | {401: ResponseSpec(UnauthorizedBody, description="Not a service that may ask")}


async def requires_service(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse who does not show the internal key and a service's name; the key is compared in constant time (S1)."""
    settings = await connection.app.state.dishka_container.get(Settings)
    shown = connection.headers.get(KEY_HEADER, "").encode("latin-1", "replace")
    knows_key = hmac.compare_digest(shown, settings.internal_api_key.encode())
    if not knows_key or not connection.headers.get(SERVICE_HEADER, "").strip():
        raise NotAuthorizedException("Service authentication required")


@get("/batches/{batch_id:str}/student-names", responses=FOR_SERVICES)
async def list_authors(batch_id: FromPath[UUID], directory: FromDishka[AskDirectory]) -> list[EssayAuthorShown]:
    """List who wrote the essays of a batch, as suggested or confirmed; nothing for an unknown batch."""
    return [_shown(author) for author in await directory.authors_of_batch(batch_id)]


@get("/associations/essay/{essay_id:str}", responses=FOR_SERVICES | NOT_FOUND)
async def show_author(essay_id: FromPath[UUID], directory: FromDishka[AskDirectory]) -> EssayAuthorShown:
    """Show who wrote an essay, as suggested or confirmed."""
    return _shown(await directory.author_of(essay_id))


@get("/batches/class-info", responses=FOR_SERVICES)
async def show_classes(
    directory: FromDishka[AskDirectory],
    batch_ids: Annotated[
        str, QueryParameter(description="Ids of batches, separated by commas", schema_extra={"pattern": BATCH_IDS})
    ],
) -> dict[str, ClassInfo | None]:
    """Show the class of each batch, null for an unknown one."""
    asked = {text: parse_uuid(text.strip()) for text in batch_ids.split(",") if text.strip()}
    wrong = [text for text, id_ in asked.items() if id_ is None]
    if wrong or not 0 < len(asked) <= MOST_BATCHES:
        problem = "expected UUIDs separated by commas" if wrong or not asked else f"at most {MOST_BATCHES}"
        raise ValidationException(extra=[{"key": "batch_ids", "message": problem}])
    known = await directory.classes_of([id_ for id_ in asked.values() if id_ is not None])
    return {text: ClassInfo(*known[id_]) if id_ is not None and id_ in known else None for text, id_ in asked.items()}


def _shown(author: EssayAuthor) -> EssayAuthorShown:
    return EssayAuthorShown(author.essay_id, author.student_id, PersonNameShown(*author.name))


def router() -> DishkaRouter:
    """All routes for other services."""
    return DishkaRouter(
        "/internal/v1",
        route_handlers=[list_authors, show_author, show_classes],
        guards=[requires_service],
        security=[{scheme: [] for scheme in SECURITY_SCHEMES}],
        tags=["internal"],
    )
