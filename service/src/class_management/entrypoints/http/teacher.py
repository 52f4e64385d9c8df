"""Who asks: the header `X-User-ID`, set by the gateway."""

from typing import Annotated, Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import Parameter

Teacher = Annotated[str, Parameter(header="X-User-ID", max_length=255, description="The teacher who asks")]
AnyTeacher = Annotated[
    str | None, Parameter(header="X-User-ID", max_length=255, required=False, description="The teacher who asks, if any")
]


def requires_teacher(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse a request that does not say who asks; comes before any look at its body."""
    if not connection.headers.get("X-User-ID", "").strip():
        raise NotAuthorizedException("User authentication required")
