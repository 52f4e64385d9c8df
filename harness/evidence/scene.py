"""Where a step failed, as the collectors see it."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harness.journal import Journal, Redaction
from harness.log_entries import ids_in
from harness.names import Names
from harness.sites import Site


@dataclass(frozen=True)
class Scene:
    """The site of a scenario, and what its people have done there, called things, and must not tell."""

    site: Site
    journal: Journal
    names: Names
    redaction: Redaction

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids by which the scenario's things are known in logs, messages and keys."""
        return self.journal.correlation_ids | self.names.ids

    def is_ours(self, text: str) -> bool:
        """Tell whether `text` speaks of anything of the scenario."""
        return not self.ids.isdisjoint(ids_in(text))

    def shown(self, value: Any) -> str:
        """Return a value in one line, without secrets and personal data, ids with the names that features use."""
        clean = self.redaction.value(value)
        return self.named(clean if isinstance(clean, str) else json.dumps(clean, ensure_ascii=False, default=str))

    def named(self, text: str) -> str:
        """Return `text` with the name that the scenario gave behind each id that it knows."""
        return self.names.annotated(text)
