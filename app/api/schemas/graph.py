"""Response models of the graph: entities as nodes, claims as edges."""

from pydantic import Field

from app.api.schemas import envelope
from app.domain.vocabulary import Certainty, Predicate, Species, VerdictKind
from app.resources import RecordType
from app.resources.base import LazyModel


class Entity(LazyModel):
    """Entity reference."""

    type: RecordType = Field(
        description="Record type: compound, receptor, process, region or indication."
    )
    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")


class NodeData(Entity):
    """Data of a node (an entity)."""

    id: str = Field(description="`type:slug`.")
    kind: str | None = Field(description="Kind within the record type.")
    summary: str = Field(description="Plain-language summary.")
    curies: list[str] = Field(description="CURIEs of exactly matching records in other databases.")
    url: str = Field(description="URL of the record.")


class NamedRef(LazyModel):
    """Region reference."""

    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")


class Latency(LazyModel):
    """Latency of an effect after the dose."""

    hours: float = Field(description="Earliest time point of a supporting note, in hours.")
    note: str = Field(description="Slug of the note.")


class ClaimData(LazyModel):
    """Data of an edge: a claim, its sign and its verdict."""

    claim: str = Field(description="Slug of the claim.")
    name: str = Field(description="Name.")
    statement: str = Field(description="Claim as a sentence.")
    predicate: Predicate = Field(description="Predicate of the causal claim.")
    sign: int = Field(
        description="Sign of the effect: 1 increases the object, -1 decreases it, 0 neither."
    )
    verdict: VerdictKind = Field(description="Verdict on the evidence.")
    certainty: Certainty | None = Field(description="Certainty of the verdict.")
    weight: float = Field(
        description="Rank of verdict and certainty as a number from 0 (refuted) to 1 (established,"
        " high certainty). It is ordinal: neither a probability nor an effect size."
    )
    in_people: VerdictKind | None = Field(description="Verdict computed from human notes only.")
    in_animals: VerdictKind | None = Field(description="Verdict computed from all non-human notes.")
    notes_for: int = Field(description="Number of notes that support the claim.")
    notes_against: int = Field(description="Number of notes that dispute the claim.")
    notes_neutral: int = Field(description="Number of neutral notes.")
    studies_for: int = Field(description="Number of independent studies that support the claim.")
    studies_against: int = Field(
        description="Number of independent studies that dispute the claim."
    )
    studies_neutral: int = Field(description="Number of independent studies with neutral results.")
    disputed: bool = Field(
        description="Whether at least one study disputes the claim, in whole or in part."
    )
    region: NamedRef | None = Field(description="Brain region, if the claim names one.")
    qualifier: str | None = Field(description="Qualifier that limits the claim.")
    species: list[Species] = Field(description="Species in which the claim was studied.")
    latency: Latency | None = Field(
        description="Latency of the effect; null if no time is recorded."
    )
    url: str = Field(description="URL of the claim.")


class PathwayPosition(NamedRef):
    """Pathway that contains the claim as a step."""

    position: int = Field(description="Step number, starting at 1.")


class EdgeData(ClaimData):
    """Data of an edge (a causal claim)."""

    id: str = Field(description="Slug of the claim.")
    source: str = Field(description="Id of the subject node.")
    target: str = Field(description="Id of the object node.")
    pathways: list[PathwayPosition] = Field(
        description="Pathways that contain this claim as a step."
    )


class NodeElement(LazyModel):
    """Node in Cytoscape.js format."""

    data: NodeData = Field(description="Entity data.")


class EdgeElement(LazyModel):
    """Edge in Cytoscape.js format."""

    data: EdgeData = Field(description="Claim.")


class Elements(LazyModel):
    """Nodes and edges in Cytoscape.js format."""

    nodes: list[NodeElement] = Field(description="Nodes: entities.")
    edges: list[EdgeElement] = Field(description="Edges: causal claims.")


class GraphTruncation(LazyModel):
    """Details of claims omitted from the response."""

    omitted_count: int = Field(description="Number of omitted claims.")
    reason: str = Field(description="Reason for the truncation, and what is shown.")


class GraphData(LazyModel):
    """Graph of entities and causal claims."""

    elements: Elements = Field(description="Graph elements in Cytoscape.js format.")
    truncated: GraphTruncation | None = Field(
        description="Truncation details; null if the result is complete."
    )
    omitted_refuted_count: int = Field(
        description="Number of refuted claims that match, and that `include_refuted=true` adds."
    )


class GraphResponse(LazyModel):
    """Response of `/v1/graph`."""

    data: GraphData = Field(description="Graph.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
