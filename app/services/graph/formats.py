"""The graph in formats of other tools: GraphML, DOT and Mermaid.

Sign and verdict are each shown twice, in words and in the line: an arrow raises, a bar (a cross in
Mermaid) lowers, a circle does neither; the surer the verdict, the more solid the line.
"""

import re
from collections.abc import Callable, Mapping

from app.domain.graph import SIGNS, Edge
from app.domain.vocabulary import RecordType, VerdictKind
from app.services.graph.net import Graph
from app.services.graph.rows import Link, address, claim_row

#: What neither XML nor a line of text can hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def clean(text: str) -> str:
    return _CONTROL.sub("", text)


def label(edge: Edge) -> str:
    """`blocks (lowers): established, high`."""
    certainty = f", {edge.certainty.value.replace('_', ' ')}" if edge.certainty else ""
    verb = edge.predicate.value.replace("_", " ")
    return f"{verb} ({SIGNS[edge.sign]}): {edge.verdict.value}{certainty}"


def to_graphml(graph: Graph, link: Link) -> str:
    """GraphML, with every figure of an edge as a typed attribute."""
    import networkx as nx

    out = nx.MultiDiGraph()
    for node in graph.nodes.values():
        facts = {
            "type": node.type.value,
            "slug": node.slug,
            "label": node.name,
            "kind": node.kind,
            "summary": node.summary,
            "curies": "|".join(node.curies),
        }
        out.add_node(node.id, **_scalars(facts))
    for edge in graph.edges.values():
        row = claim_row(edge)
        region, latency, species = row.pop("region"), row.pop("latency"), row.pop("species")
        row |= {
            "label": label(edge),
            "region": region and region["slug"],
            "latency_hours": latency and latency["hours"],
            "species": "|".join(species),
            "pathways": "|".join(place.pathway for place in edge.places),
            "url": link(row["url"]),
        }
        out.add_edge(edge.subject, edge.object, edge.claim, **_scalars(row))
    return "\n".join(nx.generate_graphml(out, named_key_ids=True)) + "\n"


def _scalars(facts: Mapping[str, object]) -> dict[str, str | int | float | bool]:
    """GraphML knows no null: what is not there is left out."""
    return {
        key: clean(str(value)) if isinstance(value, str) else value
        for key, value in facts.items()
        if isinstance(value, str | int | float | bool) and value != ""
    }


SHAPES = {
    RecordType.COMPOUND: "ellipse",
    RecordType.RECEPTOR: "hexagon",
    RecordType.PROCESS: "box",
    RecordType.REGION: "house",
    RecordType.INDICATION: "octagon",
}
HEADS = {1: "normal", -1: "tee", 0: "odot"}
LINES = {
    VerdictKind.ESTABLISHED: 'style="bold"',
    VerdictKind.SUPPORTED: 'style="solid"',
    VerdictKind.CONTESTED: 'style="solid", color="black:invis:black"',
    VerdictKind.WEAK: 'style="dashed"',
    VerdictKind.UNTESTED: 'style="dotted"',
    VerdictKind.REFUTED: 'style="dotted", penwidth="0.5"',
}


def to_dot(graph: Graph, link: Link) -> str:
    """DOT, for Graphviz; ids are the graph's own."""
    lines = ["digraph ketamine_kb {", "  rankdir=LR;", '  node [fontname="Helvetica"];']
    for node in graph.nodes.values():
        url = link(address(node))
        facts = [f"label={_quoted(node.name)}", f"shape={SHAPES[node.type]}", f"URL={_quoted(url)}"]
        lines.append(f"  {_quoted(node.id)} [{', '.join(facts)}];")
    for edge in graph.edges.values():
        facts = [
            f"id={_quoted(edge.claim)}",
            f"label={_quoted(label(edge))}",
            f"tooltip={_quoted(edge.statement)}",
            f"URL={_quoted(link(f'/v1/claims/{edge.claim}'))}",
            f"arrowhead={HEADS[edge.sign]}",
            LINES[edge.verdict],
        ]
        ends = f"{_quoted(edge.subject)} -> {_quoted(edge.object)}"
        lines.append(f"  {ends} [{', '.join(facts)}];")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    plain = " ".join(clean(text).split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


BOXES: dict[RecordType, Callable[[str], str]] = {
    RecordType.COMPOUND: lambda text: f"([{text}])",
    RecordType.RECEPTOR: lambda text: f"{{{{{text}}}}}",
    RecordType.PROCESS: lambda text: f"[{text}]",
    RecordType.REGION: lambda text: f"[/{text}/]",
    RecordType.INDICATION: lambda text: f"[[{text}]]",
}
TIPS = {1: ">", -1: "x", 0: "o"}
SHAFTS = {
    VerdictKind.ESTABLISHED: "==",
    VerdictKind.SUPPORTED: "--",
    VerdictKind.CONTESTED: "--",
    VerdictKind.WEAK: "-.-",
    VerdictKind.UNTESTED: "-.-",
    VerdictKind.REFUTED: "-.-",
}


def to_mermaid(graph: Graph, link: Link) -> str:
    """A Mermaid flowchart; its nodes link to their records."""
    names = {key: f"n{number}" for number, key in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for key, node in graph.nodes.items():
        lines.append(f"  {names[key]}{BOXES[node.type](_said(node.name))}")
    for edge in graph.edges.values():
        arrow = SHAFTS[edge.verdict] + TIPS[edge.sign]
        ends = (names[edge.subject], names[edge.object])
        lines.append(f"  {ends[0]} {arrow}|{_said(label(edge))}| {ends[1]}")
    for key, node in graph.nodes.items():
        lines.append(f'  click {names[key]} href "{link(address(node))}"')
    return "\n".join([*lines, ""])


#: Characters that mean something to Mermaid, as its own entities.
_ENTITIES = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}


def _said(text: str) -> str:
    plain = " ".join(clean(text).split())
    return '"' + "".join(_ENTITIES.get(char, char) for char in plain) + '"'
