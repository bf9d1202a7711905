"""The graph in other tools' formats, read back by other parsers."""

import csv
import io
from typing import Any

import networkx as nx
import pygraphviz
import pytest

from app.domain.graph import Edge, EdgeNote, Node
from app.domain.vocabulary import Certainty, Direction, Predicate, Species, VerdictKind
from app.services.graph import export_formats, kgx
from app.services.graph.graph import Graph
from tests.services.graph.builders import edge, graph, node

BASE = "http://kb.test"
HOSTILE = 'a "quoted" \\ <b>&amp; [x]|{y} #1; `z` \t\n \x01 → 5-HT₂ end\\'


def hostile() -> Graph:
    """Texts that mean something to each of the formats."""
    found = graph(edge("plain", "a", "b"), edge("other", "a", "b", "refuted", sign=-1))
    odd = node("odd", name=HOSTILE, summary=HOSTILE)
    told = edge("told", "odd", "a", "weak")
    told = Edge(**{**vars_of(told), "statement": HOSTILE, "name": HOSTILE})
    return Graph({**found.nodes, odd.id: odd}, {**found.edges, "told": told})


def vars_of(found: Edge) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Edge.__dataclass_fields__}


def test_graphml_is_read_back_by_networkx_with_its_types() -> None:
    g = hostile()
    read = nx.parse_graphml(export_formats.to_graphml(g, BASE.__add__), force_multigraph=True)
    assert set(read.nodes) == set(g.nodes)
    assert {key for _, _, key in read.edges(keys=True)} == set(g.edges)
    facts = read.edges["process:a", "process:b", "other"]
    assert (facts["sign"], facts["verdict"], facts["disputed"]) == (-1, "refuted", False)
    assert facts["url"] == f"{BASE}/v1/claims/other"
    assert "5-HT₂" in read.edges["process:odd", "process:a", "told"]["statement"]
    assert (
        "certainty"
        not in nx.parse_graphml(
            export_formats.to_graphml(graph(edge("c", "a", "b", certainty=None)), BASE.__add__)
        ).edges["process:a", "process:b"]
    )


def test_dot_is_read_back_by_graphviz() -> None:
    g = hostile()
    read = pygraphviz.AGraph(string=export_formats.to_dot(g, BASE.__add__))
    found = {e.attr["id"]: e for e in read.edges()}
    assert set(found) == set(g.edges)
    assert tuple(found["other"]) == ("process:a", "process:b")
    assert (found["other"].attr["arrowhead"], found["plain"].attr["arrowhead"]) == ("tee", "normal")
    assert found["plain"].attr["label"] == "increases (raises): supported, low"
    assert "5-HT₂ end" in found["told"].attr["tooltip"]
    assert set(read.nodes()) == set(g.nodes)


def test_every_line_of_mermaid_is_a_node_an_edge_or_a_link() -> None:
    lines = export_formats.to_mermaid(hostile(), BASE.__add__).splitlines()
    assert lines[0] == "flowchart LR"
    assert '  n0 -->|"increases (raises): supported, low"| n1' in lines
    assert '  n0 -.-x|"decreases (lowers): refuted, low"| n1' in lines
    assert f'  click n1 href "{BASE}/v1/processes/b"' in lines
    (odd,) = (line for line in lines if "5-HT₂" in line)
    assert odd.startswith('  n2["')
    assert odd.endswith('"]')
    assert not set(odd[6:-2]) & set('"<>`'), "a label ends where its quotes do"
    assert len(lines) == 1 + 3 + 3 + 3


@pytest.mark.parametrize("verdict", VerdictKind)
@pytest.mark.parametrize("sign", [1, -1, 0])
def test_sign_and_verdict_are_in_every_label(verdict: VerdictKind, sign: int) -> None:
    said = export_formats.edge_label(
        edge("c", "a", "b", verdict.value, sign, certainty=Certainty.VERY_LOW)
    )
    assert verdict.value in said
    assert {1: "(raises)", -1: "(lowers)", 0: "(neither raises nor lowers)"}[sign] in said
    assert "very low" in said


def read_tsv(text: str) -> list[dict[str, str]]:
    """As KGX reads it: tabs, no quotes."""
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def drug(slug: str, *curies: str) -> Node:
    return Node("compound", slug, slug, "A drug.", "comparator", curies)


def protein(slug: str, *curies: str, kind: str = "single_protein") -> Node:
    return Node("receptor", slug, slug, "A protein.", kind, curies)


def note(slug: str, direction: Direction, **more: Any) -> EdgeNote:
    return EdgeNote(slug, slug, slug, slug, direction, Species.HUMAN, **more)


def claim(name: str, a: Node, predicate: Predicate, b: Node, sign: int, **more: Any) -> Edge:
    facts = vars_of(edge(name, "a", "b", more.pop("verdict", "supported"), sign))
    facts |= {"subject": a.id, "object": b.id, "predicate": predicate} | more
    return Edge(**facts)


def test_kgx_has_the_columns_that_the_biolink_model_asks_for() -> None:
    ketamine = drug("ketamine", "chembl.compound:CHEMBL742", "chebi:6121", "atc:N01AX03")
    channel = protein("hcn1", "hgnc:4845", "uniprot:O60741")
    whole = graph(claim("c", ketamine, Predicate.INHIBITS, channel, -1))
    found = Graph({ketamine.id: ketamine, channel.id: channel}, whole.edges)
    nodes, edges = read_tsv(kgx.to_nodes(found)), read_tsv(kgx.to_edges(found, found))
    assert [(n["id"], n["category"], n["equivalent_identifiers"]) for n in nodes] == [
        ("CHEBI:6121", "biolink:ChemicalEntity", "CHEMBL.COMPOUND:CHEMBL742"),
        ("UniProtKB:O60741", "biolink:Protein", "HGNC:4845"),
    ]
    (row,) = edges
    wanted = {
        "id": "ketamine-kb:claim.c",
        "subject": "CHEBI:6121",
        "predicate": "biolink:affects",
        "object": "UniProtKB:O60741",
        "category": "biolink:ChemicalAffectsGeneAssociation",
        "original_predicate": "ketamine-kb:inhibits",
        "qualified_predicate": "biolink:causes",
        "object_aspect_qualifier": "activity_or_abundance",
        "object_direction_qualifier": "decreased",
        "primary_knowledge_source": "infores:ketamine-kb",
        "knowledge_level": "knowledge_assertion",
        "agent_type": "manual_agent",
        "negated": "false",
    }
    assert {name: row[name] for name in wanted} == wanted


def test_kgx_says_treats_only_where_the_verdict_carries_it_and_negates_what_is_refuted() -> None:
    ketamine = drug("ketamine")
    pain = Node("indication", "pain", "pain", "Pain.", "symptom")
    sleep = Node("indication", "sleep", "sleep", "Sleep.", "procedure")
    notes = (
        note("yes", Direction.SUPPORTS, pmid="1"),
        note("no", Direction.DISPUTES, doi="10.1/x"),
    )
    made = [
        claim("sure", ketamine, Predicate.TREATS, pain, -1, notes=notes),
        claim("unsure", ketamine, Predicate.TREATS, pain, -1, verdict="contested"),
        claim("false", ketamine, Predicate.TREATS, pain, -1, verdict="refuted", notes=notes),
        claim("procedure", ketamine, Predicate.TREATS, sleep, 1),
        claim(
            *("narrow", ketamine, Predicate.BINDS, pain, 0),
            verdict="refuted",
            qualifier="here",
            notes=(note("label", Direction.DISPUTES),),
        ),
    ]
    found = Graph({n.id: n for n in (ketamine, pain, sleep)}, {e.claim: e for e in made})
    rows = {row["claim"]: row for row in read_tsv(kgx.to_edges(found, found))}
    assert {name: row["predicate"].partition(":")[2] for name, row in rows.items()} == {
        "sure": "treats",
        "unsure": "treats_or_applied_or_studied_to_treat",
        "false": "treats",
        "procedure": "affects",
        "narrow": "related_to",
    }
    assert [claim for claim, row in rows.items() if row["negated"] == "true"] == ["false"]
    # Each edge cites who reports what it says: of a refuted claim, those who refuted it.
    assert (rows["sure"]["publications"], rows["false"]["publications"]) == ("PMID:1", "doi:10.1/x")
    assert rows["narrow"]["publications"] == "ketamine-kb:reference.label"
    levels = {name for name, row in rows.items() if row["knowledge_level"] == "knowledge_assertion"}
    assert levels == {"sure", "false", "procedure"}
    assert rows["procedure"]["object_direction_qualifier"] == "", "a plain Association has none"


def test_a_tab_or_a_line_break_never_leaves_its_cell() -> None:
    nodes = read_tsv(kgx.to_nodes(hostile()))
    assert len(nodes) == 3
    assert all(None not in row and None not in row.values() for row in nodes)
