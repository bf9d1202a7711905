"""Schemas of the timeline and of evidence gaps."""

from pydantic import Field

from app.api.schemas import envelope
from app.domain.verdicts.ladder import Rung
from app.domain.vocabulary import Absence, TimeUnit
from app.resources import RecordType
from app.resources.base import LazyModel


class ClaimRef(LazyModel):
    """Reference to a claim."""

    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")


class UnassessedClaim(ClaimRef):
    """Claim of which no study in the store has a usable result."""

    absence: Absence | None = Field(
        description="Reason why it is not assessed; null in releases of rule 2026 if it has neutral"
        " notes."
    )


class ClaimWithUnreadStudies(ClaimRef):
    """Claim that is not assessed, though the store has studies of it whose result is missing."""

    studies: list[str] = Field(
        description="Slugs of studies of its compound and indication without an evidence note."
    )


class StudyRef(LazyModel):
    """Reference to a study."""

    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")


class ClaimWithoutHumanTest(ClaimRef):
    """Claim with evidence, none of it on record from people."""

    highest_rung: Rung = Field(description="Highest rung of the evidence ladder reached.")


class UnmeasuredCell(LazyModel):
    """Combination of a compound and a receptor without a measurement on record."""

    compound: str = Field(description="Slug of the compound.")
    receptor: str = Field(description="Slug of the receptor.")


class OpenQuestion(ClaimRef):
    """Open question."""

    type: RecordType = Field(description="Record type: claim or pathway.")
    question: str = Field(description="Question.")


class EvidenceGaps(LazyModel):
    """Gaps in the evidence; lists of kinds that `kind` leaves out are empty."""

    unassessed_claims: list[UnassessedClaim] = Field(
        description="Claims with the verdict `not_assessed`, without those of"
        " `claims_with_unread_studies`."
    )
    claims_with_unread_studies: list[ClaimWithUnreadStudies] = Field(
        description="Claims with the verdict `not_assessed`, though the store has a study of"
        " their compound and indication, whose result is not entered yet."
    )
    studies_without_result: list[StudyRef] = Field(
        description="Studies without an evidence note; also `/v1/studies?has_evidence=false`."
    )
    claims_without_human_test: list[ClaimWithoutHumanTest] = Field(
        description="Claims whose evidence on record is from animals or in vitro alone; a study in"
        " people may exist that is not entered."
    )
    unmeasured_cells: list[UnmeasuredCell] = Field(
        description="Combinations of a form or metabolite of ketamine and a receptor at which"
        " another one was measured, without a measurement on record."
    )
    open_questions: list[OpenQuestion] = Field(description="Open questions of claims and pathways.")


class GapPages(LazyModel):
    """Pagination of the list of each kind; null for kinds that `kind` leaves out.

    `/v1/gaps?kind=…&cursor=…` with a kind and its `next` is the next page of its list.
    """

    unassessed_claims: envelope.PageInfo | None = Field(
        description="Pagination of the claims that are not assessed."
    )
    claims_with_unread_studies: envelope.PageInfo | None = Field(
        description="Pagination of the claims with unread studies."
    )
    studies_without_result: envelope.PageInfo | None = Field(
        description="Pagination of the studies without a result."
    )
    claims_without_human_test: envelope.PageInfo | None = Field(
        description="Pagination of the claims without evidence from people."
    )
    unmeasured_cells: envelope.PageInfo | None = Field(
        description="Pagination of the pairs without a measurement on record."
    )
    open_questions: envelope.PageInfo | None = Field(
        description="Pagination of the open questions."
    )


class GapsResponse(LazyModel):
    """Response of `/v1/gaps`."""

    data: EvidenceGaps = Field(description="Evidence gaps.")
    pages: GapPages = Field(description="Pagination of each list.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class TimelinePoint(LazyModel):
    """Effect estimate or mechanism at a time after the dose."""

    hours: float = Field(description="Hours after the dose.")
    kind: str = Field(description="effect, proportion (percentage of an arm) or mechanism.")
    label: str | None = Field(description="Comparison, arm, or name of the note.")
    value: float | None = Field(
        description="Value; null for a mechanism or if only a p-value is reported."
    )
    unit: str | None = Field(description="Unit of the value.")
    outcome: str | None = Field(description="Outcome.")
    timepoint_value: float = Field(description="Time point as published.")
    timepoint_unit: TimeUnit = Field(description="Unit of the value.")
    compound: str | None = Field(description="Slug of the compound.")
    note: str = Field(description="Slug of the note.")
    study: str = Field(description="Slug of the study.")


class TimelineResponse(LazyModel):
    """Response of `/v1/timeline`."""

    data: list[TimelinePoint] = Field(description="Time points in chronological order.")
    page: envelope.PageInfo = Field(
        description="Pagination: total count and cursor of the next page."
    )
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
