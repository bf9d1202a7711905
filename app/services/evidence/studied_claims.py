"""The species and the earliest effect of each claim, as rows that follow from the notes."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, true, union_all

from app import models as m
from app.domain.durations import HOURS
from app.domain.vocabulary import Direction, TimeUnit
from app.kit.batching import batched
from app.kit.sessions import ReadSession, WriteSession

BATCH = 500  # claims


def rebuild(session: WriteSession) -> None:
    """Write the rows of all claims."""
    session.execute(delete(m.StudiedClaim))
    _insert(session, true())


def refresh(session: WriteSession, claims: Iterable[int]) -> None:
    """Write the rows of claims that were written or deleted, or whose notes were, by id."""
    for batch in batched(sorted(claims), BATCH):
        session.execute(delete(m.StudiedClaim).where(m.StudiedClaim.claim_id.in_(batch)))
        _insert(session, m.Finding.claim_id.in_(batch))


def _insert(session: WriteSession, condition: ColumnElement[bool]) -> None:
    """Insert the rows of the claims whose findings meet a condition."""
    earliest = _earliest(session, condition)
    rows = [
        {
            "claim_id": claim,
            "species": sorted(species),
            "earliest_hours": hours,
            "earliest_note": note,
        }
        for claim, species in _species(session, condition).items()
        for hours, note in [earliest.get(claim, (None, None))]
    ]
    if rows:
        session.execute(insert(m.StudiedClaim), rows)


def _species(session: ReadSession, condition: ColumnElement[bool]) -> dict[int, list[str]]:
    """Return the species in which each claim was studied."""
    stmt = _findings(condition, m.Study.species).distinct()
    stmt = stmt.join(m.Study, m.Study.id == m.Evidence.study_id)
    species: dict[int, list[str]] = defaultdict(list)
    for claim, name in session.execute(stmt):
        species[claim].append(name.value)
    return species


def _earliest(session: ReadSession, condition: ColumnElement[bool]) -> dict[int, tuple[float, str]]:
    """Return the earliest time-point of the supporting notes on each claim, and its note.

    A note has a time-point of its own and those of its effects; of several notes with the earliest
    one, the first by slug.
    """

    def by_time(table: Any) -> Select[Any]:
        time = (table.timepoint_value, table.timepoint_unit)
        stmt = _findings(condition, *time, func.min(m.Record.slug))
        if table is m.Effect:
            stmt = stmt.join(m.Effect, m.Effect.evidence_id == m.Evidence.id)
        return (
            stmt.join(m.Record, m.Record.id == m.Evidence.id)
            .where(m.Finding.direction == Direction.SUPPORTS, time[0].is_not(None))
            .group_by(m.Finding.claim_id, *time)
        )

    earliest: dict[int, tuple[float, str]] = {}
    rows = session.execute(union_all(by_time(m.Evidence), by_time(m.Effect)))
    for claim, value, unit, note in rows:
        time = (round(value * HOURS[TimeUnit(unit)], 3), note)
        earliest[claim] = min(time, earliest.get(claim, time))
    return earliest


def _findings(condition: ColumnElement[bool], *columns: Any) -> Select[Any]:
    """Return the SELECT of columns of the findings that meet a condition, with their notes."""
    return (
        select(m.Finding.claim_id, *columns)
        .select_from(m.Finding)
        .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
        .where(condition)
    )
