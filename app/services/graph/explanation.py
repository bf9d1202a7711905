"""Explanation of how a compound acts on an indication, step by step.

The pathways that connect the two follow in the order of the dataset, then the claims that the
compound helps. A pathway connects them if one of its steps involves the compound or is downstream
of it, and one leads to an outcome of the indication. A behavioural or clinical process is an
outcome of an indication if a claim names both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.graph import REFUTING, Edge, weakest_step
from app.domain.vocabulary import ProcessKind
from app.kit.sessions import ReadSession
from app.resources.processes import PROCESSES
from app.services.evidence import readings as claim_readings
from app.services.graph.graph import Graph
from app.services.graph.loader import with_notes
from app.services.graph.serialisation import Row, claim_row, node_ref, step_row

OUTCOME_KINDS = {ProcessKind.BEHAVIOURAL, ProcessKind.CLINICAL}


@dataclass(frozen=True)
class ExplanationPart:
    """One pathway of the explanation; without a pathway, the claims on the effect itself."""

    edges: Sequence[Edge]
    pathway: Any = None


def explain(session: ReadSession, graph: Graph, compound: str, indication: str) -> Row:
    """Return the mechanism step by step; omitted pathways are listed with the reason."""
    drug, condition = f"compound:{compound}", f"indication:{indication}"
    outcomes = _outcomes(graph, _related_indications(session, indication))
    from_drug, to_outcome = _reachable(graph, drug, outcomes)
    parts, omitted, explained = list[ExplanationPart](), list[Row](), set[str]()
    for pathway in session.execute(_pathways()):
        steps = _steps(graph, pathway.slug)
        acts = any(e.subject in from_drug or e.compound == compound for e in steps)
        ends = any(e.object in to_outcome for e in steps)
        if not (acts and ends):
            reason = (
                "None of its steps is the compound's, or downstream of it."
                if not acts
                else "No claim leads from its steps to an outcome of the condition."
            )
            omitted.append({"slug": pathway.slug, "name": pathway.name, "reason": reason})
        elif new := [edge for edge in steps if edge.claim not in explained]:
            parts.append(ExplanationPart(new, pathway))
            explained.update(edge.claim for edge in new)
    effect = graph.between(drug, condition)
    parts += [ExplanationPart(effect)] if effect else []
    return {
        "compound": node_ref(graph.nodes[drug]),
        "indication": node_ref(graph.nodes[condition]),
        "outcomes": [node_ref(graph.nodes[node]) for node in sorted(outcomes)],
        "parts": _render_parts(session, graph, parts),
        "helps": [_verdict(edge) for edge in effect],
        "weakest": _verdict(weakest_step([e for p in parts for e in p.edges])) if parts else None,
        "disputed": [e.claim for part in parts for e in part.edges if e.disputed],
        "omitted": omitted,
    }


def _related_indications(session: ReadSession, indication: str) -> set[str]:
    """Return the slugs of an indication, its broader ones and its narrower ones."""
    parent = aliased(m.Record)
    pairs = session.execute(
        select(m.Record.slug, parent.slug)
        .select_from(m.Indication)
        .join(m.Record, m.Record.id == m.Indication.id)
        .outerjoin(parent, parent.id == m.Indication.parent_id)
    )
    parents: dict[str, str | None] = {slug: parent_slug for slug, parent_slug in pairs}  # noqa: C416
    ancestors = set(_ancestors(parents, indication))
    return ancestors | {slug for slug in parents if indication in _ancestors(parents, slug)}


def _ancestors(parents: dict[str, str | None], slug: str | None) -> list[str]:
    ancestors: list[str] = []
    while slug is not None and slug not in ancestors:
        ancestors.append(slug)
        slug = parents.get(slug)
    return ancestors


def _outcomes(graph: Graph, family: set[str]) -> set[str]:
    return {
        edge.object
        for edge in graph.edges.values()
        if edge.indication in family
        and graph.nodes[edge.object].type == PROCESSES.record_type
        and graph.nodes[edge.object].kind in OUTCOME_KINDS
    }


def _reachable(graph: Graph, drug: str, outcomes: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the nodes downstream of the compound, and those upstream of an outcome.

    Refuted claims do not count.
    """
    import networkx as nx

    not_refuted = graph.subgraph(
        (e for e in graph.edges.values() if e.verdict not in REFUTING),
        [drug, *outcomes],
    ).networkx
    downstream = {drug} | nx.descendants(not_refuted, drug)
    upstream = set(outcomes).union(*(nx.ancestors(not_refuted, outcome) for outcome in outcomes))
    return downstream, upstream


def _pathways() -> Any:
    return (
        select(m.Record.slug, m.Record.name, m.Record.summary, m.Pathway.open_question)
        .select_from(m.Pathway)
        .join(m.Record, m.Record.id == m.Pathway.id)
        .order_by(m.Pathway.id)
    )


def _steps(graph: Graph, pathway: str) -> list[Edge]:
    steps = [
        (place.position, edge)
        for edge in graph.edges.values()
        for place in edge.pathway_positions
        if place.pathway == pathway
    ]
    return [edge for _, edge in sorted(steps, key=lambda pair: pair[0])]


def _render_parts(
    session: ReadSession, graph: Graph, parts: Sequence[ExplanationPart]
) -> list[Row]:
    edges = [edge for part in parts for edge in part.edges]
    readings = claim_readings.readings_of(session, [edge.claim for edge in edges])
    cited = {edge.claim: edge for edge in with_notes(session, edges)}
    out, order = [], 0
    for part in parts:
        steps = []
        for edge in part.edges:
            order += 1
            step = {"order": order} | step_row(graph, cited[edge.claim])
            steps.append(step | {"readings": readings[edge.claim]})
        path = part.pathway
        out.append(
            {
                "kind": "mechanism" if path else "effect",
                "pathway": {"slug": path.slug, "name": path.name} if path else None,
                "summary": path.summary if path else "Whether it helps, by the trials.",
                "open_question": path.open_question if path else None,
                "steps": steps,
            }
        )
    return out


def _verdict(edge: Edge) -> Row:
    row = claim_row(edge)
    return {name: row[name] for name in ("claim", "statement", "verdict", "certainty")}
