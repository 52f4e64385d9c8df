"""Where a step failed, as the collectors see it."""

import json
from dataclasses import dataclass
from typing import Any

from dishka import AsyncContainer

from harness.journal import Journal, Redaction
from harness.log_entries import LogEntry, ids_in
from harness.names import Names
from harness.sites import Site


@dataclass(frozen=True)
class Scene:
    """The site of a scenario, and what its people have done there, called things, and must not tell."""

    site: Site
    journal: Journal
    names: Names
    redaction: Redaction

    @classmethod
    async def of(cls, scope: AsyncContainer) -> "Scene":
        """Return the scene of the scenario of `scope`."""
        site, journal = await scope.get(Site), await scope.get(Journal)
        return cls(site, journal, await scope.get(Names), await scope.get(Redaction))

    @property
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

    def brief(self, entry: LogEntry, *without: str) -> str:
        """Return an entry in one line, names instead of ids: no secrets, no personal data, no fields `without`."""
        fields = {name: value for name, value in entry.fields.items() if name not in without}
        clean = LogEntry(entry.text, entry.level, self.redaction.value(fields))
        return self.names.spoken(self.redaction.text(clean.brief()))
