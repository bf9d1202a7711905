"""The in-memory graph: nodes and edges by id, and a networkx view."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.domain.graph import Edge, Node


@dataclass(frozen=True, eq=False)
class Graph:
    """Entities and causal claims.

    Attributes:
        nodes: Nodes by id (`type:slug`).
        edges: Edges by the slug of their claim.
        takes_part: Id of a receptor → ids of the processes that it takes part in.
    """

    nodes: Mapping[str, Node]
    edges: Mapping[str, Edge]
    takes_part: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def networkx(self) -> Any:
        """The graph as a MultiDiGraph; the edges between two nodes have the claims as keys."""
        import networkx as nx

        net = nx.MultiDiGraph()
        net.add_nodes_from(self.nodes)
        net.add_edges_from((e.subject, e.object, e.claim) for e in self.edges.values())
        return net

    def between(self, subject: str, object_: str) -> list[Edge]:
        """Return the edges from one node to another, the best supported first."""
        edges = self.networkx.get_edge_data(subject, object_) or {}
        return sorted((self.edges[claim] for claim in edges), key=lambda e: (-e.rank, e.claim))

    def touching(self, nodes: Collection[str]) -> "Graph":
        """Return the graph of the edges with an end among some nodes."""
        return self.subgraph(
            edge for edge in self.edges.values() if edge.subject in nodes or edge.object in nodes
        )

    def subgraph(self, edges: Iterable[Edge], extra_nodes: Iterable[str] = ()) -> "Graph":
        """Return a graph of some edges with their ends, and of extra nodes."""
        edge_by_claim = {edge.claim: edge for edge in edges}
        ends = {
            end for edge in edge_by_claim.values() for end in (edge.subject, edge.object)
        } | set(extra_nodes)
        nodes = {key: node for key, node in self.nodes.items() if key in ends}
        return Graph(nodes, edge_by_claim, self.takes_part)
