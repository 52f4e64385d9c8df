"""The service's description of its HTTP interface (OpenAPI), and whether what is answered is as it says (H10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import httpx

from actors.requests import KINDS, OK, Request, Things
from harness.journal import Journal
from harness.sites import Site

if TYPE_CHECKING:
    from openapi_core import OpenAPI


class Description:
    """The description as it is served; read when it is first needed."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site, self._journal = site, journal
        self._content: dict[str, Any] = {}
        self._read: OpenAPI | None = None

    async def is_read(self) -> None:
        """Read the description; raises AssertionError unless there is one."""
        from openapi_core import Config, OpenAPI  # noqa: PLC0415 -- takes half a second, and few runs need it

        path = self._site.stack.target.description
        answer = await self._site.service.http.get(path)
        self._journal.look("reader", f"GET {path}", status=answer.status_code)
        assert answer.status_code == OK, f"there is no description at {path}: {answer.status_code}"
        # Where a path ends with a slash and where it does not is one place to whoever answers both.
        content = answer.json()
        assert isinstance(content, dict), f"at {path} there is no description, but {answer.text[:200]}"
        self._content = {
            **content,
            "paths": {_bare(route): operations for route, operations in content.get("paths", {}).items()},
        }
        self._read = OpenAPI.from_dict(self._content, config=Config(spec_validator_cls=None))

    def is_valid(self) -> None:
        """Raise AssertionError if something is wrong with the description itself."""
        from openapi_core import OpenAPI  # noqa: PLC0415 -- as above

        try:
            OpenAPI.from_dict(self._content)
        except Exception as wrong:
            raise AssertionError(f"the description is no valid OpenAPI description: {wrong}"[:2000]) from wrong

    def knows_every_request(self) -> None:
        """Raise AssertionError unless each kind of request of the contract is described, and valid as described."""
        described = self._described
        problems = []
        for name, kind in KINDS.items():
            request = kind.about(Things.nobody_knows(), "teacher")
            try:
                described.validate_request(_Asked.of(request))
            except Exception as wrong:  # noqa: BLE001 -- the library raises many kinds, all of which say what is wrong
                problems.append(f"the request to {name} ({request.method} {request.path}): {_said(wrong)}")
        if problems:
            raise AssertionError("\n  ".join(["The description does not fit what can be asked for:", *problems]))

    def fits(self, answers: Sequence[tuple[str, httpx.Response]]) -> None:
        """Raise AssertionError unless each answer has a status, a content type and a body that are described."""
        described = self._described
        assert answers, "nothing was asked"
        problems = []
        for name, answer in answers:
            try:
                described.validate_response(_Asked.by(answer.request), _Answered.by(answer))
            except Exception as wrong:  # noqa: BLE001 -- as above
                problems.append(f"the answer to {name}, {answer.status_code}: {_said(wrong)}: {answer.text[:200]}")
        if problems:
            number = f"{len(problems)} of {len(answers)} answers are not as described:"
            raise AssertionError("\n  ".join([number, *problems]))

    @property
    def _described(self) -> "OpenAPI":
        assert self._read is not None, "the description was not read"
        return self._read


@dataclass
class _Asked:
    """A request, as openapi-core wants it, which finds out the parameters of the path by itself."""

    host_url: str
    path: str
    method: str
    parameters: Any
    body: bytes | None
    content_type: str

    @classmethod
    def by(cls, request: httpx.Request) -> "_Asked":
        """Take a request as it was sent."""
        from openapi_core.datatypes import RequestParameters  # noqa: PLC0415 -- see Description.is_read

        query = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        headers: Any = request.headers  # whose names mean the same in capitals
        return cls(
            host_url="http://service",
            path=_bare(request.url.path),
            method=request.method.lower(),
            parameters=RequestParameters(query=query, header=headers),
            body=request.content or None,
            content_type=request.headers.get("Content-Type", ""),
        )

    @classmethod
    def of(cls, request: Request) -> "_Asked":
        """Take a request as it would be sent."""
        return cls.by(
            httpx.Request(
                request.method,
                f"http://service{request.path}",
                params=dict(request.query) or None,
                json=request.body,
                headers=dict(request.headers),
            )
        )


@dataclass
class _Answered:
    """An answer, as openapi-core wants it."""

    data: bytes
    status_code: int
    content_type: str
    headers: dict[str, str]

    @classmethod
    def by(cls, answer: httpx.Response) -> "_Answered":
        """Take an answer as it came."""
        return cls(answer.content, answer.status_code, answer.headers.get("Content-Type", ""), dict(answer.headers))


def _bare(path: str) -> str:
    return path.rstrip("/") or "/"


def _said(wrong: Exception) -> str:
    """Return what the library says is wrong, with what a schema says in detail."""
    errors: Any = getattr(wrong.__cause__, "schema_errors", None) or getattr(wrong, "schema_errors", ())
    details = "; ".join(f"{'.'.join(map(str, e.absolute_path))}: {e.message}" for e in errors)
    return f"{wrong}{f' ({details})' if details else ''}"[:500]
