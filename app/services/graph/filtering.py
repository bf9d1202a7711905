"""Narrowing: the edges that a reader asks for. Filters are joined by and, their values by or."""

from dataclasses import dataclass

from app.domain.graph import CERTAINTIES, Edge
from app.domain.vocabulary import Certainty, Species, VerdictKind
from app.resources.compounds import COMPOUNDS
from app.resources.receptors import RECEPTORS
from app.services.graph.graph import Graph


@dataclass(frozen=True)
class Choice:
    """What a reader accepts; an empty filter accepts everything."""

    pathway: frozenset[str] = frozenset()
    compound: frozenset[str] = frozenset()
    receptor: frozenset[str] = frozenset()
    verdict: frozenset[VerdictKind] = frozenset()
    species: frozenset[Species] = frozenset()
    min_certainty: Certainty | None = None

    def accepts(self, edge: Edge, graph: Graph) -> bool:
        ends = {edge.subject, edge.object}
        return (
            (
                not self.pathway
                or any(place.pathway in self.pathway for place in edge.pathway_positions)
            )
            and (not self.compound or edge.compound in self.compound or bool(ends & self._drugs))
            and (not self.receptor or bool(ends & self._around(graph)))
            and (not self.verdict or edge.verdict in self.verdict)
            and (not self.species or bool(self.species.intersection(edge.species)))
            and CERTAINTIES.index(edge.certainty) >= CERTAINTIES.index(self.min_certainty)
        )

    @property
    def _drugs(self) -> frozenset[str]:
        return frozenset(f"{COMPOUNDS.kind}:{slug}" for slug in self.compound)

    def _around(self, graph: Graph) -> frozenset[str]:
        """The receptors, and the processes that they take part in."""
        asked = frozenset(f"{RECEPTORS.kind}:{slug}" for slug in self.receptor)
        return asked.union(*(graph.takes_part.get(receptor, frozenset()) for receptor in asked))


def narrow(graph: Graph, choice: Choice) -> Graph:
    """The edges that a choice accepts; a compound or receptor asked for is shown even alone."""
    kept = [edge for edge in graph.edges.values() if choice.accepts(edge, graph)]
    asked = {f"{COMPOUNDS.kind}:{slug}" for slug in choice.compound}
    asked |= {f"{RECEPTORS.kind}:{slug}" for slug in choice.receptor}
    return graph.part(kept, asked)


@dataclass(frozen=True)
class Cut:
    """What an answer leaves out, and why."""

    left_out: int
    reason: str


def strongest(graph: Graph, limit: int) -> tuple[Graph, Cut | None]:
    """At most `limit` edges, those that carry furthest; and what that cuts."""
    over = len(graph.edges) - limit
    if over <= 0:
        return graph, None
    ranked = sorted(graph.edges.values(), key=lambda edge: (-edge.grade, edge.claim))
    cut = Cut(over, f"limit={limit}: the {limit} claims that carry furthest are shown.")
    return graph.part(ranked[:limit]), cut
