"""The stream of messages: one JSON object a line, flushed at once, so that a killed run leaves all but one."""

import json
from pathlib import Path
from typing import IO, Any

import cucumber_messages as m
from gherkin.stream.id_generator import IdGenerator


class Stream:
    """Where messages go; it also hands out the ids that are unique in it."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.ids = IdGenerator()

    def new_id(self) -> str:
        """Return an id that nothing in this stream has."""
        return str(self.ids.get_next_id())

    def write(self, **message: Any) -> None:
        """Write one message: its kind in snake case, and an object of that kind."""
        self.write_raw(m.message_converter.to_dict(m.Envelope(**message)))

    def write_raw(self, envelope: Any) -> None:
        """Write a message that is JSON-like already."""
        self._file.write(json.dumps(envelope, separators=(",", ":")) + "\n")
        self._file.flush()


def relative(path: str) -> str:
    """Return `path` relative to the working directory where it lies below it, with slashes."""
    whole, here = Path(path).resolve(), Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()
