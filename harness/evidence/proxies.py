"""What the proxies of a laboratory could not do: reach what they lead to, or take anybody more."""

from harness.containers.toxiproxy import ToxiproxyContainer
from harness.evidence.collector import Collector, Finding
from harness.evidence.scene import Scene
from harness.log_entries import ERROR, WARNING, LogEntry, counted, entries

MOST_TELLING = 3


def collector(scene: Scene) -> Collector:
    """Return the collector for the log of the proxies of the scenario's stack, if it has any."""

    async def collect() -> Finding:
        proxies = [part for part in scene.site.stack.parts if isinstance(part, ToxiproxyContainer)]
        written = [e for part in proxies for e in entries(await part.log_lines(since=scene.journal.begun))]
        lines = [entry.text for entry in written if entry.level >= WARNING]
        told = [_told(entry) for entry in written if entry.level >= ERROR]
        return Finding(lines or ["(nothing)" if proxies else "(there are none)"], counted(told, MOST_TELLING))

    return Collector("What the proxies could not do", "proxies.log", collect)


def _told(entry: LogEntry) -> str:
    """Return an error without client and time, so that the same one is told once."""
    name, event, why = (entry.fields.get(field, "") for field in ("name", "message", "error"))
    return f"the proxy of {name}: {event} ({why})"
