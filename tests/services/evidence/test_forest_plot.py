"""Forest plots: every figure is drawn where it belongs, no text overlaps, words say it all."""

import itertools
import json
import math
from random import Random
from xml.etree import ElementTree as ET

import pytest

from app.domain.vocabulary import EstimateMetric
from app.kit.svg_text import text_width
from app.services.evidence.synthesis import vega_lite
from app.services.evidence.synthesis.forest_plot import (
    ForestPlot,
    PlottedSummary,
    PlottedUnit,
)
from app.services.evidence.synthesis.forest_svg import BOLD, DARK, LIGHT, to_svg
from app.services.evidence.synthesis.plot_scale import SCALES
from tests.services.graph.test_svg_renderers import contrast

NS = {"s": "http://www.w3.org/2000/svg"}
LONG = (
    "A randomised, double-blind, placebo-controlled trial of esketamine in adults whose depression"
    " did not respond to at least two antidepressants in the current episode"
)


def unit(label: str, value: float, error: float, weight: float | None = 0.5) -> PlottedUnit:
    half = 1.959964 * error
    return PlottedUnit(label, value, value - half, value + half, error, weight, 120)


def plot(
    units: list[PlottedUnit],
    summary: PlottedSummary | None = None,
    metric: EstimateMetric = EstimateMetric.MD,
    worthwhile: float | None = None,
) -> ForestPlot:
    return ForestPlot(
        title=LONG,
        caption="ketamine-kb, release 2, rule 2027.1",
        unit="MADRS points",
        lower_side="favours a comparator with a long name, placebo spray and an antidepressant",
        upper_side="favours the intervention, esketamine spray and an oral antidepressant",
        scale=SCALES[metric],
        null=0.0,
        worthwhile=worthwhile,
        units=units,
        summary=summary,
    )


def many(number: int) -> ForestPlot:
    random = Random(number)
    units = [
        unit(f"{LONG} {n}" if n % 3 == 0 else f"study-{n}", random.gauss(2, 2), 0.4 + n % 5)
        for n in range(number)
    ]
    units[-1] = unit("outlier-2003", 3, 400)
    return plot(units, PlottedSummary(2.0, 0.9, 3.1, (-2.0, 6.0), "Bayesian"), worthwhile=3.0)


PLOTS = {
    "one": plot([unit("popova-2019", 4.0, 1.7, None)], PlottedSummary(4, 0.7, 7.3, None, "own")),
    "two": many(2),
    "twelve": many(12),
    "forty": many(40),
    "ratios": plot(
        [unit("a", 0.0, 0.02), unit("b", 5.0, 1.4)],
        PlottedSummary(0.9, 0.1, 1.7, (-3.0, 4.8), "Bayesian"),
        EstimateMetric.LOG_OR,
        math.log(1.55),
    ),
    "percentages": plot([unit("a", -4.0, 0.3), unit("b", 2.0, 0.3)], None, EstimateMetric.RD),
    "proportions": plot(
        [unit("a", -4.0, 0.3), unit("b", 2.0, 0.3)], None, EstimateMetric.LOGIT_PROPORTION
    ),
    "equal": plot([unit("a", 0.0, 1e-6), unit("b", 0.0, 1e-6)], None),
    "huge": plot([unit("a", 1e9, 1e8), unit("b", -1e9, 1e8)], None),
    "endless": plot([unit("a", 2.0, 900.0)], None, EstimateMetric.LOG_OR),
    "hostile": plot([unit("<script>&\x00\x1b", 1.0, 1.0)], None),
}


def boxes(svg: ET.Element) -> list[tuple[float, float, float, float, str]]:
    """left, top, right, bottom and content of each text, as wide as in the widest typeface."""
    found = []
    for text in svg.iter(f"{{{NS['s']}}}text"):
        size, x, y = (float(text.attrib[name]) for name in ("font-size", "x", "y"))
        content = text.text or ""
        width = text_width(content, size * (BOLD if text.get("font-weight") else 1))
        left = x - {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor", "start")] * width
        found.append((left, y - 0.75 * size, left + width, y + 0.2 * size, content))
    return found


@pytest.mark.parametrize("name", PLOTS)
def test_no_text_overlaps_another_or_leaves_the_drawing(name: str) -> None:
    svg = ET.fromstring(to_svg(PLOTS[name]))
    width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
    found = boxes(svg)
    for a, b in itertools.combinations(found, 2):
        assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3], (a, b)
    for left, top, right, low, text in found:
        assert min(left, top) >= 0, text
        assert right <= width, text
        assert low <= height, text


@pytest.mark.parametrize("name", PLOTS)
def test_marks_are_within_the_columns_of_the_plot(name: str) -> None:
    svg = ET.fromstring(to_svg(PLOTS[name]))
    axis = next(x for x in svg.findall("s:line", NS) if "stroke-ink" in x.attrib["class"])
    left, right = float(axis.attrib["x1"]), float(axis.attrib["x2"])
    lines = [line for group in svg.findall("s:g", NS) for line in group.findall("s:line", NS)]
    summary = PLOTS[name].summary
    has_prediction = summary is not None and summary.prediction is not None
    assert len(lines) == len(PLOTS[name].units) + has_prediction
    for line in lines:
        assert left <= float(line.attrib["x1"]) <= float(line.attrib["x2"]) <= right


def test_figures_are_drawn_to_scale() -> None:
    svg = ET.fromstring(to_svg(PLOTS["one"]))
    ticks = [
        (float(text.attrib["x"]), float((text.text or "").replace("−", "-")))
        for text in svg.findall("s:text", NS)
        if text.get("text-anchor") == "middle" and len(text.text or "") < 6
    ]
    (x1, v1), (x2, v2) = ticks[0], ticks[-1]
    per_unit = (x2 - x1) / (v2 - v1)
    interval = svg.find("s:g/s:line", NS)
    assert interval is not None
    drawn = [v1 + (float(interval.attrib[end]) - x1) / per_unit for end in ("x1", "x2")]
    only = PLOTS["one"].units[0]
    assert drawn == pytest.approx([only.lower, only.upper], abs=0.05)


def test_an_interval_beyond_the_axis_has_arrows_and_a_legend() -> None:
    svg = to_svg(PLOTS["twelve"])
    assert svg.count("cut ") == 2
    assert "Arrows" in svg
    assert "Arrows" not in to_svg(PLOTS["one"])


def test_everything_drawn_is_in_the_description() -> None:
    svg = ET.fromstring(to_svg(PLOTS["ratios"]))
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-labelledby"] == "kkb-forest-title kkb-forest-desc"
    assert svg.findtext("s:title", None, NS) == LONG
    description = svg.findtext("s:desc", "", NS)
    for figure in ("1.00 (0.96 to 1.04)", "148.41 (", "2.46 (1.11 to 5.47)", "0.05 to 121.51"):
        assert figure in description
    assert "weight 50%" in description
    assert "effect: 1.55" in description


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_have_the_contrast_that_wcag_asks_for(theme: dict[str, str]) -> None:
    for name in ("ink", "soft"):
        assert contrast(theme[name], theme["ground"]) >= 4.5, name
    for name in theme.keys() - {"ground"}:
        assert contrast(theme[name], theme["ground"]) >= 3, name


@pytest.mark.parametrize(
    ("metric", "low", "high", "texts"),
    [
        (EstimateMetric.MD, -3.9, 7.3, ["−4", "−2", "0", "2", "4", "6", "8"]),
        (EstimateMetric.SMD, -0.02, 0.03, ["−0.02", "−0.01", "0", "0.01", "0.02", "0.03"]),
        (
            EstimateMetric.LOG_OR,
            math.log(0.4),
            math.log(30),
            ["0.2", "0.5", "1", "2", "5", "10", "20", "50"],
        ),
        (EstimateMetric.LOG_OR, math.log(1.1), math.log(1.9), ["1", "1.25", "1.5", "2"]),
        (
            EstimateMetric.LOG_OR,
            math.log(0.002),
            math.log(900),
            ["0.001", "0.01", "0.1", "1", "10", "100", "1000"],
        ),
        (EstimateMetric.RD, -0.2, 0.31, ["−20", "−10", "0", "10", "20", "30", "40"]),
        (EstimateMetric.LOGIT_PROPORTION, -1.0, 1.0, ["20", "30", "40", "50", "60", "70", "80"]),
    ],
)
def test_axes_have_round_divisions(
    metric: EstimateMetric, low: float, high: float, texts: list[str]
) -> None:
    scale = SCALES[metric]
    ticks = scale.ticks(low, high)
    assert ticks[0] <= low
    assert high <= ticks[-1]
    assert [scale.tick_text(tick) for tick in ticks] == texts


def test_an_axis_of_proportions_near_one_has_two_divisions() -> None:
    assert SCALES[EstimateMetric.LOGIT_PROPORTION].ticks(7.5, 9.0) == [7.5, 9.0]


@pytest.mark.parametrize("name", PLOTS)
def test_the_specifications_of_vega_lite_hold_the_same_figures(name: str) -> None:
    of = PLOTS[name]
    forest, funnel = vega_lite.forest(of), vega_lite.funnel(of)
    for spec in (forest, funnel):
        assert json.loads(json.dumps(spec, allow_nan=False)) == spec
        assert spec["$schema"].endswith("/vega-lite/v6.json")
    rows = [row for row in forest["data"]["values"] if row["kind"] == "study"]
    assert [row["effect"] for row in rows] == [of.scale.shown(u.value) for u in of.units]
    assert [row["lower"] for row in rows] == [of.scale.shown(u.lower) for u in of.units]
    points = funnel["layer"][-1]["data"]["values"]
    assert [(p["effect"], p["standard_error"]) for p in points] == [
        (u.value, u.standard_error) for u in of.units
    ]
    kinds = {row["kind"] for row in forest["data"]["values"]}
    assert ("pooled" in kinds) is (of.summary is not None)


def test_a_specification_has_the_structure_of_vega_lite() -> None:
    """Marks, channels and types are those that the language knows."""
    marks = {"rule", "square", "point", "text", "line"}
    channels = {"x", "x2", "y", "y2", "color", "size", "text", "tooltip"}
    for spec in (vega_lite.forest(PLOTS["ratios"]), vega_lite.funnel(PLOTS["ratios"])):
        assert spec["layer"]
        for layer in spec["layer"]:
            assert layer["mark"]["type"] in marks
            assert layer["encoding"].keys() <= channels
            for channel in layer["encoding"].values():
                for field in channel if isinstance(channel, list) else [channel]:
                    assert "field" in field or "value" in field
        columns = spec.get("data", {}).get("values", [{}])[0].keys()
        used = {
            channel["field"]
            for layer in spec["layer"]
            if "data" not in layer
            for channel in layer["encoding"].values()
            if isinstance(channel, dict) and "field" in channel
        }
        assert used <= columns
