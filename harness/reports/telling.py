"""Scenarios and what became of their steps, in lines for people."""

import os
import re
from collections.abc import Iterator
from typing import Any

from behave.model import Status

from harness.errors import InfrastructureError

PASSED, FAILED, NOT_RUN = "✓", "✗", "-"
NOT_REFUTED = (InfrastructureError, KeyboardInterrupt)
_ROW = re.compile(r"\s*-- @\d+\.\d+.*$")


def title(scenario: Any) -> str:
    """Return the name of a scenario; for a row of an outline with the cells that it lacks, instead of a number."""
    row = getattr(scenario, "_row", None)
    name = _ROW.sub("", str(scenario.name).strip())
    lacking = [cell for cell in row.cells if cell not in name] if row is not None else []
    return f"{name} ({' | '.join(lacking)})" if lacking else name


def place(scenario: Any) -> str:
    """Return where a scenario (or a row of an outline) stands, as `file:line`."""
    return f"{os.path.relpath(scenario.filename)}:{scenario.line}"


def failing_step(scenario: Any) -> Any | None:
    """Return the step that failed, if one did."""
    return next((step for step in scenario.all_steps if step.status.has_failed()), None)


def refuted(scenario: Any) -> bool:
    """Tell whether the scenario found something broken: trouble with infrastructure or Ctrl-C proves nothing."""
    if not scenario.status.has_failed():
        return False
    step = failing_step(scenario)
    if step is not None and step.status in (Status.undefined, Status.pending):
        return False
    return not isinstance((step or scenario).exception, NOT_REFUTED)


def message(scenario: Any) -> str:
    """Return what is said about the failure, in one line."""
    said = _said_lines(scenario)
    return said[0] if said else str((failing_step(scenario) or scenario).status.name)


def details(scenario: Any) -> list[str]:
    """Return what stands below the message: what differs, what goes with it, where the evidence is."""
    return [line.strip() for line in _said_lines(scenario)[1:]]


def _said_lines(scenario: Any) -> list[str]:
    """Return the message about the failure and the lines below it, without the traceback above it."""
    step = failing_step(scenario)
    said = ((step.error_message if step else None) or scenario.error_message or "").strip().splitlines()
    lines = [line for line in said if line.strip()]
    if lines and lines[0].startswith("Traceback"):
        first = next((n for n, line in enumerate(lines) if not line.startswith((" ", "Traceback"))), len(lines) - 1)
        lines = lines[first:]
    return [re.sub(r"^ASSERT FAILED: ", "", line) for line in lines]


def failure(scenario: Any, failed: Any) -> Iterator[str]:
    """Tell the story of a scenario in which the step `failed` has just failed, in full."""
    yield place(scenario)
    steps = list(scenario.all_steps)
    at = next(number for number, step in enumerate(steps) if step is failed)
    for number, step in enumerate(steps):
        mark = PASSED if number < at else FAILED if number == at else NOT_RUN
        yield f"{mark} {step.keyword} {step.name}"
        if number <= at:
            yield from (f"    {line}" for line in _argument(step))
        if number == at:
            yield from (f"  {line}" for line in _said(step))


def _argument(step: Any) -> Iterator[str]:
    if step.text:
        yield from ('"""', *str(step.text).splitlines(), '"""')
    if step.table:
        rows = [step.table.headings, *(row.cells for row in step.table)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"


def _said(step: Any) -> Iterator[str]:
    said = (step.error_message or step.status.name).strip()
    yield from said.splitlines()
    captured = step.captured
    for name, text in (("stdout", captured.stdout), ("stderr", captured.stderr), ("log", captured.log)):
        if other := text.replace(said, "").strip():  # behave prints the message to standard error, too
            yield from (f"captured {name}:", *(f"  {line}" for line in other.splitlines()))
