"""Path search between two entities: best chains first, within a budget.

Best is the chain whose weakest step carries furthest; among those, the one of fewest steps; among
those, the one whose steps carry furthest together. The search takes the strongest claims first and
adds weaker ones grade by grade, so the first chains found are the best ones. Yen's algorithm, of
networkx, lists the chains of one grade by length.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from app.domain.graph import Edge
from app.services.graph.graph import Graph

MAX_EDGES = 120_000  # edges looked at: some tenths of a second
MAX_SECONDS = 0.8  # for a machine so busy that they take longer
STEP = 1_000_000  # what a step costs: more than any sum of grades


class BudgetExceededError(Exception):
    """The search has used up what it may use."""


@dataclass
class Budget:
    """What one search may use: edges looked at, and seconds where that is not enough."""

    edges: int = MAX_EDGES
    seconds: float = MAX_SECONDS
    edges_seen: int = 0
    started: float = field(default_factory=time.monotonic)

    def spend(self, edges: int = 1) -> None:
        self.edges_seen += edges
        if self.edges_seen > self.edges:
            raise BudgetExceededError(f"The search stopped after looking at {self.edges} edges.")
        if self.edges_seen % 256 < edges:
            self.check_time()

    def check_time(self) -> None:
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
    """At most `k` simple chains of at most `max_hops` accepted steps, best first."""
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
        return STEP - int(step["edge"].grade)

    for grade in sorted({edge.grade for edge in corridor}, reverse=True):
        budget.check_time()
        for edge in (e for e in corridor if e.grade == grade):
            if not net.has_edge(edge.subject, edge.object):
                net.add_edge(edge.subject, edge.object, edge=edge)
        if not nx.has_path(net, *ends):
            continue
        for nodes in nx.shortest_simple_paths(net, *ends, weight=cost):
            if len(nodes) > max_hops + 1:
                break
            chain = [net.edges[pair]["edge"] for pair in pairwise(nodes)]
            if min(edge.grade for edge in chain) == grade:  # else it was found at a better one
                yield chain


def _corridor(
    net: Any, edges: Iterable[Edge], ends: tuple[str, str], max_hops: int, budget: Budget
) -> list[Edge]:
    """The edges that lie on some walk of at most `max_hops` steps, strongest first."""
    import networkx as nx

    start, end = ends
    from_start = nx.single_source_shortest_path_length(net, start, cutoff=max_hops)
    back = nx.single_source_shortest_path_length(net.reverse(copy=False), end, cutoff=max_hops)
    far = max_hops + 1
    on_the_way = (
        edge
        for edge in edges
        if from_start.get(edge.subject, far) + 1 + back.get(edge.object, far) <= max_hops
        and edge.object != start
        and edge.subject != end
    )
    edges_ = sorted(on_the_way, key=lambda edge: (-edge.grade, edge.claim))
    budget.spend(len(edges_))
    return edges_
