"""Read the SVG of plots back: every drawing that a test looks at is parsed and checked here."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from markupsafe import Markup

#: Attributes of position and class; there is none of style.
ALLOWED = frozenset(
    (
        *("class", "x", "y", "x1", "x2", "y1", "y2", "r", "d", "width", "height", "overflow"),
        *("aria-hidden", "focusable", "text-anchor", "viewBox", "preserveAspectRatio"),
        *("stroke-width", "stroke-dasharray", "transform"),
    )
)


def parse(cell: Markup) -> ET.Element:
    """Return a drawing as a tree, and check what holds of each one.

    It is well-formed and hidden from screen readers, has only attributes of position and class,
    no id, and no position outside its cell.
    """
    assert isinstance(cell, Markup)
    root = ET.fromstring(cell)
    assert (root.get("aria-hidden"), root.get("focusable")) == ("true", "false")
    assert root.get("width") == "100%"
    assert not re.search(r"\b(nan|inf)", cell, re.IGNORECASE), cell
    for element in root.iter():
        assert set(element.attrib) <= ALLOWED, element.attrib
    for element in _outside_sheared_lines(root):
        for name in ("x", "x1", "x2", "y", "width"):
            value = element.get(name, "")
            if value.endswith("%"):
                assert 0 <= float(value[:-1]) <= 100, (name, value, cell)
    return root


def _outside_sheared_lines(root: ET.Element) -> Iterator[ET.Element]:
    """Yield all elements but hatching, which is longer than the bar that cuts it."""
    return (element for element in root.iter() if element.get("class") != "hatch")


def of_class(cell: Markup, name: str) -> list[ET.Element]:
    """Return the elements of a class, in the order in which they are drawn."""
    return [e for e in parse(cell).iter() if name in (e.get("class") or "").split()]


def percent(element: ET.Element, name: str = "x") -> float:
    """Return a position of an element."""
    text = element.attrib[name]
    assert text.endswith("%"), element.attrib
    return float(text[:-1])


def area(mark: ET.Element) -> float:
    """Return the area of a square mark, in square pixels."""
    square = mark[0]
    assert square.tag == "rect"
    return float(square.attrib["width"]) * float(square.attrib["height"])


def labels(axis: Markup) -> list[str]:
    """Return the labels of an axis, from left to right."""
    texts = [e for e in parse(axis).iter() if e.tag == "text"]
    return [e.text or "" for e in sorted(texts, key=percent)]
