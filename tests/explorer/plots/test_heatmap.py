"""Heat maps: classes by thresholds, states, and the order of the rows."""

from math import inf, nan
from typing import Any

import pytest

from app.explorer.plots.heatmap import HeatTable, heat_cell, heat_level, heat_table


@pytest.mark.parametrize(
    ("constant", "level"),
    [
        (0.3, 5),
        (100, 5),
        (100.1, 4),
        (1_000, 4),
        (1_001, 3),
        (10_000, 3),
        (10_001, 2),
        (100_000, 2),
        (100_001, 1),
        (1e9, 1),
    ],
)
def test_tighter_constants_have_higher_classes(constant: float, level: int) -> None:
    assert heat_level(constant) == level
    assert heat_cell({"state": "measured", "min_nm": constant}).css_class == f"heat-{level}"


@pytest.mark.parametrize("constant", [None, nan, inf, -inf, 0, -3])
def test_what_is_no_constant_has_no_class(constant: float | None) -> None:
    assert heat_level(constant) is None


@pytest.mark.parametrize(
    ("cell", "css_class"),
    [
        (None, "untested"),
        ({}, "untested"),
        ({"state": "not_tested"}, "untested"),
        ({"state": "a word of another version"}, "untested"),
        ({"state": "none_up_to_bound", "none_up_to_nm": 1e4}, "none-up-to"),
        ({"state": "measured", "min_nm": None}, "measured"),
        ({"state": "no_effect"}, "no-effect"),
        ({"state": "mixed"}, "mixed"),
    ],
)
def test_cells_without_a_constant_have_the_class_of_their_state(
    cell: dict[str, Any] | None, css_class: str
) -> None:
    assert heat_cell(cell).css_class == css_class


def test_a_bound_disputes_a_constant_only_if_it_is_above_it() -> None:
    above, below = (
        heat_cell({"state": "measured", "min_nm": 55.0, "none_up_to_nm": bound})
        for bound in (1e4, 10.0)
    )
    assert (above.is_disputed, below.is_disputed) == (True, False)


def matrix() -> dict[str, Any]:
    cells = [
        ("ketamine", "sert", "none_up_to_bound", None),
        ("ketamine", "nmda", "measured", 250.0),
        ("memantine", "nmda", "measured", 710.0),
        ("memantine", "drd2", "measured", 55.0),
    ]
    return {
        "rows": ["ketamine", "memantine"],
        "columns": ["ghsr", "sert", "nmda", "drd2"],
        "cells": [
            {"compound": compound, "receptor": receptor, "state": state, "min_nm": constant}
            for compound, receptor, state, constant in cells
        ],
    }


def test_receptors_are_in_the_order_of_their_tightest_constant() -> None:
    table = heat_table(matrix())
    assert table.columns == ["ketamine", "memantine"]
    assert [row.slug for row in table.rows] == ["drd2", "nmda", "sert", "ghsr"]


def test_each_row_has_one_cell_a_compound_and_missing_ones_were_not_tested() -> None:
    rows = {row.slug: [cell.css_class for cell in row.cells] for row in heat_table(matrix()).rows}
    assert rows == {
        "drd2": ["untested", "heat-5"],
        "nmda": ["heat-4", "heat-4"],
        "sert": ["none-up-to", "untested"],
        "ghsr": ["untested", "untested"],
    }


def test_outcomes_have_the_order_of_the_matrix() -> None:
    table = heat_table(
        {
            "rows": ["ketamine"],
            "columns": ["indication:b", "indication:a"],
            "cells": [
                {"compound": "ketamine", "outcome": "indication:b", "state": "mixed"},
                {"compound": "ketamine", "outcome": "indication:a", "state": "effect"},
            ],
        }
    )
    assert [(row.slug, row.cells[0].css_class) for row in table.rows] == [
        ("indication:b", "mixed"),
        ("indication:a", "effect"),
    ]


@pytest.mark.parametrize("document", [{}, {"rows": None, "columns": None, "cells": None}])
def test_an_empty_matrix_is_an_empty_table(document: dict[str, Any]) -> None:
    assert heat_table(document) == HeatTable([], [])
