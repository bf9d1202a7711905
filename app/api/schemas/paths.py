"""Response models of paths, their steps, and neighbourhoods."""

from pydantic import Field

from app.api.schemas import envelope
from app.api.schemas.graph import ClaimData, Elements, Entity, NodeData, Truncated
from app.domain.vocabulary import Certainty, Direction, Species, VerdictKind
from app.resources.base import LazyModel


class NeighbourNodeData(NodeData):
    """An entity as a node near another one."""

    hops: int = Field(description="Steps from the entity asked for, whichever way they point.")


class NeighbourNodeElement(LazyModel):
    """A node, as Cytoscape reads it."""

    data: NeighbourNodeData = Field(description="The entity.")


class NeighbourhoodElements(Elements):
    """Nodes and edges around one entity."""

    nodes: list[NeighbourNodeElement] = Field(description="Entities, each with its distance.")  # type: ignore[assignment]


class Neighbourhood(LazyModel):
    """What is around one entity."""

    centre: Entity = Field(description="The entity asked for.")
    elements: NeighbourhoodElements = Field(description="Cytoscape's elements.")
    cut: Truncated | None = Field(description="What is left out; null: nothing.")


class NeighbourhoodAnswer(LazyModel):
    """An answer of `/v1/neighbourhood/{entity}`."""

    data: Neighbourhood = Field(description="The neighbourhood.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class NoteCitation(LazyModel):
    """A note on a step, and the paper it was read in."""

    note: str = Field(description="Slug of the note.")
    direction: Direction = Field(description="Towards the claim as it is worded.")
    species: Species = Field(description="What was studied.")
    hours: float | None = Field(description="Its earliest time-point, in hours.")
    study: str = Field(description="Slug of its study.")
    reference: str = Field(description="Slug of its reference.")
    cited_as: str = Field(description="The reference, in short.")
    doi: str | None = Field(description="Its DOI.")
    pmid: str | None = Field(description="Its PubMed id.")


class Alternative(LazyModel):
    """Another claim from the same entity to the same other one."""

    claim: str = Field(description="Slug of the claim.")
    statement: str = Field(description="The sentence.")
    sign: int = Field(description="1 raises, -1 lowers, 0 neither.")
    verdict: VerdictKind = Field(description="What the evidence adds up to.")
    certainty: Certainty | None = Field(description="How far that can be trusted.")


class StepData(ClaimData):
    """One step."""

    order: int = Field(description="Which step, from 1.")
    subject: Entity = Field(description="What acts.")
    object: Entity = Field(description="What it acts on.")
    sentence: str = Field(
        description="The claim and its verdict, with its heaviest notes on each side in brackets."
    )
    citations: list[NoteCitation] = Field(description="Every note, the supporting ones first.")
    alternatives: list[Alternative] = Field(description="Other claims between the same two.")


class WeakestStep(LazyModel):
    """The step that carries least: the chain is worth no more."""

    claim: str = Field(description="Slug of the claim.")
    verdict: VerdictKind = Field(description="Its verdict.")
    certainty: Certainty | None = Field(description="Its certainty.")


class PathData(LazyModel):
    """One chain of claims."""

    rank: int = Field(description="1 is the best: the weakest step carries furthest.")
    hops: int = Field(description="Steps.")
    sign: int = Field(
        description="The product of the signs; 0: some step neither raises nor lowers, so that the"
        " chain says nothing of direction."
    )
    weakest: WeakestStep = Field(description="Its weakest step.")
    disputed: list[str] = Field(description="Claims in it that some study disputes.")
    without_weakest: list[int] = Field(
        description="Ranks of the other paths here that do without the weakest step."
    )
    steps: list[StepData] = Field(description="Its steps, in order.")


class Paths(LazyModel):
    """Chains of claims from one entity to another."""

    start: Entity = Field(alias="from", description="Where they begin.")
    end: Entity = Field(alias="to", description="Where they end.")
    paths: list[PathData] = Field(description="Best first.")
    cut: str | None = Field(
        description="Why there may be more or better ones; null: these are the best there are."
    )
    none_because: str | None = Field(description="Why there is none, where there is none.")


class PathsAnswer(LazyModel):
    """An answer of `/v1/paths`."""

    data: Paths = Field(description="The chains.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")
