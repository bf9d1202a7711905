"""SVG drawing of a forest plot, accessible and legible on light and dark grounds.

The columns are as wide as their texts, so that no text overlaps another or the plot; long names
are broken into lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from xml.etree import ElementTree as ET

from app.kit.svg_text import FONTS, strip_control_characters, text_width, wrap_text
from app.kit.svg_theme import SvgTheme
from app.services.evidence.synthesis.forest_plot import ForestPlot, PlottedSummary, PlottedUnit

LIGHT = {
    "ground": "#ffffff",
    "ink": "#1b1f24",
    "soft": "#4d5661",
    "rule": "#767f89",
    "unit": "#1b1f24",
    "pooled": "#00674a",
    "prediction": "#0b57a4",
    "worthwhile": "#a33b00",
}
DARK = {
    "ground": "#14181d",
    "ink": "#f0f3f6",
    "soft": "#b7c0ca",
    "rule": "#8b96a1",
    "unit": "#f0f3f6",
    "pooled": "#3ecf9f",
    "prediction": "#7cb8ff",
    "worthwhile": "#ff9d5c",
}
THEME = SvgTheme("kkb-forest", LIGHT, DARK)
STYLE = THEME.style_sheet()

# All lengths are in SVG user units (px at scale 1).
MARGIN, GAP = 20.0, 18.0
TITLE, TEXT, SMALL = 17.0, 13.0, 11.5
LINE, ROW = 16.0, 26.0
NAMES, PLOT = 230.0, 360.0
LARGEST, SMALLEST = 15.0, 4.0  # sides of the squares of the units
ARROW = 6.0
BOLD = 1.14  # of the width of the same text in regular weight


@dataclass(frozen=True)
class _Row:
    """One row of the table: the lines of its name, its texts, and its place."""

    lines: Sequence[str]
    texts: tuple[str, str, str]  # participants, effect with interval, weight
    top: float

    @property
    def height(self) -> float:
        return max(ROW, LINE * len(self.lines) + ROW - LINE)

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


class ForestDrawing:
    """The drawing of one forest plot; `to_svg` returns the document."""

    def __init__(self, plot: ForestPlot) -> None:
        self.plot = plot
        self.ticks = plot.axis_ticks()
        scale, summary = plot.scale, plot.summary
        effect = f"{scale.name[0].upper()}{scale.name[1:]} (95% interval)"
        is_weighted = any(unit.weight is not None for unit in plot.units)
        self.header = ("Study", "n", effect, "Weight" if is_weighted else "")
        cells = [(unit.label, _unit_texts(plot, unit)) for unit in plot.units]
        if summary is not None:
            cells.append(("Pooled", _summary_texts(plot, summary)))
            if summary.prediction is not None:
                interval = scale.interval_text(*summary.prediction)
                cells.append(("Prediction interval", ("", interval, "")))
        self.names = max(
            text_width("Prediction interval", TEXT),
            *(min(NAMES, text_width(label, TEXT)) for label, _ in cells),
        )
        columns = list(zip(self.header[1:], *(texts for _, texts in cells), strict=True))
        widths = [max(text_width(text, TEXT * BOLD) for text in column) for column in columns]
        self.n_right = MARGIN + self.names + GAP + widths[0]
        self.left = self.n_right + GAP
        self.right = self.left + PLOT
        self.effect_left = self.right + GAP
        self.weight_right = self.effect_left + widths[1] + GAP + widths[2]
        self.width = self.weight_right + MARGIN
        self.title_lines = wrap_text(
            strip_control_characters(plot.title), TITLE * BOLD, self.width - 2 * MARGIN
        )
        self.header_y = MARGIN + LINE * 1.3 * len(self.title_lines) + LINE + GAP
        self.rows: list[_Row] = []
        top = self.header_y + 8
        for label, texts in cells:
            lines = wrap_text(strip_control_characters(label), TEXT, self.names + 1)
            self.rows.append(_Row(lines, texts, top))
            top += self.rows[-1].height
        self.bottom = top + 4

    def to_svg(self) -> str:
        """Return the drawing as an SVG document."""
        plot = self.plot
        legend = self._legend()
        height = self.bottom + 52 + LINE * len(legend) + MARGIN
        svg = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {self.width:.0f} {height:.0f}",
                "width": f"{self.width:.0f}",
                "height": f"{height:.0f}",
                "class": THEME.css_class,
                "font-family": FONTS,
                "role": "img",
                "aria-labelledby": "kkb-forest-title kkb-forest-desc",
                "lang": "en",
            },
        )
        title = ET.SubElement(svg, "title", id="kkb-forest-title")
        title.text = strip_control_characters(plot.title)
        description = ET.SubElement(svg, "desc", id="kkb-forest-desc")
        description.text = strip_control_characters(plot.description())
        ET.SubElement(svg, "style").text = STYLE
        ground = {"width": f"{self.width:.0f}", "height": f"{height:.0f}"}
        ET.SubElement(svg, "rect", THEME.painted("ground", fill="ground") | ground)
        for number, line in enumerate(self.title_lines):
            y = MARGIN + TITLE * 0.8 + LINE * 1.3 * number
            _text(svg, line, MARGIN, y, size=TITLE, bold=True)
        caption_y = MARGIN + LINE * 1.3 * len(self.title_lines) + LINE * 0.6
        _text(svg, plot.caption, MARGIN, caption_y, size=SMALL, colour="soft")
        self._add_header(svg)
        self._add_reference_lines(svg)
        for row, unit in zip(self.rows, plot.units, strict=False):
            self._add_unit(svg, row, unit)
        if plot.summary is not None:
            self._add_summary(svg, self.rows[len(plot.units) :], plot.summary)
        self._add_axis(svg)
        for number, line in enumerate(legend):
            y = self.bottom + 56 + LINE * (number + 0.8)
            _text(svg, line, MARGIN, y, size=SMALL, colour="soft")
        ET.indent(svg, " ")
        return ET.tostring(svg, encoding="unicode") + "\n"

    def _x(self, value: float) -> float:
        """Return the position of a value; one beyond the axis is at its end."""
        first, last = self.ticks[0], self.ticks[-1]
        share = (min(max(value, first), last) - first) / (last - first)
        return self.left + share * PLOT

    def _add_header(self, svg: ET.Element) -> None:
        name, participants, effect, weight = self.header
        y = self.header_y
        _text(svg, name, MARGIN, y, bold=True)
        _text(svg, participants, self.n_right, y, anchor="end", bold=True)
        _text(svg, effect, self.effect_left, y, bold=True)
        if weight:
            _text(svg, weight, self.weight_right, y, anchor="end", bold=True)

    def _add_reference_lines(self, svg: ET.Element) -> None:
        """Add the line of the null, and the dotted one of the smallest worthwhile effect."""
        top, plot = self.header_y - 4, self.plot
        _line(svg, "rule", self._x(plot.null), top, self._x(plot.null), self.bottom)
        if plot.worthwhile is not None:
            x = self._x(plot.worthwhile)
            _line(svg, "worthwhile", x, top, x, self.bottom, dashes="2 3")

    def _add_unit(self, svg: ET.Element, row: _Row, unit: PlottedUnit) -> None:
        group = self._add_texts(svg, row)
        self._add_interval(group, row.middle, unit.lower, unit.upper, "unit")
        side = SMALLEST + (LARGEST - SMALLEST) * sqrt(0.5 if unit.weight is None else unit.weight)
        square = {
            "x": f"{self._x(unit.value) - side / 2:.1f}",
            "y": f"{row.middle - side / 2:.1f}",
            "width": f"{side:.1f}",
            "height": f"{side:.1f}",
        }
        ET.SubElement(group, "rect", THEME.painted("unit", fill="unit") | square)

    def _add_summary(self, svg: ET.Element, rows: Sequence[_Row], summary: PlottedSummary) -> None:
        """Add the diamond of the pooled estimate and the line of the prediction interval."""
        _line(svg, "rule", MARGIN, rows[0].top, self.weight_right, rows[0].top)
        group, middle = self._add_texts(svg, rows[0], bold=True), rows[0].middle
        low, high = self._x(summary.lower), self._x(summary.upper)
        points = [(low, middle), (self._x(summary.value), middle - 8), (high, middle)]
        points.append((self._x(summary.value), middle + 8))
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        ET.SubElement(
            group, "polygon", THEME.painted("pooled", fill="pooled") | {"points": corners}
        )
        if summary.prediction is not None:
            group = self._add_texts(svg, rows[1])
            self._add_interval(group, rows[1].middle, *summary.prediction, "prediction")

    def _add_texts(self, svg: ET.Element, row: _Row, *, bold: bool = False) -> ET.Element:
        group = ET.SubElement(svg, "g")
        first = row.middle - LINE * (len(row.lines) - 1) / 2 + TEXT * 0.35
        for number, line in enumerate(row.lines):
            _text(group, line, MARGIN, first + LINE * number, bold=bold)
        participants, effect, weight = row.texts
        y = row.middle + TEXT * 0.35
        for text, x, anchor in (
            (participants, self.n_right, "end"),
            (effect, self.effect_left, "start"),
            (weight, self.weight_right, "end"),
        ):
            if text:
                _text(group, text, x, y, anchor=anchor, bold=bold)
        return group

    def _add_interval(
        self, group: ET.Element, y: float, lower: float, upper: float, colour: str
    ) -> None:
        """Add the line of an interval; an end beyond the axis is an arrow."""
        low, high = self._x(lower), self._x(upper)
        _line(group, colour, low, y, high, y, width="1.6")
        ends = ((lower < self.ticks[0] - 1e-9, low, 1), (upper > self.ticks[-1] + 1e-9, high, -1))
        for is_cut, x, inward in ends:
            if is_cut:
                back = x + inward * ARROW
                points = f"{x:.1f},{y:.1f} {back:.1f},{y - 4:.1f} {back:.1f},{y + 4:.1f}"
                ET.SubElement(
                    group, "polygon", THEME.painted("cut", fill=colour) | {"points": points}
                )

    def _add_axis(self, svg: ET.Element) -> None:
        y, plot, last = self.bottom, self.plot, -float("inf")
        _line(svg, "ink", self.left, y, self.right, y)
        for tick in self.ticks:
            x, label = self._x(tick), plot.scale.tick_text(tick)
            _line(svg, "ink", x, y, x, y + 5)
            half = text_width(label, SMALL) / 2
            if x - half > last:
                _text(svg, label, x, y + 18, size=SMALL, anchor="middle")
                last = x + half + 2
        sides = f"{plot.lower_side} ← {plot.unit or plot.scale.name} → {plot.upper_side}"
        lines = wrap_text(strip_control_characters(sides), SMALL, self.weight_right - MARGIN)
        middle = (self.left + self.right) / 2
        half = max(text_width(line, SMALL) for line in lines) / 2
        middle = min(max(middle, MARGIN + half), self.weight_right - half)
        for number, line in enumerate(lines[:2]):
            _text(svg, line, middle, y + 36 + 14 * number, size=SMALL, anchor="middle")

    def _legend(self) -> list[str]:
        """Return the lines below the axis."""
        plot, parts = self.plot, []
        if plot.summary is not None:
            parts.append(f"Pooled: {plot.summary.method}.")
        if plot.worthwhile is not None:
            parts.append(
                f"Dotted line: smallest worthwhile effect, {plot.scale.text(plot.worthwhile)}."
            )
        intervals = [(unit.lower, unit.upper) for unit in plot.units]
        if plot.summary is not None and plot.summary.prediction is not None:
            intervals.append(plot.summary.prediction)
        if any(low < self.ticks[0] or high > self.ticks[-1] for low, high in intervals):
            parts.append("Arrows: the interval goes on beyond the axis.")
        return wrap_text(" ".join(parts), SMALL, self.width - 2 * MARGIN) if parts else []


def to_svg(plot: ForestPlot) -> str:
    """Return a forest plot as an SVG document."""
    return ForestDrawing(plot).to_svg()


def _unit_texts(plot: ForestPlot, unit: PlottedUnit) -> tuple[str, str, str]:
    scale = plot.scale
    effect = f"{scale.text(unit.value)} ({scale.interval_text(unit.lower, unit.upper)})"
    participants = "" if unit.participants is None else str(unit.participants)
    return participants, effect, "" if unit.weight is None else f"{unit.weight:.1%}"


def _summary_texts(plot: ForestPlot, summary: PlottedSummary) -> tuple[str, str, str]:
    scale = plot.scale
    effect = f"{scale.text(summary.value)} ({scale.interval_text(summary.lower, summary.upper)})"
    known = [unit.participants for unit in plot.units]
    total = sum(n for n in known if n is not None) if None not in known else None
    return "" if total is None else str(total), effect, ""


def _text(
    parent: ET.Element,
    text: str,
    x: float,
    y: float,
    *,
    size: float = TEXT,
    colour: str = "ink",
    anchor: str = "start",
    bold: bool = False,
) -> None:
    attributes = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-size": f"{size:g}"}
    if anchor != "start":
        attributes["text-anchor"] = anchor
    if bold:
        attributes["font-weight"] = "bold"
    element = ET.SubElement(parent, "text", THEME.painted("text", fill=colour) | attributes)
    element.text = strip_control_characters(text)


def _line(
    parent: ET.Element,
    colour: str,
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    *,
    width: str = "1",
    dashes: str = "",
) -> None:
    ends = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    style = {"stroke-width": width} | ({"stroke-dasharray": dashes} if dashes else {})
    ET.SubElement(parent, "line", THEME.painted("line", stroke=colour) | ends | style)
