"""Shapes, line ends and colours of the SVG drawing, light and dark."""

from collections.abc import Mapping

from app.kit.batching import batched
from app.kit.declarations import NodeShape
from app.resources.entities import NODES

MARKS = {1: "+", -1: "−", 0: "○"}
CROSSED = "✕"

LIGHT = {
    "ground": "#ffffff",
    "ink": "#1b1f24",
    "soft": "#4d5661",
    "edge": "#5c6670",
    "raises": "#0b57a4",
    "lowers": "#a33b00",
    "neither": "#59636e",
    "claim": "#ffffff",
    **{record_type: node.fill[0] for record_type, node in NODES.items()},
    "focus": "#b8860b",
}
DARK = {
    "ground": "#14181d",
    "ink": "#f0f3f6",
    "soft": "#b7c0ca",
    "edge": "#98a3ae",
    "raises": "#7cb8ff",
    "lowers": "#ff9d5c",
    "neither": "#b0bac4",
    "claim": "#1b2027",
    **{record_type: node.fill[1] for record_type, node in NODES.items()},
    "focus": "#ffd24a",
}


def _properties(colours: Mapping[str, str], indent: str) -> str:
    """Return CSS custom properties, four per line; a page may override them."""
    declared = [f"--{name}: {colour};" for name, colour in colours.items()]
    lines = [" ".join(batch) for batch in batched(declared, 4)]
    return f"\n{indent}".join(lines)


_FILLS = "\n".join(
    f".kkb-graph .{record_type} .box {{ fill: var(--{record_type}); }}" for record_type in NODES
)
STYLE = (
    f"""
.kkb-graph {{ {_properties(LIGHT, "  ")}
  font-family: Arial, Helvetica, "Liberation Sans", sans-serif; }}
@media (prefers-color-scheme: dark) {{
  .kkb-graph {{ {_properties(DARK, "    ")} }} }}"""
    """
.kkb-graph .ground { fill: var(--ground); }
.kkb-graph text { fill: var(--ink); font-size: 11.5px; }
.kkb-graph .heading { font-size: 20px; font-weight: bold; }
.kkb-graph .name { font-size: 14px; font-weight: bold; }
.kkb-graph .verb { font-size: 12.5px; font-weight: bold; }
.kkb-graph .kind, .kkb-graph .small { fill: var(--soft); }
.kkb-graph .middle { text-anchor: middle; }
.kkb-graph .entity .box { stroke: var(--edge); stroke-width: 1.4; }
"""
    + _FILLS
    + """
.kkb-graph .raises { --sign: var(--raises); }
.kkb-graph .lowers { --sign: var(--lowers); }
.kkb-graph .neither { --sign: var(--neither); }
.kkb-graph .claim .box { fill: var(--claim); }
.kkb-graph .claim .verb { fill: var(--sign); }
.kkb-graph .claim .line, .kkb-graph .claim .box { stroke: var(--sign); stroke-width: 1.7; }
.kkb-graph .line { fill: none; }
.kkb-graph .established .line, .kkb-graph .established .box { stroke-width: 3.4; }
.kkb-graph .contested .line, .kkb-graph .contested .box { stroke-dasharray: 12 3 2 3; }
.kkb-graph .weak .line, .kkb-graph .weak .box { stroke-dasharray: 6 4; }
.kkb-graph .untested .line, .kkb-graph .untested .box { stroke-dasharray: 1.5 4; }
.kkb-graph .refuted .line, .kkb-graph .refuted .box { stroke-dasharray: 1.5 4; stroke-width: 1; }
.kkb-graph a:hover .box, .kkb-graph a:focus .box { stroke: var(--focus); stroke-width: 4; }
.kkb-graph a:hover .line, .kkb-graph a:focus .line { stroke: var(--focus); stroke-width: 3; }
.kkb-graph a:focus { outline: none; }
.kkb-graph .head { stroke-dasharray: none; stroke-width: 2; }
.kkb-graph .head.raises { fill: var(--raises); stroke: none; }
.kkb-graph .head.lowers { fill: none; stroke: var(--lowers); stroke-width: 3; }
.kkb-graph .head.neither { fill: var(--ground); stroke: var(--neither); }
"""
)


def outline() -> str:
    """Return the SVG markers of the line ends: arrow (raises), bar (lowers), circle (neither)."""
    attributes = (
        'orient="auto" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="14"'
        ' viewBox="0 0 14 14" refY="7"'
    )
    return (
        "<defs>"
        f'<marker id="kkb-raises" refX="12" {attributes}>'
        '<path class="head raises" d="M1,1 L13,7 L1,13 Z"/></marker>'
        f'<marker id="kkb-lowers" refX="11" {attributes}>'
        '<path class="head lowers" d="M11,0 V14"/></marker>'
        f'<marker id="kkb-neither" refX="12" {attributes}>'
        '<circle class="head neither" cx="7.5" cy="7" r="4.5"/></marker>'
        "</defs>"
    )


def node_path(shape: NodeShape, x: float, y: float, width: float, height: float) -> str:
    """Return the SVG path of a node's outline around its centre (`x`, `y`)."""
    left, right, top, bottom = x - width / 2, x + width / 2, y - height / 2, y + height / 2
    cut = 7.0
    if shape is NodeShape.PILL:
        r = min(height / 2, 24.0)
        turn = f"A{r:g},{r:g} 0 0 1"
        return (
            f"M{left + r:.1f},{top:.1f} H{right - r:.1f} {turn} {right:.1f},{top + r:.1f}"
            f" V{bottom - r:.1f} {turn} {right - r:.1f},{bottom:.1f} H{left + r:.1f}"
            f" {turn} {left:.1f},{bottom - r:.1f} V{top + r:.1f} {turn} {left + r:.1f},{top:.1f} Z"
        )
    points = {
        NodeShape.HEXAGON: [
            (left, y), (left + cut, top), (right - cut, top),
            (right, y), (right - cut, bottom), (left + cut, bottom),
        ],
        NodeShape.PARALLELOGRAM: [
            (left + cut, top), (right, top), (right - cut, bottom), (left, bottom),
        ],
        NodeShape.OCTAGON: [
            (left, top + cut), (left + cut, top), (right - cut, top), (right, top + cut),
            (right, bottom - cut), (right - cut, bottom),
            (left + cut, bottom), (left, bottom - cut),
        ],
    }.get(shape, [(left, top), (right, top), (right, bottom), (left, bottom)])  # fmt: skip
    return "M" + " L".join(f"{px:.1f},{py:.1f}" for px, py in points) + " Z"
