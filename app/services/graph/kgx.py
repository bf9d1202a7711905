"""KGX export: the graph as node and edge tables of the Biolink Model.

A node's id is its exact identifier in the registry that Biolink prefers for the category, or else
our own. The predicate of the claim is in `original_predicate`; `predicate` and the qualifiers are
Biolink's. A refuted claim is `negated`, so that a reader who ignores verdicts does not take it for
true. A claim that is refuted under a qualifier, such as `at the glutamate site`, may be true
without it: its edge is only `related_to`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.graph import Edge, Node
from app.domain.vocabulary import Direction, Predicate, VerdictKind
from app.resources.compounds import COMPOUNDS
from app.resources.entities import NODES
from app.resources.receptors import RECEPTORS
from app.resources.regions import REGIONS
from app.services.graph.export_formats import strip_control_characters
from app.services.graph.graph import Graph

SOURCE_NAME = "ketamine-kb"
LIST_SEPARATOR = "|"

PREDICATES = {
    Predicate.BINDS: "biolink:directly_physically_interacts_with",
    Predicate.CONVERTS_TO: "biolink:has_metabolite",
    Predicate.REQUIRED_FOR: "biolink:contributes_to",
    Predicate.SUFFICIENT_FOR: "biolink:contributes_to",
    Predicate.CAUSES: "biolink:causes",
}
SUPPORTED_VERDICTS = {VerdictKind.ESTABLISHED, VerdictKind.SUPPORTED}
DIRECTIONS = {1: "increased", -1: "decreased"}

NODE_COLUMNS = "id category name description same_as provided_by type kind slug"
EDGE_COLUMNS = (
    "id category subject predicate object original_predicate negated qualified_predicate"
    " object_aspect_qualifier object_direction_qualifier anatomical_context_qualifier qualifier"
    " knowledge_level agent_type provided_by publications claim statement sign verdict certainty"
    " in_people in_animals notes_for notes_against notes_neutral studies_for studies_against"
    " studies_neutral species"
)


def to_nodes(graph: Graph) -> str:
    """Return the content of `nodes.tsv`."""
    return _table(NODE_COLUMNS, (_node(node) for node in graph.nodes.values()))


def to_edges(graph: Graph, full_graph: Graph) -> str:
    """Return the content of `edges.tsv`.

    Args:
        full_graph: The unfiltered graph, for regions that edges mention.
    """
    return _table(EDGE_COLUMNS, (_edge(edge, full_graph) for edge in graph.edges.values()))


def node_category(node: Node) -> str:
    """Return the Biolink category of a node."""
    declared = NODES[node.type]
    return declared.kind_categories.get(node.kind or "", declared.category)


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
    return next(iter(biolink_curies(node)), f"{SOURCE_NAME}:{node.type}/{node.slug}")


def _node(node: Node) -> dict[str, Any]:
    return {
        "id": node_identifier(node),
        "category": node_category(node),
        "name": node.name,
        "description": node.summary,
        "same_as": LIST_SEPARATOR.join(biolink_curies(node)[1:]),
        "provided_by": SOURCE_NAME,
        "type": node.type,
        "kind": node.kind,
        "slug": node.slug,
    }


def _edge(edge: Edge, graph: Graph) -> dict[str, Any]:
    subject, object_ = graph.nodes[edge.subject], graph.nodes[edge.object]
    predicate = _predicate(edge, object_)
    affects = predicate == "biolink:affects"
    region = graph.nodes.get(f"{REGIONS.record_type}:{edge.region}")
    facts = {name: getattr(edge, name) for name in EDGE_COLUMNS.split() if hasattr(edge, name)}
    return facts | {
        "id": f"{SOURCE_NAME}:claim/{edge.claim}",
        "category": _association(subject, object_, affects),
        "subject": node_identifier(subject),
        "predicate": predicate,
        "object": node_identifier(object_),
        "original_predicate": edge.predicate.value,
        "negated": edge.verdict is VerdictKind.REFUTED and not edge.qualifier,
        "qualified_predicate": "biolink:causes" if affects and edge.sign else None,
        "object_aspect_qualifier": "activity_or_abundance" if affects and edge.sign else None,
        "object_direction_qualifier": DIRECTIONS.get(edge.sign) if affects else None,
        "anatomical_context_qualifier": node_identifier(region) if region else None,
        "knowledge_level": "knowledge_assertion",
        "agent_type": "manual_agent",
        "provided_by": SOURCE_NAME,
        "publications": LIST_SEPARATOR.join(_publications(edge)),
        "species": LIST_SEPARATOR.join(edge.species),
    }


def _predicate(edge: Edge, object_: Node) -> str:
    if edge.verdict is VerdictKind.REFUTED and edge.qualifier:
        return "biolink:related_to"
    if edge.predicate is Predicate.TREATS and object_.kind != "procedure":
        is_supported = edge.verdict in SUPPORTED_VERDICTS
        return "biolink:treats" if is_supported else "biolink:treats_or_applied_or_studied_to_treat"
    return PREDICATES.get(edge.predicate, "biolink:affects")


def _association(subject: Node, object_: Node, affects: bool) -> str:
    proteins = object_.type == RECEPTORS.record_type and object_.kind == "single_protein"
    if affects and subject.type == COMPOUNDS.record_type and proteins:
        return "biolink:ChemicalAffectsGeneAssociation"
    return "biolink:Association"


def _publications(edge: Edge) -> list[str]:
    """Return the publications of the supporting notes, by PubMed id or DOI."""
    notes = [note for note in edge.notes if note.direction is Direction.SUPPORTS]
    identifiers = [f"PMID:{n.pmid}" if n.pmid else f"doi:{n.doi}" if n.doi else None for n in notes]
    return list(dict.fromkeys(paper for paper in identifiers if paper))


def _table(header: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return tab-separated text without quotes, as KGX requires."""
    columns = header.split()
    lines = ["\t".join(columns)]
    lines += ["\t".join(_cell(row.get(name)) for name in columns) for row in rows]
    return "\n".join([*lines, ""])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(strip_control_characters(str(value)).split())
