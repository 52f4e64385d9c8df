"""Feature files as Cucumber's own parser reads them: source, document, and a pickle for each scenario and row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gherkin.stream.gherkin_events import GherkinEvents
from gherkin.stream.id_generator import IdGenerator
from gherkin.stream.source_events import Event

from .stream import relative


class Documents:
    """The feature files of a run; where the official parser cannot read what behave can, a parse error says so."""

    def __init__(self, ids: IdGenerator) -> None:
        self._events = GherkinEvents(GherkinEvents.Options(print_source=False, print_ast=True, print_pickles=True))
        self._events.id_generator = ids
        self._events.parser.ast_builder.id_generator = ids
        self._events.compiler.id_generator = ids
        self._pickles: dict[tuple[str, int], Any] = {}

    def read(self, filename: str, lines: set[int]) -> Iterator[Any]:
        """Iterate over the messages about a file: pickles only for the scenarios (or rows) that begin on `lines`."""
        uri = relative(filename)
        source: Event = {
            "source": {
                "uri": uri,
                "data": Path(filename).read_text(encoding="utf-8-sig"),
                "mediaType": "text/x.cucumber.gherkin+plain",
            }
        }
        yield source
        for envelope in self._events.enum(source):
            pickle: Any = envelope.get("pickle")
            if pickle is None:
                yield envelope
            elif pickle["location"]["line"] in lines:
                self._pickles[uri, pickle["location"]["line"]] = pickle
                yield envelope

    def pickle(self, scenario: Any) -> Any | None:
        """Return the pickle of behave's `scenario`; None when it was not selected, or the file could not be parsed."""
        return self._pickles.get((relative(scenario.filename), scenario.line))
