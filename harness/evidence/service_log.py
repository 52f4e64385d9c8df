"""What the service wrote: its lines about the scenario, and the rest."""

import re

from harness.containers.service import ServiceContainer
from harness.evidence.collector import Collector, Finding
from harness.evidence.scene import Scene
from harness.log_entries import WARNING, LogEntry, counted, entries

MOST_TELLING = 6


def collectors(scene: Scene) -> list[Collector]:
    """Return a collector for each process of the service."""
    found: dict[str, Collector] = {}
    for service in scene.site.stack.services:
        again = sum(name.startswith(service.alias) for name in found)  # started once more, in another container
        name = f"{service.alias} ({again + 1})" if again else service.alias
        found[name] = _collector(scene, service, name)
    return list(found.values())


def _collector(scene: Scene, service: ServiceContainer, name: str) -> Collector:
    async def collect() -> Finding:
        written = entries(await service.log_lines(since=scene.journal.begun))
        ours = [entry for entry in written if scene.is_ours(entry.text)]
        rest = [entry for entry in written if not scene.is_ours(entry.text)]
        lines = [_shown(scene, entry) for entry in ours] or ["(no line about this scenario)"]
        lines += ["", f"--- {len(rest)} other lines since the scenario began ---"]
        lines += [_shown(scene, entry) for entry in rest]
        # Trouble that carries no id at all (a lost connection, a traceback) may well be the cause.
        # What befell many requests is told once; which ones is in the file.
        told = [
            f"the {name} logged: {scene.brief(entry, 'correlation_id')}"
            for entry in written
            if (entry.level >= WARNING or entry.is_trouble) and (scene.is_ours(entry.text) or not entry.correlation_id)
        ]
        last = scene.brief(ours[-1]) if ours else "nothing at all"
        return Finding(
            lines, counted(told, MOST_TELLING) or [f"the {name} logged no warning, and last about it: {last}"]
        )

    return Collector(f"What the {name} logged", f"{re.sub(r'[^a-z0-9]+', '_', name).strip('_')}.log", collect)


def _shown(scene: Scene, entry: LogEntry) -> str:
    return scene.shown(entry.fields) if entry.fields else scene.named(scene.redaction.text(entry.text))
