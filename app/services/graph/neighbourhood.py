"""Neighbourhood of an entity: everything within a number of steps."""

from app.services.graph.filtering import Truncation
from app.services.graph.graph import Graph


def neighbourhood(
    graph: Graph, centre: str, hops: int, limit: int
) -> tuple[Graph, dict[str, int], Truncation | None]:
    """The claims among entities within `hops` steps, each entity's distance, and what is cut.

    Near claims go before far ones, and of two equally near ones the one that carries further.
    """
    import networkx as nx

    either_way = graph.networkx.to_undirected(as_view=True)
    steps: dict[str, int] = nx.single_source_shortest_path_length(either_way, centre, cutoff=hops)
    edges = [e for e in graph.edges.values() if e.subject in steps and e.object in steps]
    edges.sort(key=lambda e: (steps[e.subject] + steps[e.object], -e.grade, e.claim))
    part = graph.subgraph(edges[:limit], [centre])
    over = len(edges) - limit
    truncation = (
        Truncation(over, f"limit={limit}: the nearest {limit} claims are shown.")
        if over > 0
        else None
    )
    return part, {node: steps[node] for node in part.nodes}, truncation
