"""The plot of the figures: a bar for each that has an aim, drawn so that all aims lie on one line. Plain SVG."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from tools.bench.figures import Figure, number

WIDTH, ROW, LEFT, RIGHT = 950, 34, 335, 320
TOP, FOOT, HEAD = 16, 44, 30
AIM = 0.55
"""Where on the bars' way the aims lie."""
STYLE = """
  text { font: 13px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f; }
  .head { font-weight: 600; } .small { font-size: 11px; fill: #57606a; }
  .track { fill: #8c959f; opacity: .16; } .met { fill: #2da44e; } .missed { fill: #bc4c00; }
  .aim { stroke: #24292f; stroke-width: 1.5; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small { fill: #9198a1; } .aim { stroke: #e6edf3; }
    .met { fill: #3fb950; } .missed { fill: #db6d28; }
  }
"""


def svg(figures: Sequence[Figure], caption: str) -> str:
    """Return the plot of those `figures` that have an aim, with a `caption` below it."""
    groups = [
        ("more is better", [f for f in figures if f.aim is not None and f.at_least]),
        ("less is better", [f for f in figures if f.aim is not None and not f.at_least]),
    ]
    drawn: list[str] = []
    y = TOP
    for title, group in groups:
        if not group:
            continue
        drawn.append(f'<text class="small" x="{LEFT}" y="{y + 12}">{title}</text>')
        begun = y + HEAD - 8
        y += HEAD
        for figure in group:
            drawn += _bar(figure, figure.aim or 1.0, y)
            y += ROW
        x = LEFT + _span() * AIM
        drawn.append(f'<line class="aim" x1="{x:.1f}" y1="{begun}" x2="{x:.1f}" y2="{y - 4}"/>')
        drawn.append(f'<text class="small" x="{x:.1f}" y="{begun - 4}" text-anchor="middle">aim</text>')
    height = y + FOOT
    drawn.append(f'<text class="small" x="14" y="{y + 26}">{escape(caption)}</text>')
    described = "; ".join(f"{f.name}: ratio {f.ratio:.2f}, aim {f.verdict}" for _, group in groups for f in group)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(described, {chr(34): "&quot;"})}">',
            f"<style>{STYLE}</style>",
            *drawn,
            "</svg>\n",
        ]
    )


def _span() -> float:
    return WIDTH - LEFT - RIGHT


def _bar(figure: Figure, aim: float, y: int) -> list[str]:
    length = _span() * min(figure.ratio / aim * AIM, 1.0)
    colour = "met" if figure.met else "missed"
    sign, x = "≥" if figure.at_least else "≤", LEFT + _span() + 12
    said = f"aim {sign} {aim:.2f}, {number(figure.value)} : {number(figure.bare)} {figure.unit}"
    return [
        f'<text x="14" y="{y + 16}">{escape(_shown(figure.name))}</text>',
        f'<rect class="track" x="{LEFT}" y="{y + 2}" width="{_span()}" height="20" rx="3"/>',
        f'<rect class="{colour}" x="{LEFT}" y="{y + 2}" width="{length:.1f}" height="20" rx="3"/>',
        f'<text class="head" x="{x}" y="{y + 16}">{figure.ratio:.2f}</text>',
        f'<text class="small" x="{x + 44}" y="{y + 16}">{escape(said)}</text>',
    ]


def _shown(name: str) -> str:
    return name[0].upper() + name[1:]
