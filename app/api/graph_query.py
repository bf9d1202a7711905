"""Query parameters that the graph routes share, and the part of the graph that they select."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field

from app.api.deps import ServiceContext
from app.api.read_responses import gone_error, safe_slug
from app.domain.errors import ErrorDetail, Location, NotFoundError, ParameterError
from app.domain.identifiers import strip_type_prefix
from app.domain.vocabulary import Certainty, Species, VerdictKind
from app.kit.query_types import CommaSeparated, Text
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.resources.base import LazyModel
from app.resources.entities import ENTITIES
from app.services.graph.filtering import EdgeFilter, filter_graph, omitted_refuted_count
from app.services.graph.graph import Graph
from app.services.search import identifier_resolution


class ClaimFilter(LazyModel):
    """Filters on claims."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

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

    pathway: Annotated[list[Text], CommaSeparated, Field(max_length=100)] = Field(
        [], description="Pathway slugs; selects the claims that are steps of any of them."
    )
    compound: Annotated[list[Text], CommaSeparated, Field(max_length=100)] = Field(
        [], description="Compound slugs; selects claims about any of them."
    )
    receptor: Annotated[list[Text], CommaSeparated, Field(max_length=100)] = Field(
        [],
        description="Receptor slugs; selects claims that involve any of them, or a process in"
        " which it participates.",
    )


def to_edge_filter(query: ClaimFilter) -> EdgeFilter:
    """Return the edge filter of a claim filter."""
    return EdgeFilter(
        pathway=frozenset(map(strip_type_prefix, getattr(query, "pathway", ()))),
        compound=frozenset(map(strip_type_prefix, getattr(query, "compound", ()))),
        receptor=frozenset(map(strip_type_prefix, getattr(query, "receptor", ()))),
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
    """Return the subgraph that a query selects; refuse unknown slugs, with similar ones."""
    for name, slugs in (
        ("pathway", query.pathway),
        ("compound", query.compound),
        ("receptor", query.receptor),
    ):
        if slugs:
            service.repository.resolve(session, name, f"{name}s", slugs)
    whole, edge_filter = service.graphs.get(session), to_edge_filter(query)
    part = filter_graph(whole, edge_filter)
    return Selection(part, whole, omitted_refuted_count(whole, edge_filter))


def resolve_entity(
    service: ServiceContext, session: ReadSession, graph: Graph, name: str, text: str
) -> str:
    """Return the node of a `type:slug`, or of a slug that only one entity has."""
    if text in graph.nodes:
        return text
    kinds = [resource.record_type for resource in ENTITIES]
    same = [node for kind in kinds if (node := f"{kind}:{text}") in graph.nodes]
    if len(same) == 1:
        return same[0]
    if same:
        message = f"{text!r} is the slug of several entities: {', '.join(same)}."
        raise ParameterError(ErrorDetail("query", name, message, allowed=same))
    if withdrawal := identifier_resolution.find_withdrawn(session, text):
        raise gone_error(*withdrawal)
    kind, _, slug = text.rpartition(":")
    collections = [resource for resource in ENTITIES if resource.record_type == kind] or ENTITIES
    suggestions = [
        f"{resource.record_type}:{withdrawal}"
        for resource in collections
        for withdrawal in service.repository.similar_slugs(session, resource.name, safe_slug(slug))
    ][:3]
    message = (
        f"No entity {text[:120]!r}: an entity is `type:slug`, type one of {', '.join(kinds)}."
        f"{did_you_mean(suggestions)}"
    )
    location: Location = "path" if name == "entity" else "query"
    detail = ErrorDetail(location, name, message, did_you_mean=suggestions)
    raise NotFoundError(message, [detail])
