"""KGX export: the graph as node and edge tables of the Biolink Model.

A node's id is its exact identifier in the registry that Biolink prefers for the category, or else
our own CURIE. Columns of the Biolink Model come first; `OWN_NODE_COLUMNS` and `OWN_EDGE_COLUMNS`
hold what the model has no slot for, under names that are no slots of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.graph import REFUTING, Edge, Node
from app.domain.identifiers import OWN_PREFIX, own_curie
from app.domain.vocabulary import Direction
from app.kit.svg_text import strip_control_characters
from app.resources.entities import NODES
from app.resources.regions import REGIONS
from app.services.graph import biolink
from app.services.graph.graph import Graph

#: Our name in the style of the Translator's catalogue of information resources.
KNOWLEDGE_SOURCE = f"infores:{OWN_PREFIX}"
LIST_SEPARATOR = "|"

NODE_COLUMNS = ("id", "category", "name", "description", "equivalent_identifiers", "provided_by")
OWN_NODE_COLUMNS = ("record_type", "kind", "slug")
EDGE_COLUMNS = (
    "id",
    "category",
    "subject",
    "predicate",
    "object",
    "original_predicate",
    "negated",
    "qualified_predicate",
    "object_aspect_qualifier",
    "object_direction_qualifier",
    "anatomical_context_qualifier",
    "primary_knowledge_source",
    "knowledge_level",
    "agent_type",
    "publications",
)
OWN_EDGE_COLUMNS = (
    "publications_for",
    "publications_against",
    "claim",
    "statement",
    "claim_qualifier",
    "sign",
    "verdict",
    "certainty",
    "weight",
    "in_people",
    "in_animals",
    "notes_for",
    "notes_against",
    "notes_neutral",
    "studies_for",
    "studies_against",
    "studies_neutral",
    "species",
)


def to_nodes(graph: Graph) -> str:
    """Return the content of `nodes.tsv`."""
    nodes = (_node(node) for node in graph.nodes.values())
    return _table([*NODE_COLUMNS, *OWN_NODE_COLUMNS], nodes)


def to_edges(graph: Graph, full_graph: Graph) -> str:
    """Return the content of `edges.tsv`.

    Args:
        full_graph: The unfiltered graph, for regions that edges mention.
    """
    edges = (_edge(edge, full_graph) for edge in graph.edges.values())
    return _table([*EDGE_COLUMNS, *OWN_EDGE_COLUMNS], edges)


def biolink_curies(node: Node) -> list[str]:
    """Return the exact identifiers of a node with Biolink's prefixes, the preferred one first."""
    prefixes = NODES[node.type].prefixes
    split = [curie.partition(":") for curie in node.curies]
    known = [(prefix, rest) for prefix, _, rest in split if prefix in prefixes]
    order = list(prefixes)
    known.sort(key=lambda pair: (order.index(pair[0]), pair[1]))
    return [f"{prefixes[prefix]}:{rest}" for prefix, rest in known]


def node_identifier(node: Node) -> str:
    """Return the KGX id of a node."""
    return next(iter(biolink_curies(node)), own_curie(node.type, node.slug))


def _node(node: Node) -> dict[str, Any]:
    return {
        "id": node_identifier(node),
        "category": biolink.node_category(node),
        "name": node.name,
        "description": node.summary,
        "equivalent_identifiers": biolink_curies(node)[1:],
        "provided_by": KNOWLEDGE_SOURCE,
        "record_type": node.type,
        "kind": node.kind,
        "slug": node.slug,
    }


def _edge(edge: Edge, graph: Graph) -> dict[str, Any]:
    subject, object_ = graph.nodes[edge.subject], graph.nodes[edge.object]
    statement = biolink.statement(edge, subject, object_)
    region = graph.nodes.get(f"{REGIONS.record_type}:{edge.region}")
    has_region = region and "anatomical_context_qualifier" in statement.association.qualifiers
    supporting = biolink.publications(edge, Direction.SUPPORTS)
    disputing = biolink.publications(edge, Direction.DISPUTES)
    fields = {name: getattr(edge, name) for name in OWN_EDGE_COLUMNS if hasattr(edge, name)}
    return fields | {
        "id": own_curie("claim", edge.claim),
        "category": statement.association.name,
        "subject": node_identifier(subject),
        "predicate": statement.predicate,
        "object": node_identifier(object_),
        "original_predicate": f"{OWN_PREFIX}:{edge.predicate.value}",
        "negated": statement.negated,
        "qualified_predicate": statement.qualified_predicate,
        "object_aspect_qualifier": statement.object_aspect_qualifier,
        "object_direction_qualifier": statement.object_direction_qualifier,
        "anatomical_context_qualifier": node_identifier(region) if region and has_region else None,
        "primary_knowledge_source": KNOWLEDGE_SOURCE,
        "knowledge_level": statement.knowledge_level,
        "agent_type": "manual_agent",
        # Who reports what the edge says: of a refuted claim, those who refuted it.
        "publications": disputing if edge.verdict in REFUTING else supporting,
        "publications_for": supporting,
        "publications_against": disputing,
        "claim_qualifier": edge.qualifier,
    }


def _table(columns: list[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return tab-separated text without quotes, as KGX requires."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(_cell(row.get(name)) for name in columns) for row in rows]
    return "\n".join([*lines, ""])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return LIST_SEPARATOR.join(map(_cell, value))
    return " ".join(strip_control_characters(str(value)).split())
