"""Query parameters that the graph routes share, and the part of the graph that they select."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from app.api.deps import ServiceContext
from app.api.read_responses import gone_error
from app.domain.errors import ErrorDetail, NotFoundError, ParameterError
from app.domain.vocabulary import Certainty, Species, VerdictKind
from app.kit.query_types import CommaSeparated, QueryModel, ReferenceTo, Slugs
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.resources.entities import NODES
from app.services.graph.filtering import EdgeFilter, filter_graph, omitted_refuted_count
from app.services.graph.graph import Graph
from app.services.search import identifier_resolution
from app.services.search.similar_names import similar_names


class ClaimFilter(QueryModel):
    """Filters on claims."""

    verdict: Annotated[list[VerdictKind], CommaSeparated, Field(max_length=20)] = Field(
        [], description="Verdicts of the claims to include; by default all but refuted."
    )
    include_refuted: bool = Field(
        False,
        description="Whether to include refuted claims. They are omitted unless this is true or"
        " `verdict` names them.",
    )
    min_certainty: Certainty | None = Field(None, description="Minimum certainty of the verdict.")
    species: Annotated[list[Species], CommaSeparated, Field(max_length=20)] = Field(
        [], description="Species in which the claim was studied (any match)."
    )


class GraphQuery(ClaimFilter):
    """Parameters that select a subgraph."""

    pathway: Annotated[Slugs, ReferenceTo("pathways"), Field(max_length=100)] = Field(
        [], description="Pathways; selects the claims that are steps of any of them."
    )
    compound: Annotated[Slugs, ReferenceTo("compounds"), Field(max_length=100)] = Field(
        [], description="Compounds; selects claims about any of them."
    )
    receptor: Annotated[Slugs, ReferenceTo("receptors"), Field(max_length=100)] = Field(
        [],
        description="Receptors; selects claims that involve any of them, or a process in"
        " which it participates.",
    )


def to_edge_filter(query: ClaimFilter) -> EdgeFilter:
    """Return the edge filter of a claim filter."""
    return EdgeFilter(
        pathway=frozenset(getattr(query, "pathway", ())),
        compound=frozenset(getattr(query, "compound", ())),
        receptor=frozenset(getattr(query, "receptor", ())),
        verdict=frozenset(query.verdict),
        species=frozenset(query.species),
        min_certainty=query.min_certainty,
        include_refuted=query.include_refuted,
    )


@dataclass(frozen=True)
class Selection:
    """Part of the graph that a query selects, and the whole graph.

    `omitted_refuted_count` is the number of refuted claims that `include_refuted` would add.
    """

    part: Graph
    whole: Graph
    omitted_refuted_count: int


def select_subgraph(service: ServiceContext, session: ReadSession, query: GraphQuery) -> Selection:
    """Return the subgraph that a query selects, whose references are slugs."""
    whole, edge_filter = service.graphs.get(session), to_edge_filter(query)
    part = filter_graph(whole, edge_filter)
    return Selection(part, whole, omitted_refuted_count(whole, edge_filter))


def resolve_entity(session: ReadSession, graph: Graph, name: str, text: str) -> str:
    """Return the node of a `type:slug`, or of a slug, name or identifier that one entity has.

    Args:
        name: The parameter that holds the text, for the error.

    Raises:
        GoneError: The entity was withdrawn.
        NotFoundError: There is no such entity.
        ParameterError: The text is the slug of several entities.
    """
    if text in graph.nodes:
        return text
    same = [node for kind in NODES if (node := f"{kind}:{text}") in graph.nodes]
    if len(same) == 1:
        return same[0]
    if same:
        message = f"{name}: {text!r} is the slug of several entities: {', '.join(same)}."
        raise ParameterError(ErrorDetail("query", name, message, allowed=same))
    if withdrawal := identifier_resolution.find_withdrawn(session, text):
        raise gone_error(*withdrawal)
    reference = identifier_resolution.find_reference(session, list(NODES), text)
    nodes = [f"{record['type']}:{record['slug']}" for record in reference.records]
    if len(nodes) == 1:
        return nodes[0]
    similar = reference.candidates or similar_names(session, text, list(NODES))
    nodes = nodes or [f"{record['type']}:{record['slug']}" for record in similar]
    message = f"No entity {text[:120]!r}. An entity is `type:slug`; types: {', '.join(NODES)}."
    if reference.ambiguous or reference.records:
        message = f"{text[:120]!r} may mean several entities."
    message += did_you_mean(nodes)
    raise NotFoundError(message, [ErrorDetail("path", name, message, did_you_mean=nodes)])
