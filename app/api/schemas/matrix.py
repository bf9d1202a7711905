"""Schemas of the affinity and outcome matrices."""

from pydantic import Field

from app.api.schemas import envelope
from app.domain.vocabulary import AffinityState, Metric, OutcomeState
from app.resources.base import LazyModel
from app.services.evidence.studied_outcomes import MAX_NOTES


class AffinityCell(LazyModel):
    """Matrix cell: measurements of one compound at one receptor."""

    compound: str = Field(description="Slug of the compound.")
    receptor: str = Field(description="Slug of the receptor.")
    state: AffinityState = Field(
        description="measured, none_up_to_bound or not_tested; never null."
    )
    min_nm: float | None = Field(
        description="Lowest constant (tightest binding), in nM; null unless measured."
    )
    max_nm: float | None = Field(
        description="Highest constant (weakest binding), in nM; null unless measured."
    )
    none_up_to_nm: float | None = Field(
        description="Highest concentration up to which no binding was found, in nM."
    )
    count: int = Field(description="Number of measurements in the cell.")
    affinities: list[str] = Field(description="Slugs of the measurements.")


class AffinityMatrix(LazyModel):
    """Dense matrix in row-major order."""

    rows: list[str] = Field(description="Slugs of the compounds (rows).")
    columns: list[str] = Field(description="Slugs of the receptors (columns).")
    cells: list[AffinityCell] = Field(
        description="Cells in row-major order, one per row and column."
    )


class ValueRange(LazyModel):
    """Range of the values of one measure, over all notes of a cell.

    A note may concern several outcomes; `measured` states which one the values describe.
    """

    measured: str | None = Field(description="Measure as worded in the notes; null if not stated.")
    metric: Metric = Field(description="Metric of the values.")
    unit: str = Field(description="Unit of the values.")
    min: float = Field(description="Lowest value.")
    max: float = Field(description="Highest value.")
    count: int = Field(description="Number of values.")


class OutcomeCell(LazyModel):
    """Matrix cell: findings for one compound and one outcome."""

    compound: str = Field(description="Slug of the compound.")
    outcome: str = Field(description="type:slug of the indication or process.")
    state: OutcomeState = Field(
        description="effect, no_effect, mixed (notes on both sides), open (only neutral notes) or"
        " not_tested; never null."
    )
    ranges: list[ValueRange] = Field(
        description="Ranges of the reported values, by measure, metric and unit."
    )
    count: int = Field(description="Number of notes in the cell.")
    studies: int = Field(description="Number of studies in the cell.")
    notes: list[str] = Field(
        description=f"Slugs of the notes, the first {MAX_NOTES} of `count`;"
        " `/v1/evidence?compound=…&entity=…` has all of them."
    )


class OutcomeMatrix(LazyModel):
    """Dense matrix in row-major order."""

    rows: list[str] = Field(description="Slugs of the compounds (rows).")
    columns: list[str] = Field(description="type:slug of each outcome (columns).")
    cells: list[OutcomeCell] = Field(
        description="Cells in row-major order, one per row and column."
    )


class MatrixResponse(LazyModel):
    """Response of `/v1/matrix`."""

    data: AffinityMatrix | OutcomeMatrix = Field(description="Matrix.")
    page: envelope.PageInfo = Field(
        description="Pagination of the columns: their total, and the cursor of the next ones."
    )
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
