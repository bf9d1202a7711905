"""Graph filters: conditions are joined by AND, values of one condition by OR."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.graph import CERTAINTIES, REFUTING, Edge
from app.domain.vocabulary import Certainty, Species, VerdictKind
from app.resources.compounds import COMPOUNDS
from app.resources.receptors import RECEPTORS
from app.services.graph.graph import Graph


@dataclass(frozen=True)
class EdgeFilter:
    """Conditions on edges; an empty condition accepts every edge but the refuted ones.

    Refuted edges are accepted with `include_refuted`, or if `verdict` names them.
    """

    pathway: frozenset[str] = frozenset()
    compound: frozenset[str] = frozenset()
    receptor: frozenset[str] = frozenset()
    verdict: frozenset[VerdictKind] = frozenset()
    species: frozenset[Species] = frozenset()
    min_certainty: Certainty | None = None
    include_refuted: bool = False

    def accepts(self, edge: Edge, graph: Graph) -> bool:
        """Return whether an edge meets all conditions."""
        ends = {edge.subject, edge.object}
        return (
            (
                not self.pathway
                or any(place.pathway in self.pathway for place in edge.pathway_positions)
            )
            and (
                not self.compound
                or edge.compound in self.compound
                or bool(ends & self._compound_ids)
            )
            and (not self.receptor or bool(ends & self._with_their_processes(graph)))
            and self._accepts_verdict(edge.verdict)
            and (not self.species or bool(self.species.intersection(edge.species)))
            and CERTAINTIES.index(edge.certainty) >= CERTAINTIES.index(self.min_certainty)
        )

    def _accepts_verdict(self, verdict: VerdictKind) -> bool:
        if self.verdict:
            return verdict in self.verdict
        return self.include_refuted or verdict not in REFUTING

    @property
    def _compound_ids(self) -> frozenset[str]:
        return frozenset(f"{COMPOUNDS.record_type}:{slug}" for slug in self.compound)

    def _with_their_processes(self, graph: Graph) -> frozenset[str]:
        """Return the node ids of the receptors and of the processes that they take part in."""
        receptors = frozenset(f"{RECEPTORS.record_type}:{slug}" for slug in self.receptor)
        return receptors.union(
            *(graph.takes_part.get(receptor, frozenset()) for receptor in receptors)
        )


def filter_graph(graph: Graph, edge_filter: EdgeFilter, extra_nodes: Iterable[str] = ()) -> Graph:
    """Return the accepted edges with their ends.

    A compound or receptor that the filter names is included even without edges, and so are
    `extra_nodes`.
    """
    edges = [edge for edge in graph.edges.values() if edge_filter.accepts(edge, graph)]
    requested = {f"{COMPOUNDS.record_type}:{slug}" for slug in edge_filter.compound}
    requested |= {f"{RECEPTORS.record_type}:{slug}" for slug in edge_filter.receptor}
    return graph.subgraph(edges, [*requested, *extra_nodes])


def omitted_refuted_count(graph: Graph, edge_filter: EdgeFilter) -> int:
    """Return the number of refuted edges that only `include_refuted` would add."""
    if edge_filter.verdict or edge_filter.include_refuted:
        return 0
    refuted = replace(edge_filter, verdict=REFUTING)
    return sum(refuted.accepts(edge, graph) for edge in graph.edges.values())


@dataclass(frozen=True)
class Truncation:
    """Number of edges omitted from a response, and the reason."""

    omitted_count: int
    reason: str


def top_edges(graph: Graph, limit: int) -> tuple[Graph, Truncation | None]:
    """Return the `limit` strongest edges (by rank), and the truncation if any were omitted."""
    over = len(graph.edges) - limit
    if over <= 0:
        return graph, None
    ranked = sorted(graph.edges.values(), key=lambda edge: (-edge.rank, edge.claim))
    truncation = Truncation(over, f"limit={limit}: only the {limit} strongest claims are shown.")
    return graph.subgraph(ranked[:limit]), truncation
