"""Whoever sends a request, as it is, and writes down what came of it."""

import json
import uuid

import httpx

from actors.requests import Request
from harness.journal import Journal
from harness.sites import Site

JSON = "application/json"
READS = {"GET", "HEAD", "OPTIONS"}
LONGEST_TOLD = 2_000
"""Bytes of a body that is none, in the journal."""


class Client:
    """Sends requests, also such as nobody should send."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site, self._journal = site, journal

    async def sends(
        self,
        who: str,
        request: Request,
        *,
        raw: bytes | None = None,
        content_type: str = JSON,
        correlation_id: str | None = "",
    ) -> httpx.Response:
        """Send a request and return the answer, whatever it is; `raw` takes the place of its body.

        Each request gets a correlation id of its own, unless one is given; None sends no such header.
        """
        if correlation_id == "":
            correlation_id = str(uuid.uuid4())
        content = raw if raw is not None else None if request.body is None else json.dumps(request.body).encode()
        sent = {
            **({} if correlation_id is None else {"X-Correlation-ID": correlation_id}),
            **({} if content is None else {"Content-Type": content_type}),
            **request.headers,
        }
        answer = await self._site.service.http.request(
            request.method,
            request.path,
            params=dict(request.query) or None,
            content=content,
            headers={name.encode(): value.encode() for name, value in sent.items()},
        )
        note = self._journal.look if request.method in READS else self._journal.write
        note(
            who,
            f"{request.method} {request.path}",
            correlation_id=correlation_id,
            body=raw[:LONGEST_TOLD] if raw is not None else request.body,
            status=answer.status_code,
            answer=answer.content,
        )
        return answer
