"""JSON serialisation of nodes, edges, steps and paths."""

from collections.abc import Callable, Sequence
from typing import Any

from app.domain.graph import Edge, EdgeNote, Node, chain_sign, verdict_sentence, weakest_step
from app.domain.vocabulary import Direction
from app.resources import RESOURCES
from app.services.graph.graph import Graph

Row = dict[str, Any]
#: Returns the absolute URL of a path of this service.
MakeUrl = Callable[[str], str]


def node_ref(node: Node) -> Row:
    """Return type, slug and name of a node."""
    return {"type": node.type, "slug": node.slug, "name": node.name}


def record_url(node: Node) -> str:
    """URL of the record."""
    return f"/v1/{RESOURCES.by_record_type[node.type].name}/{node.slug}"


def node_row(node: Node) -> Row:
    """Return a node as JSON."""
    return {
        "id": node.id,
        **node_ref(node),
        "kind": node.kind,
        "summary": node.summary,
        "curies": list(node.curies),
        "url": record_url(node),
    }


def edge_row(edge: Edge) -> Row:
    """Return an edge as JSON, with its ends and pathways."""
    return {
        "id": edge.claim,
        "source": edge.subject,
        "target": edge.object,
        **claim_row(edge),
        "pathways": [
            {"slug": place.pathway, "name": place.name, "position": place.position}
            for place in edge.pathway_positions
        ],
    }


def claim_row(edge: Edge) -> Row:
    """Return the claim of an edge with its verdict, as every graph format shows it."""
    region = {"slug": edge.region, "name": edge.region_name} if edge.region else None
    return {
        "claim": edge.claim,
        "name": edge.name,
        "statement": edge.statement,
        "predicate": edge.predicate,
        "sign": edge.sign,
        "verdict": edge.verdict,
        "certainty": edge.certainty,
        "weight": edge.weight,
        "in_people": edge.in_people,
        "in_animals": edge.in_animals,
        "notes_for": edge.notes_for,
        "notes_against": edge.notes_against,
        "notes_neutral": edge.notes_neutral,
        "studies_for": edge.studies_for,
        "studies_against": edge.studies_against,
        "studies_neutral": edge.studies_neutral,
        "disputed": edge.disputed,
        "region": region,
        "qualifier": edge.qualifier,
        "species": list(edge.species),
        "latency": edge.latency and vars(edge.latency),
        "url": f"/v1/claims/{edge.claim}",
    }


def cytoscape_elements(graph: Graph, hops: dict[str, int] | None = None) -> Row:
    """Return nodes and edges in the JSON format of Cytoscape.js.

    Args:
        hops: Distance of each node from the centre in steps, added to the nodes if given.
    """
    nodes = [node_row(node) for node in graph.nodes.values()]
    if hops is not None:
        nodes = [node | {"hops": hops[node["id"]]} for node in nodes]
    return {
        "nodes": [{"data": node} for node in nodes],
        "edges": [{"data": edge_row(edge)} for edge in graph.edges.values()],
    }


def step_row(graph: Graph, edge: Edge) -> Row:
    """Return one step of a chain with its citations and the other claims between its ends.

    The edge has its notes (`app.services.graph.loader.with_notes`).
    """
    others = [e for e in graph.between(edge.subject, edge.object) if e.claim != edge.claim]
    return {
        "subject": node_ref(graph.nodes[edge.subject]),
        "object": node_ref(graph.nodes[edge.object]),
        **claim_row(edge),
        "sentence": verdict_sentence(edge),
        "citations": edge_citations(edge),
        "alternatives": [
            {
                "claim": other.claim,
                "statement": other.statement,
                "sign": other.sign,
                "verdict": other.verdict,
                "certainty": other.certainty,
            }
            for other in others
        ],
    }


def edge_citations(edge: Edge) -> list[Row]:
    """Return the notes on a claim: by direction, supporting ones first, then by weight."""
    order = (Direction.SUPPORTS, Direction.DISPUTES, Direction.MIXED, Direction.NEUTRAL)
    notes = [note for side in order for note in edge.most_important(side, len(edge.notes))]
    return [_citation(note) for note in notes]


def _citation(note: EdgeNote) -> Row:
    return {
        "note": note.slug,
        "direction": note.direction,
        "species": note.species,
        "hours": note.hours,
        "study": note.study,
        "reference": note.reference,
        "cited_as": note.cited_as,
        "doi": note.doi,
        "pmid": note.pmid,
    }


def ranked_paths(graph: Graph, chains: Sequence[Sequence[Edge]]) -> list[Row]:
    """Return ranked paths, of edges with notes; each lists the paths without its weakest step."""
    weak = [weakest_step(chain).claim for chain in chains]
    claims = [{edge.claim for edge in chain} for chain in chains]
    return [
        {
            "rank": rank,
            "hops": len(chain),
            "sign": chain_sign(chain),
            "weakest": {
                "claim": weak[rank - 1],
                "verdict": weakest_step(chain).verdict,
                "certainty": weakest_step(chain).certainty,
            },
            "disputed": [edge.claim for edge in chain if edge.disputed],
            "avoiding_weakest_step": [
                other
                for other, claim_set in enumerate(claims, 1)
                if weak[rank - 1] not in claim_set
            ],
            "steps": [{"order": n} | step_row(graph, edge) for n, edge in enumerate(chain, 1)],
        }
        for rank, chain in enumerate(chains, 1)
    ]
