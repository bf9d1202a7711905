"""Heat map of compounds by receptors, or by outcomes: the class and the state of each cell.

    table = heat_table(response["data"])               # GET /v1/matrix?rows=ketamine,memantine
    for row in table.rows:                             # receptors, the tightest constant first
        row.slug
        for cell in row.cells:                         # in the order of table.columns
            cell.css_class, cell.state, cell.min_nm, cell.none_up_to_nm, cell.is_disputed

The number is the text of the cell: the class repeats it, and no colour is needed to read it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from app.domain.vocabulary import AffinityState, OutcomeState

#: Upper ends of the classes 5 to 2, in nM; class 1 is all above. Higher classes are darker.
THRESHOLDS_NM = (100.0, 1_000.0, 10_000.0, 100_000.0)
#: Classes in the style sheet of the states of a cell without a constant.
STATE_CLASSES: Mapping[str, str] = {
    AffinityState.NONE_UP_TO_BOUND: "none-up-to",
    AffinityState.NOT_TESTED: "untested",
}


@dataclass(frozen=True)
class HeatCell:
    """One cell of a heat map.

    Args:
        state: Value of the vocabulary `AffinityState` or, of outcomes, `OutcomeState`.
        level: Class of the tightest constant, from 1 to 5; None if there is none.
        min_nm: The tightest constant.
        none_up_to_nm: Highest concentration up to which none was found.
        is_disputed: Whether none was found at a concentration of at least the tightest constant.
        css_class: Class in the style sheet: `heat-1` to `heat-5` (4 and 5, up to 1 µM, have text
            on a dark ground), or that of the state.
        fields: The whole cell; empty if the matrix has none.
    """

    state: str
    level: int | None
    min_nm: float | None
    none_up_to_nm: float | None
    is_disputed: bool
    css_class: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class HeatRow:
    """A receptor or outcome, with one cell for each compound."""

    slug: str
    cells: Sequence[HeatCell]


@dataclass(frozen=True)
class HeatTable:
    """A heat map; columns are slugs of compounds, in the order of the request."""

    columns: Sequence[str]
    rows: Sequence[HeatRow]


def heat_level(constant_nm: float | None) -> int | None:
    """Return the class of a constant, from 1 (above 100 µM) to 5 (up to 100 nM)."""
    if constant_nm is None or not isfinite(constant_nm) or constant_nm <= 0:
        return None
    return len(THRESHOLDS_NM) + 1 - bisect_left(THRESHOLDS_NM, constant_nm)


def heat_cell(fields: Mapping[str, Any] | None) -> HeatCell:
    """Return a cell of the matrix as drawn; one that is missing has no data."""
    fields = fields or {}
    state = fields.get("state")
    if state not in {*AffinityState, *OutcomeState}:
        state = AffinityState.NOT_TESTED
    smallest, bound = fields.get("min_nm"), fields.get("none_up_to_nm")
    level = heat_level(smallest)
    of_state = STATE_CLASSES.get(str(state)) or str(state).replace("_", "-")
    return HeatCell(
        state=str(state),
        level=level,
        min_nm=smallest,
        none_up_to_nm=bound,
        is_disputed=smallest is not None and bound is not None and bound >= smallest,
        css_class=of_state if level is None else f"heat-{level}",
        fields=fields,
    )


def heat_table(matrix: Mapping[str, Any]) -> HeatTable:
    """Return the heat map of a matrix.

    Rows are in the order of their tightest constant; then those where none was found, and those
    that have no data. Outcomes are in the order of the matrix.
    """
    compounds = list(matrix.get("rows") or ())
    cells = {
        (cell.get("compound"), cell.get("receptor") or cell.get("outcome")): cell
        for cell in matrix.get("cells") or ()
    }
    rows = [
        HeatRow(slug, [heat_cell(cells.get((compound, slug))) for compound in compounds])
        for slug in matrix.get("columns") or ()
    ]
    return HeatTable(compounds, sorted(rows, key=_order))


def _order(row: HeatRow) -> tuple[int, float]:
    constants = [c.min_nm for c in row.cells if c.level is not None and c.min_nm is not None]
    if constants:
        return 0, min(constants)
    return (1 if any(cell.state != AffinityState.NOT_TESTED for cell in row.cells) else 2), 0.0
