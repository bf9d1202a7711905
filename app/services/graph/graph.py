"""The graph in memory: nodes and edges by id, and the same for the algorithms of networkx."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.domain.graph import Edge, Node


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes by id, edges by the slug of their claim; `takes_part`: protein → its processes."""

    nodes: Mapping[str, Node]
    edges: Mapping[str, Edge]
    takes_part: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def net(self) -> Any:
        """A MultiDiGraph; several claims between two entities are several edges."""
        import networkx as nx

        net = nx.MultiDiGraph()
        net.add_nodes_from(self.nodes)
        net.add_edges_from((e.subject, e.object, e.claim) for e in self.edges.values())
        return net

    def between(self, subject: str, object_: str) -> list[Edge]:
        """The claims from one entity to another, the one that carries furthest first."""
        found = self.net.get_edge_data(subject, object_) or {}
        return sorted((self.edges[claim] for claim in found), key=lambda e: (-e.grade, e.claim))

    def part(self, edges: Iterable[Edge], also: Iterable[str] = ()) -> "Graph":
        """Some edges with their ends, and nodes wanted whether an edge meets them or not."""
        kept = {edge.claim: edge for edge in edges}
        ends = {end for edge in kept.values() for end in (edge.subject, edge.object)} | set(also)
        nodes = {key: node for key, node in self.nodes.items() if key in ends}
        return Graph(nodes, kept, self.takes_part)
