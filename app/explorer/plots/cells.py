"""Parts of SVG table cells, positioned in per cent so that a plot is as wide as its column.

There is no viewBox: a mark of fixed size is a nested `svg` at a percentage. Colours and widths
are in the style sheet, by class; positions are attributes, which a strict Content-Security-Policy
allows. Nothing has an id, so that cells can be repeated. Cells are hidden from screen readers,
since the table around them has the same values as text. Formatted strings, whose texts are escaped
one by one, take a tenth of the time of `Markup.format`, and a page has hundreds of marks.

    svg(vertical_line(40, "null"), line(30, 55, "interval for"), mark(42.3, Shape.SQUARE, "for"))
"""

from collections.abc import Iterable
from enum import StrEnum
from math import isfinite, pi, sqrt

from markupsafe import Markup, escape

from app.explorer.plots.scale import AxisScale, AxisTick

#: Side of a square mark, in pixels; other shapes have the same area.
MARK_SIZE = 9.0
#: Heights in pixels; the style sheet stretches `svg.plot` to the height of its row.
ROW_HEIGHT, AXIS_HEIGHT, BAR_HEIGHT = 26, 27, 14


class Shape(StrEnum):
    """Shape of a mark. Each has its own meaning, so that no meaning depends on a colour."""

    DOT = "dot"
    SQUARE = "square"
    DIAMOND = "diamond"
    RING = "ring"
    TRIANGLE = "triangle"  # points to the right: nothing was found up to here
    CROSS = "cross"


def number(value: float) -> str:
    """Return a coordinate as SVG text.

    Raises:
        ValueError: The value is infinite or not a number.
    """
    if not isfinite(value):
        raise ValueError(f"{value} is no coordinate.")
    return f"{round(value, 2) + 0.0:g}"


def svg(*parts: Markup, height: int = ROW_HEIGHT, classes: str = "plot") -> Markup:
    """Return a drawing that fills the width of its cell."""
    return Markup(
        f'<svg class="{escape(classes)}" width="100%" height="{height:d}" aria-hidden="true"'
        f' focusable="false">{joined(parts)}</svg>'
    )


def joined(parts: Iterable[Markup]) -> Markup:
    """Return parts of a drawing as one."""
    return Markup("").join(parts)


def line(x1: float, x2: float, classes: str) -> Markup:
    """Return a horizontal line in the middle of the row, from `x1` to `x2` in per cent."""
    return Markup(
        f'<line class="{escape(classes)}" x1="{number(x1)}%" x2="{number(x2)}%" y1="50%" y2="50%"/>'
    )


def vertical_line(x: float, classes: str) -> Markup:
    """Return a line over the whole height of the row; rows under each other make it one line."""
    at = number(x)
    return Markup(f'<line class="{escape(classes)}" x1="{at}%" x2="{at}%" y1="0" y2="100%"/>')


def cap(x: float, classes: str) -> Markup:
    """Return the short vertical line at the end of a range."""
    return _placed(x, classes, Markup('<path d="M0-4V4"/>'))


def arrow_head(x: float, classes: str, *, is_left: bool) -> Markup:
    """Return the arrow head of a line that goes on beyond the axis."""
    path = "M0 0 7-4V4Z" if is_left else "M0 0-7-4V4Z"
    return _placed(x, f"arrow {classes}", Markup('<path d="{}"/>').format(path))


def mark(
    x: float, shape: Shape, classes: str = "", *, size: float = MARK_SIZE, hollow: bool = False
) -> Markup:
    """Return a mark of fixed size at `x` per cent, in the middle of the row.

    Args:
        size: Side of the square whose area the mark has, in pixels.
        hollow: Whether only its outline is drawn; rings and triangles always are hollow.
    """
    is_hollow = hollow or shape in (Shape.RING, Shape.TRIANGLE)
    names = " ".join(filter(None, ("mark", shape.value, "hollow" * is_hollow, classes)))
    return _placed(x, names, _shape(shape, size))


def _shape(shape: Shape, size: float) -> Markup:
    half = number(size / 2)
    match shape:
        case Shape.DOT | Shape.RING:
            return Markup(f'<circle r="{number(size / sqrt(pi))}"/>')
        case Shape.SQUARE:
            side = number(size)
            return Markup(f'<rect x="-{half}" y="-{half}" width="{side}" height="{side}"/>')
        case Shape.DIAMOND:
            reach = number(size / sqrt(2))
            return Markup(f'<path d="M0-{reach} {reach} 0 0 {reach}-{reach} 0Z"/>')
        case Shape.TRIANGLE:
            return Markup(f'<path d="M0-{half} {number(size * 0.9)} 0 0 {half}Z"/>')
        case Shape.CROSS:
            return Markup(f'<path d="M-{half}-{half} {half} {half}M{half}-{half}-{half} {half}"/>')


def spanning_diamond(x1: float, middle: float, x2: float, classes: str) -> Markup:
    """Return a diamond whose ends are at `x1` and `x2` per cent, and its widest part at `middle`.

    Its width is a percentage and its height is not: this one shape needs a viewBox.
    """
    width = max(x2 - x1, 0.2)  # an interval of no width remains visible
    tip = number(100 * min(max((middle - x1) / width, 0), 1))
    return Markup(
        '<svg y="50%" overflow="visible" class="{0}"><svg x="{1}%" y="-8" width="{2}%" height="16"'
        ' viewBox="0 0 100 16" preserveAspectRatio="none"><path d="M0 8 {3} 0 100 8 {3} 16Z"/>'
        "</svg></svg>"
    ).format(classes, number(min(x1, 100 - width)), number(width), tip)


def band(x1: float, x2: float, classes: str) -> Markup:
    """Return a band over the whole height of the row, from `x1` to `x2` per cent."""
    return Markup('<rect class="band {}" x="{}%" width="{}%" height="100%"/>').format(
        classes, number(x1), number(max(x2 - x1, 0))
    )


def bar(x: float, width: float, classes: str, *, hatched: bool = False) -> Markup:
    """Return a part of a bar, in per cent of its width; `hatched` adds diagonal lines to it.

    The hatching is one dashed line, sheared: a pattern would need an id and a reference to it.
    """
    parts = Markup('<rect class="{}" x="{}%" width="{}%" height="100%"/>').format(
        classes, number(x), number(width)
    )
    if hatched:
        parts += Markup(
            '<svg x="{}%" width="{}%" height="100%"><line class="hatch" x1="0" x2="200%" y1="50%"'
            ' y2="50%" stroke-width="60" stroke-dasharray="2 4" transform="skewX(-45)"/></svg>'
        ).format(number(x), number(width))
    return parts


def grid(scale: AxisScale, ticks: Iterable[AxisTick]) -> Markup:
    """Return the vertical lines of the ticks."""
    return joined(vertical_line(scale.at(tick.value), "grid") for tick in ticks)


def axis(scale: AxisScale, ticks: Iterable[AxisTick]) -> Markup:
    """Return the axis as a drawing of its own, for the head of the plot's column.

    Every second label has the class `odd`, so that the style sheet can leave it out where the
    column is narrow.
    """
    parts = [Markup('<line class="base" x1="0" x2="100%" y1="26" y2="26"/>')]
    for position, tick in enumerate(ticks):
        x = scale.at(tick.value)
        parts.append(
            Markup(
                '<line class="tick" x1="{0}%" x2="{0}%" y1="21" y2="26"/>'
                '<text class="{1}" x="{0}%" y="15" text-anchor="middle">{2}</text>'
            ).format(number(x), "odd" if position % 2 else "even", tick.label)
        )
    return svg(*parts, height=AXIS_HEIGHT, classes="axis")


def _placed(x: float, classes: str, body: Markup) -> Markup:
    return Markup(
        f'<svg x="{number(x)}%" y="50%" overflow="visible" class="{escape(classes)}">{body}</svg>'
    )
