"""Load the graph from the store; cached per revision."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from cachetools import LRUCache
from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union_all
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.durations import HOURS
from app.domain.graph import Edge, EdgeNote, EdgePosition, EffectLatency, Node
from app.domain.vocabulary import Direction, Species, TimeUnit, XrefRelation
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession
from app.resources.claims import CLAIMS
from app.resources.entities import ENTITIES
from app.services.graph.graph import Graph
from app.services.store.revision import current_revision

MAX_GRAPHS = 8  # the current revision, that of requests in flight, and some releases
EMPTY_GRAPH = Graph({}, {})
#: Makes the conditions on a column that holds claims.
OfClaim = Callable[[Any], Sequence[ColumnElement[bool]]]


class GraphCache:
    """LRU cache of graphs by revision and digest; each is built once."""

    def __init__(self) -> None:
        """Start empty."""
        self._graphs: LRUCache[tuple[int, str], Graph] = LRUCache(MAX_GRAPHS)
        self._lock = Lock()  # held while a graph is built: waiting threads need the same one

    def get(self, session: ReadSession) -> Graph:
        """Return the graph of the session's revision; an empty one if nothing is loaded."""
        revision = current_revision(session)
        if revision is None:
            return EMPTY_GRAPH
        key = (revision.revision, revision.digest)
        with self._lock:
            if key not in self._graphs:
                with session.without_time_limit():  # once per revision
                    self._graphs[key] = load_graph(session)
            return self._graphs[key]


def load_graph(session: ReadSession, pathway: int | None = None) -> Graph:
    """Load all entities, and all claims with subject, predicate and object, without their notes.

    Args:
        session: The transaction to read in.
        pathway: Id of a pathway, to load only its claims and the entities that they join.
    """
    of_claim = _claims_of(pathway)
    by_id = _nodes(session, of_claim)
    positions = _places(session, of_claim)
    claims = session.execute(_claims().where(*of_claim(m.Claim.id)))
    edges = (_edge(row, by_id, positions) for row in claims)
    nodes = {node.id: node for node in by_id.values()}
    return Graph(nodes, {edge.claim: edge for edge in edges}, _takes_part(session, by_id))


def _claims_of(pathway: int | None) -> OfClaim:
    """Return the function that makes the conditions on a column of claims; none for all claims."""
    if pathway is None:
        return lambda _: ()
    steps = select(m.Step.claim_id).where(m.Step.pathway_id == pathway)
    return lambda column: (column.in_(steps),)


def _nodes(session: ReadSession, of_claim: OfClaim) -> dict[int, Node]:
    curies: dict[int, list[str]] = defaultdict(list)
    is_end: list[ColumnElement[bool]] = []
    if conditions := of_claim(m.Claim.id):
        ends = (m.Claim.subject_id, m.Claim.object_id)
        joined = union_all(*(select(end).where(*conditions, end.is_not(None)) for end in ends))
        is_end.append(m.Record.id.in_(joined))
    for record, curie in session.execute(
        select(m.Xref.record_id, m.Xref.curie)
        .join(m.Record, m.Record.id == m.Xref.record_id)
        .where(m.Xref.relation == XrefRelation.EXACT, *is_end)
        .order_by(m.Xref.record_id, m.Xref.position)
    ):
        curies[record].append(curie)
    kinds = [resource.column("kind") for resource in ENTITIES]
    rows = select(
        m.Record.id,
        m.Record.type,
        m.Record.slug,
        m.Record.name,
        m.Record.summary,
        *kinds,
    ).where(m.Record.type.in_([resource.record_type for resource in ENTITIES]), *is_end)
    for resource in ENTITIES:
        rows = rows.outerjoin(resource.key.class_, resource.key == m.Record.id)
    nodes = {}
    for key, record_type, slug, name, summary, *of_tables in session.execute(
        rows.order_by(m.Record.type, m.Record.slug)
    ):
        kind = next(kind for kind in of_tables if kind is not None)
        nodes[key] = Node(record_type, slug, name, summary, kind.value, tuple(curies[key]))
    return nodes


def _claims() -> Any:
    claim, region = m.Record, aliased(m.Record)
    compound, indication = aliased(m.Record), aliased(m.Record)
    return (
        select(
            m.Claim.id,
            m.Claim.statement,
            m.Claim.subject_id,
            m.Claim.predicate,
            m.Claim.object_id,
            m.Claim.sign,
            m.Claim.qualifier,
            m.Verdict.verdict,
            m.Verdict.certainty,
            m.Verdict.in_people,
            m.Verdict.in_animals,
            m.Verdict.notes_for,
            m.Verdict.notes_against,
            m.Verdict.notes_neutral,
            m.Verdict.studies_for,
            m.Verdict.studies_against,
            m.Verdict.studies_neutral,
            m.StudiedClaim.species,
            m.StudiedClaim.earliest_hours,
            m.StudiedClaim.earliest_note,
            claim.slug.label("claim"),
            claim.name.label("name"),
            region.slug.label("region"),
            region.name.label("region_name"),
            compound.slug.label("compound"),
            indication.slug.label("indication"),
        )
        .select_from(m.Claim)
        .join(claim, claim.id == m.Claim.id)
        .join(m.Verdict, m.Verdict.claim_id == m.Claim.id)
        .outerjoin(m.StudiedClaim, m.StudiedClaim.claim_id == m.Claim.id)
        .outerjoin(region, region.id == m.Claim.region_id)
        .outerjoin(compound, compound.id == m.Claim.compound_id)
        .outerjoin(indication, indication.id == m.Claim.indication_id)
        .where(m.Claim.subject_id.is_not(None))
        .order_by(claim.slug)
    )


def _edge(
    row: Any,
    nodes: dict[int, Node],
    positions: dict[int, list[EdgePosition]],
) -> Edge:
    columns = dict(row._mapping)
    key, subject, object_ = (columns.pop(name) for name in ("id", "subject_id", "object_id"))
    studied = ("species", "earliest_hours", "earliest_note")
    species, hours, note = (columns.pop(name) for name in studied)
    return Edge(
        **columns,
        subject=nodes[subject].id,
        object=nodes[object_].id,
        pathway_positions=tuple(positions[key]),
        species=tuple(map(Species, species or ())),
        latency=None if hours is None else EffectLatency(hours, note),
    )


def _places(session: ReadSession, of_claim: OfClaim) -> dict[int, list[EdgePosition]]:
    positions: dict[int, list[EdgePosition]] = defaultdict(list)
    for claim, slug, name, position in session.execute(
        select(m.Step.claim_id, m.Record.slug, m.Record.name, m.Step.position)
        .join(m.Record, m.Record.id == m.Step.pathway_id)
        .where(*of_claim(m.Step.claim_id))
        .order_by(m.Step.pathway_id, m.Step.position)
    ):
        positions[claim].append(EdgePosition(slug, name, position + 1))
    return positions


def with_notes(session: ReadSession, edges: Iterable[Edge]) -> list[Edge]:
    """Return edges with the notes on their claims."""
    edges = list(edges)
    notes = _notes(session, [edge.claim for edge in edges])
    return [replace(edge, notes=tuple(notes[edge.claim])) for edge in edges]


def chains_with_notes(session: ReadSession, chains: Sequence[Sequence[Edge]]) -> list[list[Edge]]:
    """Return chains of edges with the notes on their claims."""
    distinct = {edge.claim: edge for chain in chains for edge in chain}
    cited = {edge.claim: edge for edge in with_notes(session, distinct.values())}
    return [[cited[edge.claim] for edge in chain] for chain in chains]


def _notes(session: ReadSession, claims: Sequence[str]) -> dict[str, list[EdgeNote]]:
    """Return the notes on claims by slug.

    The time of a note in hours is the earliest of its own time-point and those of its effects.
    """
    rows = _NOTES.rows(session, claims=list(claims))
    times: dict[int, float] = {}
    for key, value, unit in _NOTE_TIMES.rows(session, notes=list({row[1] for row in rows})):
        hours = round(value * HOURS[TimeUnit(unit)], 3)
        times[key] = min(hours, times.get(key, hours))
    notes: dict[str, list[EdgeNote]] = defaultdict(list)
    for claim, key, slug, study, reference, cited, direction, species, *ranked in rows:
        sources = (slug, study, reference, cited, Direction(direction), Species(species))
        importance, doi, pmid = ranked
        notes[claim].append(EdgeNote(*sources, importance, doi, pmid, times.get(key)))
    return notes


def _select_notes(claims: Any) -> Select[*tuple[Any, ...]]:
    claim, study, reference = aliased(m.Record), aliased(m.Record), aliased(m.Record)
    return (
        select(
            claim.slug,
            m.Evidence.id,
            m.Record.slug,
            study.slug,
            reference.slug,
            reference.name,
            m.Finding.direction,
            m.Study.species,
            func.coalesce(m.LedgerLine.importance, 0.0),
            m.Reference.doi,
            m.Reference.pmid,
        )
        .select_from(claim)
        .join(m.Finding, m.Finding.claim_id == claim.id)
        .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
        .join(m.Record, m.Record.id == m.Evidence.id)
        .join(m.Study, m.Study.id == m.Evidence.study_id)
        .join(study, study.id == m.Study.id)
        .join(m.Reference, m.Reference.id == m.Evidence.reference_id)
        .join(reference, reference.id == m.Reference.id)
        .join(m.Verdict, m.Verdict.claim_id == claim.id)
        .outerjoin(
            m.LedgerLine,
            (m.LedgerLine.verdict_id == m.Verdict.id) & (m.LedgerLine.evidence_id == m.Evidence.id),
        )
        .where(claim.type == CLAIMS.record_type, claim.slug.in_(claims))
        .order_by(m.Record.slug)
    )


def _select_note_times(notes: Any) -> CompoundSelect[Any]:
    note_times = select(m.Evidence.id, m.Evidence.timepoint_value, m.Evidence.timepoint_unit)
    effects = select(m.Effect.evidence_id, m.Effect.timepoint_value, m.Effect.timepoint_unit)
    return union_all(
        note_times.where(m.Evidence.timepoint_value.is_not(None), m.Evidence.id.in_(notes)),
        effects.where(m.Effect.timepoint_value.is_not(None), m.Effect.evidence_id.in_(notes)),
    )


_NOTES = PreparedStatement(_select_notes)
_NOTE_TIMES = PreparedStatement(_select_note_times)


def _takes_part(session: ReadSession, nodes: dict[int, Node]) -> dict[str, frozenset[str]]:
    by_protein: dict[str, set[str]] = defaultdict(set)
    for receptor, process in session.execute(
        select(m.ProcessReceptor.receptor_id, m.ProcessReceptor.process_id)
    ):
        if receptor not in nodes or process not in nodes:
            continue  # of another pathway
        by_protein[nodes[receptor].id].add(nodes[process].id)
    return {receptor: frozenset(processes) for receptor, processes in by_protein.items()}
