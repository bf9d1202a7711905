"""Points of the timeline, studied outcomes and claims, which follow from records, after a write."""

from collections.abc import Iterable, Mapping

from sqlalchemy import or_, select

from app import models as m
from app.kit.batching import batched
from app.kit.field_mapping import Attr
from app.kit.raw_json import Row
from app.kit.sessions import ReadSession, WriteSession
from app.services.evidence import studied_claims, studied_outcomes, timeline_points

BATCH = 500  # ids or slugs in one statement


def rebuild(session: WriteSession) -> None:
    """Write all points, studied outcomes and studied claims."""
    timeline_points.rebuild(session)
    studied_outcomes.rebuild(session)
    studied_claims.rebuild(session)


def refresh(
    session: WriteSession, changed: set[int], before: Mapping[int, Row], after: Mapping[int, Row]
) -> None:
    """Write the points, the studied outcomes and the studied claims that follow from some records.

    They follow from notes, the indications and species of their studies, and the kinds and objects
    of their claims.

    Args:
        session: The transaction to write in.
        changed: Ids of written or deleted records.
        before: Documents of those that were there before the write.
        after: Documents of those that are there after it.
    """

    def with_other(*fields: str) -> set[int]:
        """Return the ids of records of which a field has another value than before."""
        return {
            key
            for key in before.keys() | after.keys()
            if any(before.get(key, {}).get(n) != after.get(key, {}).get(n) for n in fields)
        }

    claims = with_other("kind", "object")
    studies = with_other("indications", "species")
    notes = changed | _ids(session, m.Evidence.id, m.Evidence.study_id, studies)
    # A claim that a note was about before the write is among the changed: its verdict is another.
    on_claims = _ids(session, m.Finding.claim_id, m.Finding.evidence_id, notes)
    studied_claims.refresh(session, changed | on_claims)
    notes |= _ids(session, m.Finding.evidence_id, m.Finding.claim_id, claims)
    timeline_points.refresh(session, notes)
    cells = studied_outcomes.cells_of_notes(session, notes)
    cells |= _cells_before(session, before, claims)
    cells |= _cells_of_records(session, before.keys() - after.keys())
    studied_outcomes.refresh(session, cells)


def _cells_before(
    session: ReadSession, before: Mapping[int, Row], claims: set[int]
) -> set[studied_outcomes.CellIds]:
    """Return the cells that notes were in before the write, if their claims are still there.

    Args:
        session: The transaction to read in.
        before: Documents of records before the write. A document does not state its collection:
            what has no findings is passed over.
        claims: Ids of claims of which kind or object are others now: all cells of the object that
            they had are returned.
    """
    slugs = {
        (row["compound"]["slug"], finding["claim"]["slug"])
        for row in before.values()
        if row.get("compound")
        for finding in row.get("claims", ())
        if "direction" in finding
    }
    compounds = _values(session, m.Record.id, "compound", {compound for compound, _ in slugs})
    objects = _values(session, m.Claim.object_id, "claim", {claim for _, claim in slugs})
    cells = {
        (compounds[compound], objects[claim])
        for compound, claim in slugs
        if compound in compounds and objects.get(claim) is not None
    }
    former = [before[key].get("object") for key in claims & before.keys()]
    names = {(ref["type"], ref["slug"]) for ref in former if ref}
    for record_type in {record_type for record_type, _ in names}:
        of_type = {slug for name, slug in names if name == record_type}
        ids = _values(session, m.Record.id, record_type, of_type).values()
        cells |= _cells_of_records(session, ids)
    return cells


def _values(
    session: ReadSession, column: Attr, record_type: str, slugs: Iterable[str]
) -> dict[str, int]:
    """Return a column of records of a type, by slug."""
    values: dict[str, int] = {}
    for batch in batched(sorted(slugs), BATCH):
        stmt = select(m.Record.slug, column).where(m.Record.type == record_type)
        if column.class_ is not m.Record:
            stmt = stmt.join(column.class_, column.class_.id == m.Record.id)
        values.update(
            (row[0], row[1]) for row in session.execute(stmt.where(m.Record.slug.in_(batch)))
        )
    return values


def _cells_of_records(session: ReadSession, ids: Iterable[int]) -> set[studied_outcomes.CellIds]:
    """Return the stored cells of compounds or outcomes."""
    cell = m.StudiedOutcome
    cells: set[studied_outcomes.CellIds] = set()
    for batch in batched(sorted(ids), BATCH):
        stmt = select(cell.compound_id, cell.outcome_id)
        stmt = stmt.where(or_(cell.compound_id.in_(batch), cell.outcome_id.in_(batch)))
        cells.update((row[0], row[1]) for row in session.execute(stmt))
    return cells


def _ids(session: ReadSession, selected: Attr, column: Attr, ids: set[int]) -> set[int]:
    """Return the values of a column in the rows that have one of these ids in another."""
    selected_ids: set[int] = set()
    for batch in batched(sorted(ids), BATCH):
        selected_ids.update(session.execute(select(selected).where(column.in_(batch))).scalars())
    return selected_ids
