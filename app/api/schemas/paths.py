"""Response models of paths, their steps, and neighbourhoods."""

from pydantic import Field

from app.api.schemas import envelope
from app.api.schemas.graph import ClaimData, Elements, Entity, GraphTruncation, NodeData
from app.domain.vocabulary import Certainty, Direction, Species, VerdictKind
from app.resources.base import LazyModel


class NeighbourNodeData(NodeData):
    """Data of a node in the neighbourhood of an entity."""

    hops: int = Field(
        description="Number of steps from the requested entity, ignoring edge direction."
    )


class NeighbourNodeElement(LazyModel):
    """Node in Cytoscape.js format."""

    data: NeighbourNodeData = Field(description="Entity data.")


class NeighbourhoodElements(Elements):
    """Nodes and edges in the neighbourhood of an entity."""

    nodes: list[NeighbourNodeElement] = Field(description="Nodes: entities with their distance.")  # type: ignore[assignment]


class Neighbourhood(LazyModel):
    """Neighbourhood of an entity."""

    centre: Entity = Field(description="Requested entity.")
    elements: NeighbourhoodElements = Field(description="Graph elements in Cytoscape.js format.")
    truncated: GraphTruncation | None = Field(
        description="Truncation details; null if the result is complete."
    )
    omitted_refuted_count: int = Field(
        description="Number of matching refuted claims about these entities, which"
        " `include_refuted=true` adds."
    )


class NeighbourhoodResponse(LazyModel):
    """Response of `/v1/neighbourhood/{entity}`."""

    data: Neighbourhood = Field(description="Neighbourhood.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class NoteCitation(LazyModel):
    """Evidence note on a step, with its publication."""

    note: str = Field(description="Slug of the note.")
    direction: Direction = Field(description="Direction relative to the claim as worded.")
    species: Species = Field(description="Species studied.")
    hours: float | None = Field(description="Earliest time point, in hours.")
    study: str = Field(description="Slug of the study.")
    reference: str = Field(description="Slug of the reference.")
    cited_as: str = Field(description="Short citation of the reference.")
    doi: str | None = Field(description="DOI.")
    pmid: str | None = Field(description="PubMed id.")


class Alternative(LazyModel):
    """Alternative claim with the same subject and object."""

    claim: str = Field(description="Slug of the claim.")
    statement: str = Field(description="Claim as a sentence.")
    sign: int = Field(description="Sign of the effect: 1 increases, -1 decreases, 0 neither.")
    verdict: VerdictKind = Field(description="Verdict on the evidence.")
    certainty: Certainty | None = Field(description="Certainty of the verdict.")


class StepData(ClaimData):
    """Step of a path."""

    order: int = Field(description="Step number, starting at 1.")
    subject: Entity = Field(description="Subject of the step.")
    object: Entity = Field(description="Object of the step.")
    sentence: str = Field(
        description="Claim and verdict in one sentence, with the most important notes of each"
        " side in brackets."
    )
    citations: list[NoteCitation] = Field(
        description="Citations of all notes, supporting ones first."
    )
    alternatives: list[Alternative] = Field(
        description="Alternative claims between the same entities."
    )


class WeakestStep(LazyModel):
    """Weakest step, which limits the strength of the path."""

    claim: str = Field(description="Slug of the claim.")
    verdict: VerdictKind = Field(description="Verdict.")
    certainty: Certainty | None = Field(description="Certainty of the verdict.")


class PathData(LazyModel):
    """Path: a chain of claims."""

    rank: int = Field(description="Rank by the strength of the weakest step; 1 is best.")
    hops: int = Field(description="Number of steps.")
    sign: int = Field(
        description="Product of the signs of all steps; 0 if any step neither increases nor"
        " decreases its object, so that the direction is undetermined."
    )
    weakest: WeakestStep = Field(description="Weakest step.")
    disputed: list[str] = Field(description="Claims in the path that at least one study disputes.")
    avoiding_weakest_step: list[int] = Field(
        description="Ranks of the other paths in this response that avoid the weakest step."
    )
    steps: list[StepData] = Field(description="Steps in order.")


class Paths(LazyModel):
    """Paths between two entities."""

    start: Entity = Field(alias="from", description="Start entity.")
    end: Entity = Field(alias="to", description="End entity.")
    paths: list[PathData] = Field(description="Paths, best first.")
    truncated: str | None = Field(
        description="Reason why more or better paths may exist; null if the result is complete."
    )
    no_path_reason: str | None = Field(description="Reason why no path was found; null otherwise.")


class PathsResponse(LazyModel):
    """Response of `/v1/paths`."""

    data: Paths = Field(description="Paths.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
