"""How a request's body is read: as JSON in UTF-8, of bounded size; whatever else it is, the client is told (H3)."""

from typing import Any

from litestar import Request
from litestar.exceptions import ClientException, HTTPException, InternalServerException

JSON = "application/json"
LARGEST_BODY = 1024 * 1024
"""Bytes of a request's body at most; more is answered with 413."""


class JsonRequest(Request[Any, Any, Any]):
    """A request whose body can only be JSON."""

    async def json(self) -> Any:
        """The body; raises HTTPException of a client's error where it is none, and says so."""
        content_type, _ = self.content_type
        if content_type and content_type.lower() != JSON:
            raise HTTPException(detail=f"body: expected {JSON}", status_code=415)
        try:
            return await super().json()
        except (UnicodeDecodeError, RecursionError) as error:  # the library only knows of JSON's own errors
            raise ClientException("body: not JSON in UTF-8, or nested too deeply") from error

    async def body(self) -> bytes:
        """The body's bytes; raises HTTPException of a client's error where they never come."""
        try:
            return await super().body()
        except InternalServerException as error:  # the library takes it for an error of the server's
            raise ClientException("body: the client went away before it was all there") from error
