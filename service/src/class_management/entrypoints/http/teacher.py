"""Who asks: the header `X-User-ID`, set by the gateway; free text in UTF-8."""

from typing import Annotated, Any

from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import NotAuthorizedException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.params import HeaderParameter

HEADER = "X-User-ID"
LONGEST = 255
BOUNDS = {"minLength": 1, "maxLength": LONGEST}
"""What the description says; characters are counted by `_read`, for the framework sees bytes."""


def requires_teacher(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse a request that does not say who asks; comes before any look at its body."""
    if not connection.headers.get(HEADER, "").strip():
        raise NotAuthorizedException("User authentication required")


def _teacher(
    user_id: Annotated[str, HeaderParameter(name=HEADER, description="The teacher who asks", schema_extra=BOUNDS)],
) -> str:
    return _read(user_id)


def _any_teacher(
    user_id: Annotated[str | None, HeaderParameter(name=HEADER, description="The teacher who asks, if any")] = None,
) -> str | None:
    return _read(user_id) if user_id and user_id.strip() else None


def _read(header: str) -> str:
    try:
        teacher = header.encode("latin-1").decode()  # the server has read the bytes as Latin-1
    except UnicodeDecodeError:
        teacher = header
    if len(teacher) > LONGEST:
        raise ValidationException(extra=[{"key": HEADER, "message": f"at most {LONGEST} characters"}])
    return teacher


TEACHER = {"teacher": Provide(_teacher, sync_to_thread=False)}
ANY_TEACHER = {"teacher": Provide(_any_teacher, sync_to_thread=False)}
