"""Forest and funnel plots as Vega-Lite specifications, which notebooks and web pages draw."""

from typing import Any

from app.services.evidence.synthesis.forest_plot import ForestPlot, PlottedUnit

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MEDIA_TYPE = "application/vnd.vegalite.v6+json"
INK, POOLED, PREDICTION, RULE, WORTHWHILE = "#4d5661", "#00885f", "#2f7fd0", "#888888", "#c05a00"
FUNNEL_HEIGHT = 320
#: Two-sided normal quantile of the 95% limits.
Z_95 = 1.959964
Spec = dict[str, Any]


def forest(plot: ForestPlot) -> Spec:
    """Return a forest plot; the axis has the figures that readers see, ratios on a log scale."""
    rows = [_unit_row(plot, unit) | {"kind": "study"} for unit in plot.units]
    if plot.summary is not None:
        pooled = plot.summary
        rows.append(_row(plot, "Pooled", pooled.value, pooled.lower, pooled.upper, "pooled"))
        if pooled.prediction is not None:
            row = _row(plot, "Prediction interval", pooled.value, *pooled.prediction, "prediction")
            rows.append(row)
    x = {"type": "quantitative", "scale": _axis_scale(plot), "title": _axis_title(plot)}
    return {
        "$schema": SCHEMA,
        "title": {"text": plot.title, "subtitle": plot.caption, "anchor": "start"},
        "description": plot.description(),
        "width": 440,
        "height": {"step": 24},
        "data": {"values": rows},
        "encoding": {
            "y": {
                "field": "study",
                "type": "nominal",
                "sort": [row["study"] for row in rows],
                "title": None,
                "axis": {"labelLimit": 300},
            }
        },
        "layer": [
            *_reference_lines(plot, x),
            {
                "mark": {"type": "rule", "size": 1.5},
                "encoding": {
                    "x": {"field": "lower", **x},
                    "x2": {"field": "upper"},
                    "color": {
                        "field": "kind",
                        "type": "nominal",
                        "legend": None,
                        "scale": {
                            "domain": ["study", "pooled", "prediction"],
                            "range": [INK, POOLED, PREDICTION],
                        },
                    },
                },
            },
            {
                "transform": [{"filter": "datum.kind == 'study'"}],
                "mark": {"type": "square", "filled": True, "opacity": 1, "color": INK},
                "encoding": {
                    "x": {"field": "effect", **x},
                    "size": {
                        "field": "weight_percent",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"range": [20, 300], "domain": [0, 100]},
                    },
                    "tooltip": [
                        {"field": name}
                        for name in ("study", "effect", "lower", "upper", "n", "weight_percent")
                    ],
                },
            },
            {
                "transform": [{"filter": "datum.kind == 'pooled'"}],
                "mark": {
                    "type": "point",
                    "shape": "diamond",
                    "filled": True,
                    "size": 220,
                    "opacity": 1,
                    "color": POOLED,
                },
                "encoding": {"x": {"field": "effect", **x}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 8, "color": INK},
                "encoding": {
                    "x": {"value": {"expr": "width"}},
                    "text": {"field": "label", "type": "nominal"},
                },
            },
        ],
    }


def funnel(plot: ForestPlot) -> Spec:
    """Return a funnel plot: effects against standard errors, on the scale of the metric.

    The lines are the 95% limits around the pooled effect of studies that differ by chance alone.
    """
    points = [
        {
            "study": unit.label,
            "effect": unit.value,
            "standard_error": unit.standard_error,
            "n": unit.participants,
        }
        for unit in plot.units
    ]
    title = _axis_title(plot, log=plot.scale.shown(0.0) == 1.0)
    x = {"type": "quantitative", "title": title, "scale": {"zero": False}}
    y = {"type": "quantitative", "title": "standard error", "scale": {"reverse": True}}
    limits: list[Spec] = []
    if plot.summary is not None:
        centre = plot.summary.value
        deepest = max(unit.standard_error for unit in plot.units) * 1.1
        limits = [
            {
                "data": {
                    "values": [
                        {"effect": centre, "standard_error": 0},
                        {"effect": centre + side * Z_95 * deepest, "standard_error": deepest},
                    ]
                },
                "mark": {"type": "line", "color": RULE, "strokeDash": dashes},
                "encoding": {
                    "x": {"field": "effect", **x},
                    "y": {"field": "standard_error", **y},
                },
            }
            for side, dashes in ((-1, [4, 3]), (0, [1, 0]), (1, [4, 3]))
        ]
    return {
        "$schema": SCHEMA,
        "title": {"text": plot.title, "subtitle": plot.caption, "anchor": "start"},
        "description": f"Funnel plot of {len(points)} "
        + ("study." if len(points) == 1 else "studies."),
        "width": 440,
        "height": FUNNEL_HEIGHT,
        "layer": [
            *limits,
            {
                "data": {"values": points},
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1, "color": INK},
                "encoding": {
                    "x": {"field": "effect", **x},
                    "y": {"field": "standard_error", **y},
                    "tooltip": [
                        {"field": name} for name in ("study", "effect", "standard_error", "n")
                    ],
                },
            },
        ],
    }


def _axis_scale(plot: ForestPlot) -> Spec:
    """Return the domain of the axis; a scale on which 0 is shown as 1 has logarithms."""
    ticks = plot.axis_ticks()
    domain = [plot.scale.shown(ticks[0]), plot.scale.shown(ticks[-1])]
    is_ratio = plot.scale.shown(0.0) == 1.0
    return {"domain": domain, "nice": False} | ({"type": "log"} if is_ratio else {"zero": False})


def _axis_title(plot: ForestPlot, *, log: bool = False) -> str:
    name = f"log {plot.scale.name}" if log else plot.unit or plot.scale.name
    return f"{plot.lower_side} ← {name} → {plot.upper_side}"


def _reference_lines(plot: ForestPlot, x: Spec) -> list[Spec]:
    lines = [(plot.null, RULE, [4, 3])]
    if plot.worthwhile is not None:
        lines.append((plot.worthwhile, WORTHWHILE, [2, 3]))
    return [
        {
            "mark": {"type": "rule", "color": colour, "strokeDash": dashes},
            "data": {"values": [{"x": plot.scale.shown(value)}]},
            "encoding": {
                "x": {"field": "x", **x},
                "y": {"value": 0},
                "y2": {"value": {"expr": "height"}},
            },
        }
        for value, colour, dashes in lines
    ]


def _unit_row(plot: ForestPlot, unit: PlottedUnit) -> Spec:
    row = _row(plot, unit.label, unit.value, unit.lower, unit.upper, "study")
    weight = None if unit.weight is None else round(100 * unit.weight, 2)
    return row | {"n": unit.participants, "weight_percent": weight}


def _row(plot: ForestPlot, name: str, value: float, lower: float, upper: float, kind: str) -> Spec:
    scale = plot.scale
    interval = scale.interval_text(lower, upper)
    return {
        "study": name,
        "effect": scale.shown(value),
        "lower": scale.shown(lower),
        "upper": scale.shown(upper),
        "label": interval if kind == "prediction" else f"{scale.text(value)} ({interval})",
        "kind": kind,
        "n": None,
        "weight_percent": None,
    }
