"""Graph export formats: GraphML, DOT and Mermaid.

Sign and verdict are shown both in words and by the line: an arrow raises, a bar (in Mermaid a
cross) lowers, a circle does neither; the stronger the verdict, the more solid the line.
"""

from collections.abc import Mapping

from app.domain.graph import SIGNS, Edge
from app.domain.vocabulary import VerdictKind
from app.kit.declarations import NodeShape
from app.kit.svg_text import strip_control_characters
from app.resources.entities import NODES
from app.services.graph.graph import Graph
from app.services.graph.serialisation import MakeUrl, claim_row, record_url


def edge_label(edge: Edge) -> str:
    """Return the label of an edge, such as `blocks (lowers): established, high`."""
    certainty = f", {edge.certainty.value.replace('_', ' ')}" if edge.certainty else ""
    verb = edge.predicate.value.replace("_", " ")
    return f"{verb} ({SIGNS[edge.sign]}): {edge.verdict.value}{certainty}"


def to_graphml(graph: Graph, link: MakeUrl) -> str:
    """Return GraphML with all properties of an edge as typed attributes.

    `weight` and `signed_weight` are numbers for network analysis.
    """
    import networkx as nx

    out = nx.MultiDiGraph()
    for node in graph.nodes.values():
        attributes = {
            "type": node.type,
            "slug": node.slug,
            "label": node.name,
            "kind": node.kind,
            "summary": node.summary,
            "curies": "|".join(node.curies),
        }
        out.add_node(node.id, **_without_nulls(attributes))
    for edge in graph.edges.values():
        row = claim_row(edge)
        region, latency, species = row.pop("region"), row.pop("latency"), row.pop("species")
        row |= {
            "label": edge_label(edge),
            "signed_weight": edge.sign * edge.weight,
            "region": region and region["slug"],
            "latency_hours": latency and latency["hours"],
            "species": "|".join(species),
            "pathways": "|".join(place.pathway for place in edge.pathway_positions),
            "url": link(row["url"]),
        }
        out.add_edge(edge.subject, edge.object, edge.claim, **_without_nulls(row))
    return "\n".join(nx.generate_graphml(out, named_key_ids=True)) + "\n"


def _without_nulls(attributes: Mapping[str, object]) -> dict[str, str | int | float | bool]:
    """Leave out missing values, which GraphML cannot express."""
    return {
        key: strip_control_characters(str(value)) if isinstance(value, str) else value
        for key, value in attributes.items()
        if isinstance(value, str | int | float | bool) and value != ""
    }


#: Shape of a node → Graphviz's name for it.
DOT_SHAPES = {
    NodeShape.PILL: "ellipse",
    NodeShape.HEXAGON: "hexagon",
    NodeShape.BOX: "box",
    NodeShape.PARALLELOGRAM: "house",
    NodeShape.OCTAGON: "octagon",
}
ARROWHEADS = {1: "normal", -1: "tee", 0: "odot"}
LINE_STYLES = {
    VerdictKind.ESTABLISHED: 'style="bold"',
    VerdictKind.SUPPORTED: 'style="solid"',
    VerdictKind.SUGGESTIVE: 'style="dashed", penwidth="1.5"',
    VerdictKind.CONTESTED: 'style="solid", color="black:invis:black"',
    VerdictKind.INCONCLUSIVE: 'style="dashed"',
    VerdictKind.NOT_ASSESSED: 'style="dotted"',
    VerdictKind.REFUTED: 'style="dotted", penwidth="0.5"',
}
#: Verdicts that share the line of another.
LINE_STYLES |= {
    VerdictKind.BACKGROUND: LINE_STYLES[VerdictKind.ESTABLISHED],
    VerdictKind.MIXED_BY_JURISDICTION: LINE_STYLES[VerdictKind.CONTESTED],
    VerdictKind.WEAK: LINE_STYLES[VerdictKind.INCONCLUSIVE],
    VerdictKind.NOT_JUDGED: LINE_STYLES[VerdictKind.NOT_ASSESSED],
    VerdictKind.UNTESTED: LINE_STYLES[VerdictKind.NOT_ASSESSED],
    VerdictKind.OPPOSITE: LINE_STYLES[VerdictKind.REFUTED],
}


def to_dot(graph: Graph, link: MakeUrl) -> str:
    """Return DOT for Graphviz; the ids are those of nodes and claims."""
    lines = ["digraph ketamine_kb {", "  rankdir=LR;", '  node [fontname="Helvetica"];']
    for node in graph.nodes.values():
        url = link(record_url(node))
        attributes = [
            f"label={_quote_dot(node.name)}",
            f"shape={DOT_SHAPES[NODES[node.type].shape]}",
            f"URL={_quote_dot(url)}",
        ]
        lines.append(f"  {_quote_dot(node.id)} [{', '.join(attributes)}];")
    for edge in graph.edges.values():
        attributes = [
            f"id={_quote_dot(edge.claim)}",
            f"label={_quote_dot(edge_label(edge))}",
            f"tooltip={_quote_dot(edge.statement)}",
            f"URL={_quote_dot(link(f'/v1/claims/{edge.claim}'))}",
            f"arrowhead={ARROWHEADS[edge.sign]}",
            LINE_STYLES[edge.verdict],
        ]
        ends = f"{_quote_dot(edge.subject)} -> {_quote_dot(edge.object)}"
        lines.append(f"  {ends} [{', '.join(attributes)}];")
    return "\n".join([*lines, "}", ""])


def _quote_dot(text: str) -> str:
    plain = " ".join(strip_control_characters(text).split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


#: Shape of a node → the brackets around its text in Mermaid.
MERMAID_BRACKETS = {
    NodeShape.PILL: ("([", "])"),
    NodeShape.HEXAGON: ("{{", "}}"),
    NodeShape.BOX: ("[", "]"),
    NodeShape.PARALLELOGRAM: ("[/", "/]"),
    NodeShape.OCTAGON: ("[[", "]]"),
}
MERMAID_TIPS = {1: ">", -1: "x", 0: "o"}
#: Verdict → shaft of its arrow; that of any other verdict is dotted.
MERMAID_SHAFTS = {
    VerdictKind.ESTABLISHED: "==",
    VerdictKind.BACKGROUND: "==",
    VerdictKind.SUPPORTED: "--",
    VerdictKind.CONTESTED: "--",
}
DOTTED_SHAFT = "-.-"


def to_mermaid(graph: Graph, link: MakeUrl) -> str:
    """Return a Mermaid flowchart whose nodes link to their records."""
    names = {key: f"n{number}" for number, key in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for key, node in graph.nodes.items():
        left, right = MERMAID_BRACKETS[NODES[node.type].shape]
        lines.append(f"  {names[key]}{left}{_escape_mermaid(node.name)}{right}")
    for edge in graph.edges.values():
        arrow = MERMAID_SHAFTS.get(edge.verdict, DOTTED_SHAFT) + MERMAID_TIPS[edge.sign]
        ends = (names[edge.subject], names[edge.object])
        lines.append(f"  {ends[0]} {arrow}|{_escape_mermaid(edge_label(edge))}| {ends[1]}")
    for key, node in graph.nodes.items():
        lines.append(f'  click {names[key]} href "{link(record_url(node))}"')
    return "\n".join([*lines, ""])


#: Characters with a meaning in Mermaid → its entities.
_ENTITIES = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}


def _escape_mermaid(text: str) -> str:
    plain = " ".join(strip_control_characters(text).split())
    return '"' + "".join(_ENTITIES.get(char, char) for char in plain) + '"'
