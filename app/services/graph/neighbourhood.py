"""Around an entity: what is within some steps of it, whichever way the claims point."""

from app.services.graph.filtering import Cut
from app.services.graph.graph import Graph


def around(
    graph: Graph, centre: str, hops: int, limit: int
) -> tuple[Graph, dict[str, int], Cut | None]:
    """The claims among entities within `hops` steps, each entity's distance, and what is cut.

    Near claims go before far ones, and of two equally near ones the one that carries further.
    """
    import networkx as nx

    either_way = graph.net.to_undirected(as_view=True)
    steps: dict[str, int] = nx.single_source_shortest_path_length(either_way, centre, cutoff=hops)
    near = [e for e in graph.edges.values() if e.subject in steps and e.object in steps]
    near.sort(key=lambda e: (steps[e.subject] + steps[e.object], -e.grade, e.claim))
    part = graph.part(near[:limit], [centre])
    over = len(near) - limit
    cut = Cut(over, f"limit={limit}: the nearest {limit} claims are shown.") if over > 0 else None
    return part, {node: steps[node] for node in part.nodes}, cut
