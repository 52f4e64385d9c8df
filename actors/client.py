"""Whoever sends a request, as it is, and writes down what came of it."""

import json
import uuid
from collections.abc import Mapping

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
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request and return the answer, whatever it is; `raw` takes the place of its body.

        Each request gets a correlation id of its own, unless `headers` give one; they come on top of its own.
        """
        content = raw if raw is not None else None if request.body is None else json.dumps(request.body).encode()
        sent = {
            "X-Correlation-ID": str(uuid.uuid4()),
            **({} if content is None else {"Content-Type": content_type}),
            **request.headers,
            **(headers or {}),
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
            correlation_id=sent["X-Correlation-ID"],
            body=raw[:LONGEST_TOLD] if raw is not None else request.body,
            status=answer.status_code,
            answer=answer.content,
        )
        return answer
