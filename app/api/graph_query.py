"""What the graph's addresses are asked: which claims, which entity."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.api.deps import Service
from app.api.read_responses import gone_error, safe_slug
from app.domain.errors import ErrorDetail, Location, NotFoundError, ParameterError
from app.domain.identifiers import strip_type_prefix
from app.domain.vocabulary import Certainty, Species, VerdictKind
from app.kit.resource import CommaSeparated, Text
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.resources.entities import ENTITIES
from app.resources.lazy_model import LazyModel
from app.services.graph.filtering import EdgeFilter, filter_graph
from app.services.graph.graph import Graph
from app.services.search import identifier_resolution


class Accepted(LazyModel):
    """Which claims a reader accepts."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    verdict: Annotated[list[VerdictKind], CommaSeparated, Field(max_length=20)] = Field(
        [], description="Only claims of these verdicts."
    )
    min_certainty: Certainty | None = Field(
        None, description="Only claims whose verdict is at least this certain."
    )
    species: Annotated[list[Species], CommaSeparated, Field(max_length=20)] = Field(
        [], description="Only claims that somebody studied in one of these species."
    )


class Which(Accepted):
    """Which part of the graph."""

    pathway: Annotated[list[Text], CommaSeparated, Field(max_length=100)] = Field(
        [], description="Pathway slugs: steps of any of them."
    )
    compound: Annotated[list[Text], CommaSeparated, Field(max_length=100)] = Field(
        [], description="Compound slugs: claims about any of them."
    )
    receptor: Annotated[list[Text], CommaSeparated, Field(max_length=100)] = Field(
        [],
        description="Receptor slugs: claims that touch any of them, or a process it takes part in.",
    )


def choice_of(query: Accepted) -> EdgeFilter:
    return EdgeFilter(
        pathway=frozenset(map(strip_type_prefix, getattr(query, "pathway", ()))),
        compound=frozenset(map(strip_type_prefix, getattr(query, "compound", ()))),
        receptor=frozenset(map(strip_type_prefix, getattr(query, "receptor", ()))),
        verdict=frozenset(query.verdict),
        species=frozenset(query.species),
        min_certainty=query.min_certainty,
    )


def part_of(service: Service, session: ReadSession, query: Which) -> Graph:
    """The claims asked for; a slug that names nothing is refused with what is near."""
    for name, slugs in (
        ("pathway", query.pathway),
        ("compound", query.compound),
        ("receptor", query.receptor),
    ):
        if slugs:
            service.listing.resolve(session, name, f"{name}s", slugs)
    return filter_graph(service.graphs.get(session), choice_of(query))


def entity_of(service: Service, session: ReadSession, graph: Graph, name: str, asked: str) -> str:
    """The node that a `type:slug`, or a slug that only one entity has, means."""
    if asked in graph.nodes:
        return asked
    kinds = [resource.kind for resource in ENTITIES]
    same = [node for kind in kinds if (node := f"{kind}:{asked}") in graph.nodes]
    if len(same) == 1:
        return same[0]
    if same:
        message = f"{asked!r} is the slug of several entities: {', '.join(same)}."
        raise ParameterError(ErrorDetail("query", name, message, allowed=same))
    if found := identifier_resolution.find_withdrawn(session, asked):
        raise gone_error(*found)
    kind, _, slug = asked.rpartition(":")
    here = [resource for resource in ENTITIES if resource.kind == kind] or ENTITIES
    near = [
        f"{resource.kind}:{found}"
        for resource in here
        for found in service.listing.similar_slugs(session, resource.name, safe_slug(slug))
    ][:3]
    message = (
        f"No entity {asked[:120]!r}: an entity is `type:slug`, type one of {', '.join(kinds)}."
        f"{did_you_mean(near)}"
    )
    location: Location = "path" if name == "entity" else "query"
    detail = ErrorDetail(location, name, message, did_you_mean=near)
    raise NotFoundError(message, [detail])
