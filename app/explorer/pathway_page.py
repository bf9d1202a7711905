"""What the page of a pathway shows: its steps with verdicts, and the drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.deps import ServiceContext
from app.api.graph_drawing import MAX_DRAWN, GraphDrawing
from app.explorer import queries
from app.explorer.queries import Record
from app.kit.sessions import ReadSession
from app.services.graph.graph import Graph
from app.services.graph.loader import load_graph


@dataclass(frozen=True)
class PathwayPage:
    """The sections of the page of a pathway.

    Args:
        steps: The section `steps` of the page's payload.
        weakest: Slugs of the claims that are the weakest steps; none if all are equally strong.
        evidence_total: Number of the notes on its claims.
        evidence_by_direction: Direction and number of those notes.
        references: The section `citations` of the page's payload.
        drawing: The drawing, refuted steps included; it is laid out without a transaction. None if
            there are too many steps for one.
    """

    steps: Record
    weakest: frozenset[str]
    evidence_total: int
    evidence_by_direction: Sequence[tuple[str, int]]
    references: Record
    drawing: GraphDrawing | None


def read_pathway_page(
    session: ReadSession, service: ServiceContext, pathway: Mapping[str, Any]
) -> PathwayPage:
    """Return what the page of a pathway shows.

    It loads the claims of the pathway alone: the whole graph has every note on every claim.
    """
    slug = pathway["slug"]
    steps, references = queries.get_page_sections(
        session, service, "pathways", slug, ("steps", "own_citations")
    )
    notes = queries.list_records(
        session, service, "evidence", pathway=[slug], facets=["direction"], limit=1
    )
    (key,) = service.repository.resolve(session, "pathway", "pathways", [slug])
    graph = load_graph(session, key)
    drawing = GraphDrawing(graph, pathway["name"], "", slug)
    return PathwayPage(
        steps,
        weakest_steps(graph),
        notes.total,
        [(facet["value"], facet["count"]) for facet in notes.facets["direction"]],
        references,
        drawing if len(graph.edges) <= MAX_DRAWN else None,
    )


def weakest_steps(graph: Graph) -> frozenset[str]:
    """Return the claims of a graph with the lowest rank; none if all have the same."""
    ranks = {edge.claim: edge.rank for edge in graph.edges.values()}
    if len(set(ranks.values())) < 2:
        return frozenset()
    lowest = min(ranks.values())
    return frozenset(claim for claim, rank in ranks.items() if rank == lowest)
