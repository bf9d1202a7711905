"""Made-up graphs: a test says only which claims there are."""

import random
from typing import Any

from app.domain.graph import Edge, Node
from app.domain.vocabulary import Certainty, Predicate, VerdictKind
from app.services.graph.graph import Graph


def node(slug: str, **more: Any) -> Node:
    facts: dict[str, Any] = {"name": slug, "summary": "What it is.", "kind": "cellular"} | more
    return Node("process", slug, **facts)


def edge(
    claim: str, a: str, b: str, verdict: str = "supported", sign: int = 1, **more: Any
) -> Edge:
    return Edge(
        claim=claim,
        name=claim,
        statement=f"{claim} holds.",
        subject=f"process:{a}",
        predicate=Predicate.INCREASES if sign > 0 else Predicate.DECREASES,
        object=f"process:{b}",
        sign=sign,
        verdict=VerdictKind(verdict),
        certainty=more.pop("certainty", Certainty.LOW),
        **more,
    )


def graph(*edges: Edge) -> Graph:
    slugs = {end.partition(":")[2] for e in edges for end in (e.subject, e.object)}
    nodes = {found.id: found for found in map(node, sorted(slugs))}
    return Graph(nodes, {e.claim: e for e in edges})


def random_graph(seed: int, nodes: int, edges: int, skew: float = 0.6) -> Graph:
    """Random claims with random verdicts; a few entities are hubs that most claims touch."""
    rng = random.Random(seed)

    def pick() -> str:
        if rng.random() < 0.5:
            return str(rng.randrange(nodes))
        return str(min(int(rng.paretovariate(skew)) - 1, nodes - 1))

    found: list[Edge] = []
    while len(found) < edges:
        a, b = pick(), pick()
        if a != b:
            verdict, certainty = rng.choice(list(VerdictKind)), rng.choice(list(Certainty))
            sign = rng.choice([1, -1])
            found.append(edge(f"c{len(found)}", a, b, verdict.value, sign, certainty=certainty))
    return graph(*found)
