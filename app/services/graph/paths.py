"""Path search between two entities, and the neighbourhood of one.

Paths come best first, within a budget.

The best chain is the one with the highest rank of its weakest step; then the one with fewest
steps; then the one with the highest sum of ranks. The search starts with the edges of the highest
rank and adds lower ones rank by rank, so that the first chains are the best ones. Yen's
algorithm (networkx `shortest_simple_paths`) lists the chains of one rank by length.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from app.domain.graph import Edge
from app.services.graph.filtering import Truncation
from app.services.graph.graph import Graph

MAX_EDGES = 120_000  # visited edges; takes some tenths of a second
MAX_SECONDS = 0.8  # in case the machine is so busy that they take longer
STEP = 1_000_000  # cost of a step; exceeds any sum of ranks, so that fewer steps always win


class BudgetExceededError(Exception):
    """The search has reached its limit of edges or seconds."""


@dataclass
class Budget:
    """Limit of one search: a number of edges to visit, and seconds in case these take too long."""

    edges: int = MAX_EDGES
    seconds: float = MAX_SECONDS
    edges_seen: int = 0
    started: float = field(default_factory=time.monotonic)

    def spend(self, edges: int = 1) -> None:
        """Count visited edges.

        Raises: BudgetExceededError, if the search has reached either limit.
        """
        self.edges_seen += edges
        if self.edges_seen > self.edges:
            raise BudgetExceededError(f"The search stopped after looking at {self.edges} edges.")
        if self.edges_seen % 256 < edges:
            self.check_time()

    def check_time(self) -> None:
        """Check the time limit.

        Raises: BudgetExceededError, if it is reached.
        """
        if time.monotonic() - self.started > self.seconds:
            raise BudgetExceededError(f"The search stopped after {self.seconds:g} seconds.")


@dataclass(frozen=True)
class PathResult:
    """Chains, best first.

    `truncated` says why there may be more, `by_clock` that another run may find others.
    """

    chains: list[list[Edge]]
    truncated: str | None = None
    by_clock: bool = False


def find_paths(
    graph: Graph,
    ends: tuple[str, str],
    k: int,
    max_hops: int,
    accepts: Callable[[Edge], bool] = lambda _: True,
    budget: Budget | None = None,
) -> PathResult:
    """Return up to `k` simple chains of up to `max_hops` accepted edges, best first.

    Args:
        ends: Ids of the first and the last node.
    """
    net, edges = graph.networkx, graph.edges.values()  # made before the clock starts
    budget = budget or Budget()
    chains: list[list[Edge]] = []
    try:
        corridor = [e for e in _corridor(net, edges, ends, max_hops, budget) if accepts(e)]
        for chain in _best_first(corridor, ends, max_hops, budget):
            chains.append(chain)
            if len(chains) == k:
                break
    except BudgetExceededError as spent:
        return PathResult(chains, str(spent), budget.edges_seen <= budget.edges)
    return PathResult(chains)


def _best_first(
    corridor: Sequence[Edge], ends: tuple[str, str], max_hops: int, budget: Budget
) -> Iterator[list[Edge]]:
    import networkx as nx

    net = nx.DiGraph()
    net.add_nodes_from(ends)

    def cost(u: str, v: str, step: dict[str, Any]) -> int:
        budget.spend()
        return STEP - int(step["edge"].rank)

    for rank in sorted({edge.rank for edge in corridor}, reverse=True):
        budget.check_time()
        for edge in (e for e in corridor if e.rank == rank):
            if not net.has_edge(edge.subject, edge.object):
                net.add_edge(edge.subject, edge.object, edge=edge)
        if not nx.has_path(net, *ends):
            continue
        for nodes in nx.shortest_simple_paths(net, *ends, weight=cost):
            if len(nodes) > max_hops + 1:
                break
            chain = [net.edges[pair]["edge"] for pair in pairwise(nodes)]
            if min(edge.rank for edge in chain) == rank:  # others came at their own rank
                yield chain


def _corridor(
    net: Any, edges: Iterable[Edge], ends: tuple[str, str], max_hops: int, budget: Budget
) -> list[Edge]:
    """Return the edges on walks of up to `max_hops` steps between the ends, highest rank first."""
    import networkx as nx

    start, end = ends
    from_start = nx.single_source_shortest_path_length(net, start, cutoff=max_hops)
    to_end = nx.single_source_shortest_path_length(net.reverse(copy=False), end, cutoff=max_hops)
    unreachable = max_hops + 1
    on_walks = (
        edge
        for edge in edges
        if from_start.get(edge.subject, unreachable) + 1 + to_end.get(edge.object, unreachable)
        <= max_hops
        and edge.object != start
        and edge.subject != end
    )
    corridor = sorted(on_walks, key=lambda edge: (-edge.rank, edge.claim))
    budget.spend(len(corridor))
    return corridor


def neighbourhood(
    graph: Graph, centre: str, hops: int, limit: int
) -> tuple[Graph, dict[str, int], Truncation | None]:
    """Return the claims among entities within a number of steps of an entity.

    Directions are ignored. Claims near the centre come first, then those of a higher rank.

    Returns: the graph, the distance of each node in steps, and what `limit` cuts off.
    """
    import networkx as nx

    undirected = graph.networkx.to_undirected(as_view=True)
    steps: dict[str, int] = nx.single_source_shortest_path_length(undirected, centre, cutoff=hops)
    edges = [e for e in graph.edges.values() if e.subject in steps and e.object in steps]
    edges.sort(key=lambda e: (steps[e.subject] + steps[e.object], -e.rank, e.claim))
    part = graph.subgraph(edges[:limit], [centre])
    omitted = len(edges) - limit
    truncation = (
        Truncation(omitted, f"limit={limit}: the nearest {limit} claims are shown.")
        if omitted > 0
        else None
    )
    return part, {node: steps[node] for node in part.nodes}, truncation
