"""Response models of the calibration of verdicts."""

from pydantic import Field

from app.api.schemas import envelope
from app.domain.vocabulary import (
    AssessmentKind,
    Certainty,
    Direction,
    VerdictBasis,
    VerdictKind,
)
from app.resources.base import LazyModel


class CalibrationRow(LazyModel):
    """What one body concluded on a claim, and what rule 2027.1 gives."""

    claim: str = Field(description="Slug of the claim.")
    assessment: str = Field(description="Slug of the newest assessment of the body.")
    body: str = Field(description="Who assessed.")
    kind: AssessmentKind = Field(description="Kind of document.")
    year: int | None = Field(description="Year of the document.")
    their_direction: Direction | None = Field(
        description="Direction of their conclusion relative to the claim; null if not stated."
    )
    their_certainty: Certainty | None = Field(
        description="Certainty as the body rates it (GRADE); null if it does not."
    )
    basis: VerdictBasis = Field(description="What our verdict is computed from.")
    verdict: VerdictKind = Field(description="Our verdict.")
    certainty: Certainty | None = Field(description="Our certainty.")
    our_direction: Direction | None = Field(
        description="Direction of our verdict: mixed if contested, neutral if inconclusive; null if"
        " nothing was judged."
    )
    same_direction: bool | None = Field(
        description="Whether both directions are the same; null without one of them."
    )
    certainty_difference: int | None = Field(
        description="Levels by which our certainty is higher; null without one of them."
    )
    overlaps: bool | None = Field(
        description="Whether each of their intervals and ours have values in common; null if none"
        " is on a scale that can be compared."
    )


class DirectionAgreement(LazyModel):
    """Agreement of the directions."""

    compared: int = Field(description="Number of rows with both directions.")
    same: int = Field(description="Number of rows with the same direction.")


class KappaFields(LazyModel):
    """Kappa with linear weights; the interval takes the rows for independent."""

    value: float = Field(description="Weighted kappa.")
    standard_error: float = Field(description="Large-sample standard error.")
    lower: float = Field(description="Lower bound of the 95% interval.")
    upper: float = Field(description="Upper bound of the 95% interval.")


class CertaintyCount(LazyModel):
    """Number of rows with a certainty of theirs and of ours."""

    theirs: Certainty = Field(description="Their certainty.")
    ours: Certainty = Field(description="Our certainty.")
    count: int = Field(description="Number of rows.")


class CertaintyAgreement(LazyModel):
    """Agreement of the certainties."""

    compared: int = Field(description="Number of rows with both certainties.")
    exact: int = Field(description="Number of rows with the same certainty.")
    within_one_level: int = Field(description="Number of rows that differ by one level at most.")
    weighted_kappa: KappaFields | None = Field(
        description="Weighted kappa; null if one side has only one level, so that there is no"
        " difference to agree about."
    )
    counts: list[CertaintyCount] = Field(description="Rows by both certainties; none for 0.")


class Calibration(LazyModel):
    """Our verdicts and certainties beside those of other bodies."""

    rule_version: str = Field(description="Version of our rule.")
    rows: list[CalibrationRow] = Field(
        description="One row per claim and body, of its newest document."
    )
    direction: DirectionAgreement = Field(description="Agreement of the directions.")
    certainty: CertaintyAgreement = Field(description="Agreement of the certainties.")


class CalibrationResponse(LazyModel):
    """Response of `/v1/calibration`."""

    data: Calibration = Field(description="Rows and agreement.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied parameters."
    )
