"""Dot plots of affinities: order, log scale, absences and bands."""

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.vocabulary import AffinityParameter, AffinityState, Relation, SourceKind
from app.explorer.plots.affinities import (
    AffinityPoint,
    AffinityTable,
    DoseBand,
    affinity_table,
)
from app.explorer.plots.marks import UndrawnReason
from tests.explorer.plots.svg_cells import labels, of_class, parse, percent


def record(receptor: str, value_nm: float | None, **fields: Any) -> dict[str, Any]:
    return {
        "slug": f"ketamine-{receptor}",
        "compound": {"slug": "ketamine", "name": "ketamine"},
        "receptor": {"slug": receptor, "name": receptor.upper()},
        "parameter": "Ki",
        "relation": "=",
        "value_nm": value_nm,
        "upper_value_nm": None,
        "state": "measured",
        "source": "primary",
    } | fields


def plotted(*records: dict[str, Any], **arguments: Any) -> AffinityTable:
    points = [AffinityPoint.from_record(one, "receptor") for one in records]
    return affinity_table(points, **arguments)


NONE_TO_10_UM = {"state": "none_up_to_bound", "relation": ">"}


def test_rows_are_in_the_order_of_the_tightest_constant_then_of_the_highest_bound() -> None:
    table = plotted(
        record("d", 1e3, **NONE_TO_10_UM),
        record("b", 5000),
        record("a", 70_000),
        record("c", 1e4, **NONE_TO_10_UM),
        record("a", 250),
    )
    assert [row.partner for row in table.rows] == ["a", "b", "c", "d"]
    assert [len(row.points) for row in table.rows] == [2, 1, 1, 1]
    assert table.rows[0].tightest is not None
    assert table.rows[0].tightest.value_nm == 250
    assert table.rows[2].tightest is None
    assert [row.none_up_to_nm for row in table.rows] == [None, None, 1e4, 1e3]


def test_equal_ratios_have_equal_distances() -> None:
    table = plotted(record("a", 10), record("b", 1000), record("c", 100_000))
    places = [percent(of_class(row.plot, "mark")[0]) for row in table.rows]
    assert places == [3, 40.6, 78.2]
    assert labels(table.axis) == ["10 nM", "100 nM", "1 µM", "10 µM", "100 µM", "1 mM"]


def test_partners_are_compounds_on_the_page_of_a_receptor() -> None:
    table = affinity_table([AffinityPoint.from_record(record("drd2", 55), "compound")])
    assert (table.rows[0].partner, table.rows[0].name) == ("ketamine", "ketamine")


@pytest.mark.parametrize(
    ("parameter", "shape"),
    [("Ki", "dot"), ("Kd", "dot"), ("IC50", "square"), ("EC50", "diamond"), (None, "cross")],
)
def test_each_parameter_has_its_shape(parameter: str | None, shape: str) -> None:
    table = plotted(record("a", 100, parameter=parameter))
    [mark] = of_class(table.rows[0].plot, "mark")
    assert shape in mark.attrib["class"].split()
    assert {*AffinityParameter} == {"Ki", "Kd", "IC50", "EC50"}


@pytest.mark.parametrize(
    ("source", "is_hollow"),
    [("primary", False), ("secondary", True), ("database", True), (None, False)],
)
def test_marks_of_sources_that_cite_others_are_hollow(source: str | None, is_hollow: bool) -> None:
    table = plotted(record("a", 100, source=source))
    assert bool(of_class(table.rows[0].plot, "hollow")) is is_hollow


def test_none_found_is_a_triangle_and_a_line_to_the_end_and_never_a_constant() -> None:
    table = plotted(record("a", 1e4, **NONE_TO_10_UM))
    [mark] = of_class(table.rows[0].plot, "mark")
    assert "triangle" in mark.attrib["class"].split()
    dotted = next(e for e in of_class(table.rows[0].plot, "none") if e.tag == "line")
    assert percent(dotted, "x1") == percent(mark) == 59.4
    assert percent(dotted, "x2") == 100
    assert not of_class(table.rows[0].plot, "affinity")


def test_a_bound_disputes_a_constant_only_if_it_is_above_it() -> None:
    above = plotted(record("drd2", 55), record("drd2", 1e4, **NONE_TO_10_UM)).rows[0]
    below = plotted(record("chrna7", 2e4), record("chrna7", 1e3, **NONE_TO_10_UM)).rows[0]
    assert (above.is_disputed, below.is_disputed) == (True, False)
    assert {e.attrib["class"].split()[1] for e in of_class(above.plot, "mark")} == {
        "dot",
        "triangle",
    }


def test_a_range_is_a_line_with_a_cap() -> None:
    table = plotted(record("hcn1", 1000, upper_value_nm=10_000, relation="range"))
    ranged, end = of_class(table.rows[0].plot, "range")
    assert (percent(ranged, "x1"), percent(ranged, "x2")) == (40.6, 59.4)
    assert percent(end) == 59.4


def test_a_value_below_the_published_one_has_an_arrow_to_the_left() -> None:
    table = plotted(record("a", 1000, relation="<"))
    [arrow] = of_class(table.rows[0].plot, "arrow")
    assert percent(arrow) == 0


@pytest.mark.parametrize(
    ("values", "ends"),
    [((0.3,), ("100 pM", "1 mM")), ((5e6,), ("10 nM", "10 mM")), ((0.3, 5e6), ("100 pM", "10 mM"))],
)
def test_the_axis_is_longer_if_data_are_beyond_it(
    values: tuple[float, ...], ends: tuple[str, str]
) -> None:
    table = plotted(*(record(str(value), value) for value in values))
    names = labels(table.axis)
    assert (names[0], names[-1]) == ends
    for row in table.rows:
        [mark] = of_class(row.plot, "mark")
        assert 3 < percent(mark) < 97


def test_the_upper_end_of_a_range_makes_the_axis_longer_too() -> None:
    table = plotted(record("a", 1e5, upper_value_nm=3e6, relation="range"))
    assert labels(table.axis)[-1] == "10 mM"


def test_dose_bands_make_the_axis_longer_too() -> None:
    table = plotted(record("a", 100), bands=[DoseBand(2, 5e6, "dose")])
    assert labels(table.axis)[0] == "1 nM"
    assert labels(table.axis)[-1] == "10 mM"


def test_dose_bands_run_behind_the_marks_of_every_row() -> None:
    table = plotted(
        record("a", 100),
        record("b", 1e4, **NONE_TO_10_UM),
        bands=[DoseBand(100, 1000, "antidepressant")],
    )
    for row in table.rows:
        first = parse(row.plot)[0]
        assert first.attrib["class"] == "band antidepressant"
        assert (percent(first), percent(first, "width")) == (21.8, 18.8)
    assert [dose.name for dose in table.bands] == ["antidepressant"]


@pytest.mark.parametrize("ends", [(0, 10), (nan, 10), (10, inf), (100, 10), (-5, 5)])
def test_bands_that_are_no_concentrations_are_neither_drawn_nor_in_the_legend(
    ends: tuple[float, float],
) -> None:
    table = plotted(record("a", 100), bands=[DoseBand(*ends, "dose")])
    assert not table.bands
    assert not of_class(table.rows[0].plot, "band")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, UndrawnReason.NO_VALUE),
        (nan, UndrawnReason.NO_VALUE),
        (inf, UndrawnReason.NO_VALUE),
        (0, UndrawnReason.OUT_OF_RANGE),
        (-5, UndrawnReason.OUT_OF_RANGE),
        (1e30, UndrawnReason.OUT_OF_RANGE),
    ],
)
def test_what_is_no_concentration_is_listed_and_not_drawn(
    value: float | None, reason: UndrawnReason
) -> None:
    table = plotted(record("a", value), record("b", 100))
    assert [row.partner for row in table.rows] == ["b"]
    assert [(out.item.partner, out.reason) for out in table.undrawn] == [("a", reason)]


def test_without_measurements_there_are_no_rows() -> None:
    assert affinity_table([]).rows == []


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "value_nm": st.none() | st.floats() | st.floats(1e-6, 1e12),
                "upper_value_nm": st.none() | st.floats(),
                "parameter": st.none() | st.sampled_from([*AffinityParameter]) | st.just("pA2"),
                "state": st.none() | st.sampled_from([*AffinityState]),
                "relation": st.none() | st.sampled_from([*Relation]),
                "source": st.none() | st.sampled_from([*SourceKind]),
                "receptor": st.none() | st.fixed_dictionaries({"slug": st.sampled_from("ab")}),
            }
        ),
        max_size=6,
    ),
    st.lists(st.builds(DoseBand, st.floats(), st.floats(), st.just("dose")), max_size=2),
)
def test_every_measurement_is_drawn_within_the_cell_or_listed(
    records: list[dict[str, Any]], bands: list[DoseBand]
) -> None:
    table = affinity_table([AffinityPoint.from_record(r, "receptor") for r in records], bands)
    assert sum(len(row.points) for row in table.rows) + len(table.undrawn) == len(records)
    for row in table.rows:
        assert of_class(row.plot, "mark")
    assert len(labels(table.axis)) >= 6
