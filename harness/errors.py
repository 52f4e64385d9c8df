"""What can go wrong outside the service: errors that say what to do next."""

EXIT_INFRASTRUCTURE = 3
"""Exit code of a run whose infrastructure did not come up (behave's own codes are 0 and 1)."""


class InfrastructureError(Exception):
    """The suite's own infrastructure (engine, image, container) is not usable; never a verdict on the service.

    `problem` is one sentence that names the cause, `remedy` says what to do next, `details` holds evidence
    such as a container's last log lines.
    """

    def __init__(self, problem: str, remedy: str = "", details: str = ""):
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        parts = [self.problem, self.details, self.remedy and f"What to do: {self.remedy}"]
        return "\n".join(part for part in parts if part)


class DidNotComeUpError(InfrastructureError):
    """A container was started and failed by itself: of PostgreSQL trouble, of the service under test a defect."""


class ServiceEndedError(Exception):
    """The shared service has ended in the middle of a run: a defect of the service; nothing more can be tried."""


class UnexpectedLogError(AssertionError):
    """The service has logged errors that nobody expects: a broken promise, also where every step has held."""


def as_trouble(error: Exception, doing: str) -> InfrastructureError:
    """Return what went wrong while `doing` something with the infrastructure, whatever kind of error it was."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, InfrastructureError):
        return error
    return InfrastructureError(f"{doing} failed: {type(error).__name__}: {error}")
