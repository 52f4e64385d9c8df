"""HTTP exchanges of the scenario: request, status, answer, milliseconds."""

from datetime import UTC, datetime

from harness.evidence.collector import Collector, Finding
from harness.evidence.scene import Scene
from harness.exchanges import Exchange

OK, SERVER_ERROR = 200, 500
LONGEST_SHOWN = 4_000
"""Characters of a body."""


def collector(scene: Scene) -> Collector:
    """Return the collector for what the suite asked the service over HTTP since the scenario began."""

    async def collect() -> Finding:
        exchanges = sorted(
            (e for s in scene.site.stack.services for e in s.exchanges if e.at >= scene.journal.begun),
            key=lambda exchange: exchange.at,
        )
        health = scene.site.stack.target.health  # the harness asks for it until the service is ready
        asked = [exchange for exchange in exchanges if exchange.path != health or exchange.status == OK]
        lines = [line for exchange in asked for line in _told(scene, exchange)]
        if hidden := len(exchanges) - len(asked):
            lines.append(f"(and {hidden} times {health} was not answered with {OK})")
        unanswered = [e for e in asked if not e.status or e.status >= SERVER_ERROR]
        return Finding(lines or ["(none)"], [f"over HTTP: {_told(scene, e)[0]}" for e in unanswered[-2:]])

    return Collector("HTTP exchanges", "http.txt", collect)


def _told(scene: Scene, exchange: Exchange) -> list[str]:
    at = datetime.fromtimestamp(exchange.at, UTC).isoformat(timespec="milliseconds")
    outcome = str(exchange.status) if exchange.status else f"no answer: {exchange.answer.decode(errors='replace')}"
    lines = [f"{at} {exchange.method} {scene.named(exchange.path)} → {outcome} ({exchange.milliseconds:.0f} ms)"]
    lines.append(f"    headers: {scene.shown(exchange.headers)}")
    if exchange.body:
        lines.append(f"    request: {_body(scene, exchange.body)}")
    if exchange.status and exchange.answer:
        lines.append(f"    answer:  {_body(scene, exchange.answer)}")
    return lines


def _body(scene: Scene, body: bytes) -> str:
    return scene.redaction.text(scene.shown(body), LONGEST_SHOWN)
