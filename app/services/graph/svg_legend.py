"""Legend of the SVG drawing."""

from xml.etree import ElementTree as ET

from app.domain.graph import SIGNS, VERDICT_STRENGTH
from app.resources.entities import NODES
from app.services.graph.svg_style import MARKS, node_path

HEIGHT = 116.0
STEP = 122.0
#: Of the widest row, that of verdicts or that of entities.
WIDTH = STEP * max(len(VERDICT_STRENGTH), len(NODES)) + 28
CLASSES = {1: "raises", -1: "lowers", 0: "neither"}


def add_legend(svg: ET.Element, x: float, y: float) -> None:
    """Add the legend in three rows: signs, verdicts and types of entities."""
    legend = ET.SubElement(svg, "g", {"class": "legend", "transform": f"translate({x:g} {y:g})"})
    legend.set("aria-hidden", "true")
    for column, (sign, label) in enumerate(SIGNS.items()):
        at = column * STEP
        row = ET.SubElement(legend, "g", {"class": f"claim {CLASSES[sign]} supported"})
        end = f"url(#kkb-{CLASSES[sign]})"
        _line(row, at, 10, end)
        _text(row, f"{MARKS[sign]} {label}", at + 50, 14)
    for column, verdict in enumerate(reversed(VERDICT_STRENGTH)):
        row = ET.SubElement(legend, "g", {"class": f"claim neither {verdict.value}"})
        _line(row, column * STEP, 46, None)
        _text(row, verdict.value, column * STEP + 50, 50)
    for column, (record_type, node) in enumerate(NODES.items()):
        row = ET.SubElement(legend, "g", {"class": f"entity {record_type}"})
        at = column * STEP
        outline = node_path(node.shape, at + 20, 82, 40, 20)
        ET.SubElement(row, "path", {"class": "box", "d": outline})
        _text(row, record_type, at + 50, 86)


def _line(row: ET.Element, x: float, y: float, end: str | None) -> None:
    attributes = {"class": "line", "d": f"M{x:g},{y:g} H{x + 42:g}"}
    ET.SubElement(row, "path", attributes | ({"marker-end": end} if end else {}))


def _text(row: ET.Element, text: str, x: float, y: float) -> None:
    ET.SubElement(row, "text", {"class": "small", "x": f"{x:g}", "y": f"{y:g}"}).text = text
