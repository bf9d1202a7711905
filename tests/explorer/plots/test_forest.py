"""Forest plots: positions, weights, sides, what is cut and what is not drawn."""

from math import exp, inf, log, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.vocabulary import EstimateMetric
from app.explorer.plots.forest import ForestTable, forest_table
from app.explorer.plots.forest_data import ForestData, ForestEstimate, ForestPool
from app.explorer.plots.marks import Side, UndrawnReason
from tests.explorer.plots.svg_cells import area, labels, of_class, parse, percent

numbers = st.floats() | st.none()
metrics = st.sampled_from([None, "unknown", *EstimateMetric])


def forest(*estimates: ForestEstimate, **fields: Any) -> ForestTable:
    of_differences: dict[str, Any] = {"metric": "SMD", "null": 0.0}
    return forest_table(ForestData(estimates, **of_differences | fields))


def position(table: ForestTable, row: int = 0) -> float:
    [mark] = of_class(table.rows[row].plot, "mark")
    return percent(mark)


def synthesis(**fields: Any) -> dict[str, Any]:
    """Two trials of a relapse that a claim says is prevented, as the API returns them."""

    def effect(value: float, half: float) -> dict[str, Any]:
        return {"value": value, "lower": value - half, "upper": value + half}

    def readable(value: float) -> dict[str, Any]:
        return {"unit": "risk ratio", "estimate": exp(-value)}

    return {
        "metric": "logRR",
        "unit": "risk ratio",
        "null": 0.0,
        "worthwhile": {"value": log(1 / 0.75), "readable": 0.75},
        "pooled": {
            "estimate": log(2),
            "lower": log(1.25),
            "upper": log(4),
            "prediction": {"lower": log(1 / 1.6), "upper": log(5)},
            "method_text": "Bayesian random effects",
            "readable": readable(log(2)),
        },
        "units": [
            effect(log(4), 0.5)
            | {"study": "daly-2019", "weight": 0.8, "standard_error": 0.25, "participants": 297}
            | {"readable": readable(log(4))},
            effect(log(1.25), 0.6)
            | {"study": "small-2020", "weight": 0.2, "standard_error": 0.5, "participants": None}
            | {"readable": readable(log(1.25))},
        ],
    } | fields


def test_one_row_a_study_in_the_order_of_the_synthesis() -> None:
    table = forest_table(ForestData.from_synthesis(synthesis()))
    assert [row.estimate.study for row in table.rows] == ["daly-2019", "small-2020"]
    assert [row.estimate.participants for row in table.rows] == [297, None]
    assert not table.undrawn


def test_right_favours_the_claim_and_figures_are_those_of_the_readers() -> None:
    table = forest_table(ForestData.from_synthesis(synthesis()))
    assert table.axis is not None
    figures = [float(label) for label in labels(table.axis)]
    assert figures == sorted(figures, reverse=True)
    assert figures[0] > 1 > figures[-1]
    assert table.rows[0].text == "0.25 (0.15 to 0.41)"
    assert (table.null_text, table.worthwhile_text) == ("1.00", "0.75")
    [null] = of_class(table.rows[0].plot, "null")
    [worthwhile] = of_class(table.rows[0].plot, "worthwhile")
    assert percent(null, "x1") < percent(worthwhile, "x1") < position(table)


def test_ratios_have_a_log_scale() -> None:
    estimates = [ForestEstimate(str(ratio), log(ratio)) for ratio in (1, 2, 4, 8)]
    table = forest(*estimates, metric="logOR")
    places = [position(table, row) for row in range(4)]
    steps = [places[n + 1] - places[n] for n in range(3)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.02)
    assert steps[0] > 5


def test_differences_have_a_linear_scale() -> None:
    table = forest(*(ForestEstimate(str(v), v) for v in (0, 1, 2, 4)))
    places = [position(table, row) for row in range(4)]
    assert places[3] - places[2] == pytest.approx(2 * (places[1] - places[0]), abs=0.02)


def test_areas_of_marks_are_in_proportion_to_weights() -> None:
    shares = (0.6, 0.3, 0.1)
    table = forest(*(ForestEstimate(str(w), 1.0, weight=w) for w in shares))
    areas = [area(of_class(row.plot, "mark")[0]) for row in table.rows]
    assert [a / areas[0] for a in areas] == pytest.approx([1, 1 / 2, 1 / 6], rel=0.01)


def test_marks_without_weights_have_one_size_and_none_vanishes() -> None:
    unweighted = forest(ForestEstimate("a", 1.0), ForestEstimate("b", 2.0))
    assert len({area(of_class(row.plot, "mark")[0]) for row in unweighted.rows}) == 1
    tiny = forest(ForestEstimate("a", 1.0, weight=1.0), ForestEstimate("b", 1.0, weight=1e-9))
    assert area(of_class(tiny.rows[1].plot, "mark")[0]) >= 9


def test_each_side_has_a_shape_of_its_own() -> None:
    table = forest(*(ForestEstimate("x", v) for v in (0.4, -0.4, 0.0)))
    assert [row.side for row in table.rows] == [Side.FOR, Side.AGAINST, Side.NEITHER]
    for row, shape in zip(table.rows, ("square", "diamond", "ring"), strict=True):
        [mark] = of_class(row.plot, "mark")
        assert {shape, row.side.value} <= set(mark.attrib["class"].split())


def test_the_side_is_that_of_the_margin_of_the_claim() -> None:
    table = forest(ForestEstimate("x", -0.05), metric="RD", null=-0.1)
    assert table.rows[0].side is Side.FOR
    assert table.null_text == "−10.0"


@pytest.mark.parametrize(
    ("ends", "end", "position_of_end", "arrow_head"),
    [((-40.0, 1.0), "x1", 3, "M0 0 7-4V4Z"), ((0.1, 40.0), "x2", 97, "M0 0-7-4V4Z")],
)
def test_an_interval_beyond_the_axis_ends_in_an_arrow_head(
    ends: tuple[float, float], end: str, position_of_end: float, arrow_head: str
) -> None:
    table = forest(ForestEstimate("x", 0.5, *ends, standard_error=0.2), ForestEstimate("y", 0.6))
    assert [row.is_cut for row in table.rows] == [True, False]
    assert table.is_cut
    [arrow] = of_class(table.rows[0].plot, "arrow")
    [interval] = of_class(table.rows[0].plot, "interval")
    assert percent(arrow) == percent(interval, end) == position_of_end
    assert arrow[0].attrib["d"] == arrow_head
    assert table.rows[0].text == f"0.50 ({ends[0]:.2f} to {ends[1]:.2f})".replace("-", "−")


def test_an_interval_within_the_axis_has_no_arrow_head() -> None:
    table = forest_table(ForestData.from_synthesis(synthesis()))
    assert not table.is_cut
    assert not any(of_class(row.plot, "arrow") for row in table.rows)
    [interval] = of_class(table.rows[0].plot, "interval")
    assert percent(interval, "x1") < position(table) < percent(interval, "x2")


def test_the_pooled_diamond_spans_its_interval() -> None:
    table = forest_table(ForestData.from_synthesis(synthesis()))
    assert table.summary is not None
    [[diamond]] = of_class(table.summary.plot, "pooled")
    ends = (percent(diamond), percent(diamond) + percent(diamond, "width"))
    low, high = position(table, 1), position(table, 0)  # 1.25 and 4, the ends of the interval
    assert ends == pytest.approx((low, high), abs=0.02)
    assert table.summary.text == "0.50 (0.25 to 0.80)"
    assert table.summary.side is Side.FOR


def test_the_prediction_interval_has_a_row_of_its_own() -> None:
    table = forest_table(ForestData.from_synthesis(synthesis()))
    assert table.summary is not None
    assert table.summary.prediction_plot is not None
    assert table.summary.prediction_text == "0.20 to 1.60"
    [interval] = of_class(table.summary.prediction_plot, "prediction")
    [null] = of_class(table.summary.prediction_plot, "null")
    assert percent(interval, "x1") < percent(null, "x1") < percent(interval, "x2")


@pytest.mark.parametrize(
    "pooled",
    [None, {}, {"estimate": None, "lower": 0.1, "upper": 1.0}, {"estimate": nan}],
)
def test_a_synthesis_without_a_pooled_estimate_has_no_summary(pooled: Any) -> None:
    table = forest_table(ForestData.from_synthesis(synthesis(pooled=pooled)))
    assert table.summary is None
    assert len(table.rows) == 2


def test_the_pooled_estimate_of_one_study_is_not_drawn_twice() -> None:
    one = synthesis()["units"][:1]
    table = forest_table(ForestData.from_synthesis(synthesis(units=one)))
    assert len(table.rows) == 1
    assert table.summary is None


def test_nothing_without_a_direction_is_drawn() -> None:
    undirected = ForestEstimate("x", 0.9, 0.1, 1.7, has_direction=False)
    table = forest(ForestEstimate("y", 0.2), undirected)
    assert [row.estimate.study for row in table.rows] == ["y"]
    assert [(out.item.study, out.reason) for out in table.undrawn] == [
        ("x", UndrawnReason.NO_DIRECTION)
    ]
    assert "side" in table.undrawn[0].reason.text


def test_without_the_value_of_no_effect_no_side_is_known() -> None:
    table = forest(ForestEstimate("x", 0.9), null=None)
    assert not table.rows
    assert table.undrawn[0].reason is UndrawnReason.NO_DIRECTION


@pytest.mark.parametrize("value", [None, nan, inf, -inf])
def test_an_estimate_without_a_figure_is_listed_and_not_drawn(value: float | None) -> None:
    table = forest(ForestEstimate("x", value), ForestEstimate("y", 0.3))
    assert [row.estimate.study for row in table.rows] == ["y"]
    assert table.undrawn[0].reason is UndrawnReason.NO_VALUE


@pytest.mark.parametrize(("metric", "value"), [("logOR", 400.0), ("MD", 1e300)])
def test_an_estimate_beyond_any_axis_is_listed_and_not_clipped(metric: str, value: float) -> None:
    table = forest(ForestEstimate("x", value), metric=metric)
    assert not table.rows
    assert table.undrawn[0].reason is UndrawnReason.OUT_OF_RANGE


@pytest.mark.parametrize("document", [{}, {"units": None, "pooled": None, "metric": None}])
def test_a_synthesis_without_estimates_has_no_plot(document: dict[str, Any]) -> None:
    table = forest_table(ForestData.from_synthesis(document))
    assert (table.rows, table.summary, table.axis) == ((), None, None)


@given(
    metrics,
    st.sampled_from([1, -1]),
    st.lists(st.tuples(*[numbers] * 5), max_size=4),
    st.tuples(*[numbers] * 7),
)
def test_every_estimate_is_drawn_within_the_cell_or_listed(
    metric: str | None,
    sign: int,
    estimates: list[tuple[Any, ...]],
    pooled: tuple[float | None, ...],
) -> None:
    value, lower, upper, low, high, null, worthwhile = pooled
    prediction = None if low is None or high is None else (low, high)
    data = ForestData(
        [ForestEstimate(str(n), *fields) for n, fields in enumerate(estimates)],
        metric=metric,
        null=null,
        worthwhile=worthwhile,
        pool=ForestPool(value, lower, upper, prediction),
        reading_sign=sign,
    )
    table = forest_table(data)
    assert len(table.rows) + len(table.undrawn) == len(estimates)
    for row in table.rows:
        assert len(of_class(row.plot, "mark")) == 1
    if table.axis is not None:
        assert labels(table.axis)
    if table.summary is not None:
        parse(table.summary.plot)
