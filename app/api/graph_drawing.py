"""The drawing of the part of the graph that a query selects."""

from dataclasses import dataclass

from app.api.deps import ServiceContext
from app.api.graph_query import GraphQuery, select_subgraph
from app.domain.errors import ErrorDetail, ParameterError
from app.kit.sessions import ReadSession
from app.services.graph import svg
from app.services.graph.graph import Graph
from app.services.graph.layout import GraphLayouts
from app.services.graph.serialisation import MakeUrl

MAX_DRAWN = 200  # claims in one picture: more take seconds, and nobody could read them


@dataclass(frozen=True)
class GraphDrawing:
    """What a drawing shows.

    Args:
        note: Explanation below the title.
        pathway: Pathway whose claims are numbered by their position in it.
    """

    graph: Graph
    title: str
    note: str
    pathway: str | None

    def to_svg(self, layouts: GraphLayouts, make_url: MakeUrl, *, has_style: bool = True) -> str:
        """Return the drawing as an SVG document; see `svg.to_svg`."""
        return svg.to_svg(
            self.graph,
            layouts,
            make_url,
            self.title,
            self.note,
            self.pathway,
            has_style=has_style,
        )


def select_drawing(
    service: ServiceContext, session: ReadSession, query: GraphQuery, note: str = ""
) -> GraphDrawing:
    """Return the drawing of the subgraph that a query selects, whose references are slugs.

    Args:
        note: Explanation below the title; the number of omitted claims is added.

    Raises:
        ParameterError: It selects more than `MAX_DRAWN` claims.
    """
    selection = select_subgraph(service, session, query)
    part, omitted = selection.part, selection.omitted_refuted_count
    if len(part.edges) > MAX_DRAWN:
        raise _too_many(len(part.edges))
    if omitted:
        note += f" Without {omitted} refuted {'claim' if omitted == 1 else 'claims'}."
    pathway = query.pathway[0] if len(query.pathway) == 1 else None
    return GraphDrawing(part, _title(service, session, query), note.strip(), pathway)


def _title(service: ServiceContext, session: ReadSession, query: GraphQuery) -> str:
    """Return the title of a drawing: the names of the filtered records."""
    names: list[str] = []
    for collection, slugs in (
        ("pathways", query.pathway),
        ("compounds", query.compound),
        ("receptors", query.receptor),
    ):
        resource = service.repository.catalogue[collection]
        requested = list(dict.fromkeys(slugs))
        records = service.repository.get_parsed(session, resource, requested) if requested else {}
        names += [records[slug][1]["name"] for slug in requested]
    return ", ".join(names) if names else "How ketamine works: every causal claim"


def _too_many(number: int) -> ParameterError:
    message = (
        f"{number} claims exceed the maximum of {MAX_DRAWN} for an image. Filter by"
        " pathway, compound, receptor, verdict or min_certainty; /v1/graph.graphml exports all."
    )
    return ParameterError(ErrorDetail("query", "pathway", message))
