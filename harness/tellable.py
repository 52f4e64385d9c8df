"""Failures of steps, made fit to be told: an answer that stands in a message has names and addresses in it."""

import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from dishka import AsyncContainer

from harness.errors import InfrastructureError
from harness.journal import Redaction


@asynccontextmanager
async def tellable(scope: AsyncContainer) -> AsyncIterator[None]:
    """Let no failure out that tells secrets or personal data, by the redaction of `scope`.

    Console, reports and evidence print what they are given, so it is here that messages become clean.
    """
    try:
        yield
    except InfrastructureError:
        raise
    except Exception as error:
        clean = without_secrets(error, await scope.get(Redaction))
        if clean is error:
            raise
        raise clean.with_traceback(error.__traceback__) from None


def without_secrets(error: Exception, redaction: Redaction) -> Exception:
    """Return `error` itself if neither it nor anything that led to it tells what must be hidden.

    Else an error that says the same without that and without its causes; of another type unless it is a failed
    assertion, because many types make their text of more than can be replaced.
    """
    told = ["".join(traceback.format_exception_only(each)) for each in _with_causes(error)]
    if all(redaction.hidden(text) == text for text in told):
        return error
    if isinstance(error, AssertionError):
        return AssertionError(redaction.hidden(str(error)))
    return RuntimeError(redaction.hidden(f"{type(error).__name__}: {error}"))


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and all that a traceback prints with it."""
    yield error
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for each in ([before] if before else []) + list(getattr(error, "exceptions", ())):
        yield from _with_causes(each)
