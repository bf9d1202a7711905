"""Schemas of explanations: pathways with the verdicts of their steps."""

from pydantic import Field

from app.api.schemas import envelope
from app.api.schemas.claim_verdict import Readings
from app.api.schemas.graph import Entity, NamedRef
from app.api.schemas.paths import StepData, WeakestStep
from app.resources.base import LazyModel


class ClaimWithVerdict(WeakestStep):
    """Claim with its verdict."""

    statement: str = Field(description="Claim as a sentence.")


class ExplainedStep(StepData):
    """Step of an explanation, with readings for three audiences."""

    readings: Readings = Field(description="Readings of the claim by audience, as available.")


class ExplainedPathway(LazyModel):
    """Part of an explanation: a pathway, or the clinical effect."""

    kind: str = Field(description="Kind of part: mechanism or effect; the effect is the last part.")
    pathway: NamedRef | None = Field(description="Pathway; null for the effect.")
    summary: str = Field(description="Plain-language summary of this part.")
    open_question: str | None = Field(description="Open question.")
    steps: list[ExplainedStep] = Field(description="Steps in order; each claim appears once.")


class OmittedPathway(LazyModel):
    """Omitted pathway."""

    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")
    reason: str = Field(description="Reason.")


class Explanation(LazyModel):
    """Explanation of how a compound is thought to act on a condition."""

    compound: Entity = Field(description="Compound.")
    indication: Entity = Field(description="Indication.")
    outcomes: list[Entity] = Field(
        description="Processes linked to the indication (or to a broader or narrower one) by a"
        " claim; a mechanism must end in one of them to be included."
    )
    helps: list[ClaimWithVerdict] = Field(
        description="Claims on whether the compound is effective."
    )
    parts: list[ExplainedPathway] = Field(
        description="Parts of the explanation: mechanism, then effect."
    )
    weakest: ClaimWithVerdict | None = Field(description="Step with the weakest evidence.")
    disputed: list[str] = Field(
        description="Claims in this explanation that at least one study disputes."
    )
    omitted: list[OmittedPathway] = Field(description="Omitted pathways, with reasons.")


class ExplanationResponse(LazyModel):
    """Response of `/v1/explain`."""

    data: Explanation = Field(description="Explanation.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
