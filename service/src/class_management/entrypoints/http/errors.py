"""Every error as the contract's body; none of them 500 for what a client sent (H3)."""

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.openapi import ResponseSpec
from msgspec import json

from class_management import SERVICE_NAME, logs
from class_management.application.ports import RefusedError, UnavailableError
from class_management.domain.errors import DomainError, NotFoundError
from class_management.entrypoints.http.wire import ErrorBody, ErrorDetail, UnauthorizedBody

FOR_ANYBODY = {
    400: ResponseSpec(ErrorBody, description="The request is not valid, or a rule refuses it"),
    503: ResponseSpec(ErrorBody, description="The database cannot be used for now"),
}
FOR_TEACHERS = FOR_ANYBODY | {401: ResponseSpec(UnauthorizedBody, description="The request does not say who asks")}
FOR_BODIES = {
    413: ResponseSpec(ErrorBody, description="The body is larger than any that is needed"),
    415: ResponseSpec(ErrorBody, description="The body is not said to be JSON"),
}
NOT_FOUND = {404: ResponseSpec(ErrorBody, description="There is no such thing, or it is somebody else's")}
UNAVAILABLE = ("UNAVAILABLE", "temporarily unavailable")

logger = logging.getLogger(__name__)

AnyRequest = Request[Any, Any, Any]


def on_domain_error(request: AnyRequest, error: DomainError) -> Response[ErrorBody]:
    """A rule refuses the request."""
    status = HTTPStatus.NOT_FOUND if isinstance(error, NotFoundError) else HTTPStatus.BAD_REQUEST
    return _answer(request, status, error.code, error.message, error.details)


def on_unauthorized(_: AnyRequest, error: NotAuthorizedException) -> Response[UnauthorizedBody]:
    """The request does not say who asks."""
    return Response(UnauthorizedBody(error.detail), status_code=HTTPStatus.UNAUTHORIZED)


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[ErrorBody]:
    """The framework refuses the request; fields that are wrong are named in message and details."""
    fields = {
        "body" if (name := str(found.get("key", "data"))) == "data" else name: str(found.get("message", ""))
        for found in (error.extra if isinstance(error.extra, list) else [])
        if isinstance(found, dict)
    }
    message = "; ".join(f"{name}: {problem}" for name, problem in fields.items()) or error.detail
    status = HTTPStatus(error.status_code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("request failed in the framework", exc_info=error)
    code = "VALIDATION_ERROR" if status is HTTPStatus.BAD_REQUEST else status.name
    answer = _answer(request, status, code, message, fields)
    answer.headers.update(error.headers or {})
    return answer


def on_refused(request: AnyRequest, error: RefusedError) -> Response[ErrorBody]:
    """The database refuses a value that the checks before it let through."""
    return _answer(request, HTTPStatus.BAD_REQUEST, "VALIDATION_ERROR", str(error), {})


def on_unavailable(request: AnyRequest, error: UnavailableError) -> Response[ErrorBody]:
    """Something that is needed is out of order; the client may try again."""
    logger.warning("request could not be served", extra={"reason": str(error)})
    return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, *UNAVAILABLE, {})


def unavailable_body() -> bytes:
    """The same, as JSON, for a request that no handler can answer any more."""
    return json.encode(_body("", *UNAVAILABLE, {}))


def on_unexpected(request: AnyRequest, error: Exception) -> Response[ErrorBody]:
    """A mistake of ours."""
    logger.error("request failed in an unexpected way", exc_info=error)
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "internal error", {})


HANDLERS: dict[int | type[Exception], Any] = {
    DomainError: on_domain_error,
    NotAuthorizedException: on_unauthorized,
    HTTPException: on_http_error,
    RefusedError: on_refused,
    UnavailableError: on_unavailable,
    Exception: on_unexpected,
}


def _answer(
    request: AnyRequest, status: HTTPStatus, code: str, message: str, details: dict[str, str]
) -> Response[ErrorBody]:
    handler = request.scope.get("route_handler")
    operation = getattr(handler, "handler_name", "") if handler else ""
    return Response(_body(operation, code, message, details), status_code=status)


def _body(operation: str, code: str, message: str, details: dict[str, str]) -> ErrorBody:
    return ErrorBody(
        ErrorDetail(
            error_code=code,
            message=message,
            correlation_id=logs.current_correlation_id(),
            timestamp=datetime.now(UTC),
            service=SERVICE_NAME,
            operation=operation,
            details=details,
        )
    )
