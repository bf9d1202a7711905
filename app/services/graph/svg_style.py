"""Shapes, line ends, text styles and colours of the SVG drawing."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from app.domain.vocabulary import VerdictKind
from app.kit.declarations import NodeShape
from app.kit.svg_theme import SvgTheme
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
THEME = SvgTheme("kkb-graph", LIGHT, DARK)
painted = THEME.painted
STYLE = THEME.style_sheet(
    [
        "a:hover .box, .kkb-graph a:focus .box { stroke: var(--focus); stroke-width: 4; }",
        "a:hover .line, .kkb-graph a:focus .line { stroke: var(--focus); stroke-width: 3; }",
        "a:focus { outline: none; }",
    ]
)

#: Sign → name of its colour, its class and its line end.
SIGN_NAMES = {1: "raises", -1: "lowers", 0: "neither"}
#: Verdict → its line: the stronger, the more solid.
VERDICT_LINES = {
    VerdictKind.ESTABLISHED: {"stroke-width": "3.4"},
    VerdictKind.SUPPORTED: {"stroke-width": "1.7"},
    VerdictKind.SUGGESTIVE: {"stroke-width": "1.7", "stroke-dasharray": "14 4"},
    VerdictKind.CONTESTED: {"stroke-width": "1.7", "stroke-dasharray": "12 3 2 3"},
    VerdictKind.INCONCLUSIVE: {"stroke-width": "1.7", "stroke-dasharray": "6 4"},
    VerdictKind.NOT_ASSESSED: {"stroke-width": "1.7", "stroke-dasharray": "1.5 4"},
    VerdictKind.REFUTED: {"stroke-width": "1", "stroke-dasharray": "1.5 4"},
}
#: Verdicts that share the line of another.
VERDICT_LINES |= {
    VerdictKind.BACKGROUND: VERDICT_LINES[VerdictKind.ESTABLISHED],
    VerdictKind.MIXED_BY_JURISDICTION: VERDICT_LINES[VerdictKind.CONTESTED],
    VerdictKind.WEAK: VERDICT_LINES[VerdictKind.INCONCLUSIVE],
    VerdictKind.NOT_JUDGED: VERDICT_LINES[VerdictKind.NOT_ASSESSED],
    VerdictKind.UNTESTED: VERDICT_LINES[VerdictKind.NOT_ASSESSED],
    VerdictKind.OPPOSITE: VERDICT_LINES[VerdictKind.REFUTED],
}
ENTITY_OUTLINE = {"stroke-width": "1.4"}


@dataclass(frozen=True)
class TextStyle:
    """Class, font size in px, weight and name of the colour of a text."""

    name: str
    size: float
    colour: str
    bold: bool = False

    def attributes(self, x: float, y: float, *, middle: bool = False) -> dict[str, str]:
        """Return the attributes of a text that starts at `x`, or has its middle there."""
        placed = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-size": f"{self.size:g}"}
        weight = {"font-weight": "bold"} if self.bold else {}
        anchor = {"text-anchor": "middle"} if middle else {}
        return painted(self.name, fill=self.colour) | placed | weight | anchor


HEADING = TextStyle("heading", 20.0, "ink", bold=True)
NAME = TextStyle("name", 14.0, "ink", bold=True)
VERB = TextStyle("verb", 12.5, "ink", bold=True)
SMALL = TextStyle("small", 11.5, "soft")
KIND = TextStyle("kind", 11.5, "soft")


def line_ends() -> ET.Element:
    """Return the SVG markers of the line ends: arrow (raises), bar (lowers), circle (neither)."""
    definitions = ET.Element("defs")
    for name, end, tag, attributes in (
        ("raises", 12, "path", painted("head", fill="raises") | {"d": "M1,1 L13,7 L1,13 Z"}),
        (
            *("lowers", 11, "path"),
            painted("head", stroke="lowers") | {"d": "M11,0 V14", "stroke-width": "3"},
        ),
        (
            *("neither", 12, "circle"),
            painted("head", fill="ground", stroke="neither")
            | {"cx": "7.5", "cy": "7", "r": "4.5", "stroke-width": "2"},
        ),
    ):
        marker = ET.SubElement(
            definitions,
            "marker",
            {
                "id": f"kkb-{name}",
                "refX": str(end),
                "refY": "7",
                "orient": "auto",
                "markerUnits": "userSpaceOnUse",
                "markerWidth": "14",
                "markerHeight": "14",
                "viewBox": "0 0 14 14",
            },
        )
        # In cairosvg the end inherits the dashes of the line, whatever is said but a longer dash.
        ET.SubElement(marker, tag, attributes | {"stroke-dasharray": "100"})
    return definitions


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
