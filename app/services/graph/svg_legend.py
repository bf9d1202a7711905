"""Legend of the SVG drawing."""

from xml.etree import ElementTree as ET

from app.domain.graph import SIGNS
from app.domain.vocabulary import VerdictKind
from app.resources.entities import NODES
from app.services.graph.svg_style import (
    ENTITY_OUTLINE,
    MARKS,
    SIGN_NAMES,
    SMALL,
    VERDICT_LINES,
    node_path,
    painted,
)

HEIGHT = 116.0
STEP = 134.0
#: Verdicts that differ in their line, the strongest first.
VERDICTS = (
    VerdictKind.ESTABLISHED,
    VerdictKind.SUPPORTED,
    VerdictKind.SUGGESTIVE,
    VerdictKind.CONTESTED,
    VerdictKind.INCONCLUSIVE,
    VerdictKind.NOT_ASSESSED,
    VerdictKind.REFUTED,
)
#: Width of the last column, whose label is short.
LAST_COLUMN = 110.0
#: Of the widest row, that of verdicts or that of entities.
WIDTH = STEP * (max(len(VERDICTS), len(NODES)) - 1) + LAST_COLUMN + 28


def add_legend(svg: ET.Element, x: float, y: float) -> None:
    """Add the legend in three rows: signs, verdicts and types of entities."""
    legend = ET.SubElement(svg, "g", {"class": "legend", "transform": f"translate({x:g} {y:g})"})
    legend.set("aria-hidden", "true")
    for column, (sign, label) in enumerate(SIGNS.items()):
        at = column * STEP
        row = ET.SubElement(legend, "g", {"class": f"claim {SIGN_NAMES[sign]} supported"})
        line = _line(row, at, 10, SIGN_NAMES[sign], VerdictKind.SUPPORTED)
        line.set("marker-end", f"url(#kkb-{SIGN_NAMES[sign]})")
        _text(row, f"{MARKS[sign]} {label}", at + 50, 14)
    for column, verdict in enumerate(VERDICTS):
        row = ET.SubElement(legend, "g", {"class": f"claim neither {verdict.value}"})
        _line(row, column * STEP, 46, "neither", verdict)
        _text(row, verdict.value.replace("_", " "), column * STEP + 50, 50)
    for column, (record_type, node) in enumerate(NODES.items()):
        row = ET.SubElement(legend, "g", {"class": f"entity {record_type}"})
        at = column * STEP
        outline = {"d": node_path(node.shape, at + 20, 82, 40, 20)} | ENTITY_OUTLINE
        ET.SubElement(row, "path", painted("box", fill=record_type, stroke="edge") | outline)
        _text(row, record_type, at + 50, 86)


def _line(row: ET.Element, x: float, y: float, sign: str, verdict: VerdictKind) -> ET.Element:
    line = painted("line", stroke=sign) | VERDICT_LINES[verdict]
    return ET.SubElement(row, "path", line | {"d": f"M{x:g},{y:g} H{x + 42:g}"})


def _text(row: ET.Element, text: str, x: float, y: float) -> None:
    ET.SubElement(row, "text", SMALL.attributes(x, y)).text = text
