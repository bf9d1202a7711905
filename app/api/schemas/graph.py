"""Response models of the graph: entities as nodes, claims as edges."""

from pydantic import Field

from app.api.schemas import envelope
from app.domain.vocabulary import (
    Certainty,
    Predicate,
    Species,
    VerdictKind,
)
from app.resources import RecordType
from app.resources.base import LazyModel


class Entity(LazyModel):
    """An entity, in short."""

    type: RecordType = Field(description="compound, receptor, process, region or indication.")
    slug: str = Field(description="Its slug.")
    name: str = Field(description="Its name.")


class NodeData(Entity):
    """An entity as a node."""

    id: str = Field(description="`type:slug`.")
    kind: str | None = Field(description="What kind of its type it is.")
    summary: str = Field(description="What it is, in plain language.")
    curies: list[str] = Field(description="Identifiers elsewhere that mean exactly this.")
    url: str = Field(description="Where its record is.")


class PlaceRef(LazyModel):
    """A region, in short."""

    slug: str = Field(description="Its slug.")
    name: str = Field(description="Its name.")


class Latency(LazyModel):
    """How soon after the dose a step was seen."""

    hours: float = Field(description="Hours: the earliest time-point of a supporting note.")
    note: str = Field(description="Slug of that note.")


class ClaimData(LazyModel):
    """What an edge says: a claim, its sign, its verdict."""

    claim: str = Field(description="Slug of the claim.")
    name: str = Field(description="Its name.")
    statement: str = Field(description="The sentence.")
    predicate: Predicate = Field(description="What the subject does.")
    sign: int = Field(description="1 raises the object, -1 lowers it, 0 neither.")
    verdict: VerdictKind = Field(description="What the evidence adds up to.")
    certainty: Certainty | None = Field(description="How far that can be trusted.")
    in_people: VerdictKind | None = Field(description="The verdict over human notes alone.")
    in_animals: VerdictKind | None = Field(description="The verdict over all other notes.")
    notes_for: int = Field(description="Notes that support it.")
    notes_against: int = Field(description="Notes that dispute it.")
    notes_neutral: int = Field(description="Notes that leave it open.")
    studies_for: int = Field(description="Independent studies that support it.")
    studies_against: int = Field(description="Independent studies that dispute it.")
    studies_neutral: int = Field(description="Independent studies that leave it open.")
    disputed: bool = Field(
        description="Whether at least one study disputes it, in whole or in part."
    )
    region: PlaceRef | None = Field(description="Where, if the claim says so.")
    qualifier: str | None = Field(description="What the claim is limited to.")
    species: list[Species] = Field(description="The species that anybody studied it in.")
    latency: Latency | None = Field(description="How soon it was seen; null: no time is noted.")
    url: str = Field(description="Where the claim's record is.")


class InPathway(PlaceRef):
    """A pathway that a claim is a step of."""

    position: int = Field(description="Which step, from 1.")


class EdgeData(ClaimData):
    """A causal claim as an edge."""

    id: str = Field(description="Slug of the claim.")
    source: str = Field(description="Id of the node that acts.")
    target: str = Field(description="Id of the node acted on.")
    pathways: list[InPathway] = Field(description="The pathways that it is a step of.")


class NodeElement(LazyModel):
    """A node, as Cytoscape reads it."""

    data: NodeData = Field(description="The entity.")


class EdgeElement(LazyModel):
    """An edge, as Cytoscape reads it."""

    data: EdgeData = Field(description="The claim.")


class Elements(LazyModel):
    """Nodes and edges, as Cytoscape reads them."""

    nodes: list[NodeElement] = Field(description="Entities.")
    edges: list[EdgeElement] = Field(description="Causal claims.")


class Truncated(LazyModel):
    """What the answer leaves out."""

    left_out: int = Field(description="How many claims.")
    reason: str = Field(description="Why, and what is shown instead.")


class GraphData(LazyModel):
    """A graph."""

    elements: Elements = Field(description="Cytoscape's elements.")
    cut: Truncated | None = Field(description="What is left out; null: nothing.")


class GraphAnswer(LazyModel):
    """An answer of `/v1/graph`."""

    data: GraphData = Field(description="The graph.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")
