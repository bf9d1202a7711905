"""Rows and columns of a matrix that names none: those with data by name, or with the most data."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.vocabulary import Relation
from app.kit.sessions import ReadSession


class RankedRecord(NamedTuple):
    """A record and the number of its measurements or notes."""

    slug: str
    name: str
    number: int


class RankedColumn(NamedTuple):
    """A column, and the number of all columns with data."""

    name: str
    total: int


def measured_receptors(session: ReadSession, compounds: Sequence[str]) -> list[tuple[str, int]]:
    """Return slug and id of the receptors of any measurement of some compounds, by slug."""
    compound, receptor = aliased(m.Record), aliased(m.Record)
    stmt = (
        select(receptor.slug, receptor.id)
        .distinct()
        .select_from(m.Affinity)
        .join(compound, compound.id == m.Affinity.compound_id)
        .join(receptor, receptor.id == m.Affinity.receptor_id)
        .where(compound.type == "compound", compound.slug.in_(compounds))
    )
    return sorted((row[0], row[1]) for row in session.execute(stmt))


def studied_outcomes(session: ReadSession, compounds: Sequence[str]) -> list[tuple[str, int]]:
    """Return `type:slug` and id of the outcomes on which some compounds were studied, by name."""
    compound, outcome = aliased(m.Record), aliased(m.Record)
    stmt = (
        select(outcome.type + ":" + outcome.slug, outcome.id)
        .distinct()
        .select_from(m.StudiedOutcome)
        .join(compound, compound.id == m.StudiedOutcome.compound_id)
        .join(outcome, outcome.id == m.StudiedOutcome.outcome_id)
        .where(compound.type == "compound", compound.slug.in_(compounds))
    )
    return sorted((row[0], row[1]) for row in session.execute(stmt))


def most_measured_compounds(session: ReadSession, limit: int) -> list[RankedRecord]:
    """Return the compounds with the most measured affinities."""
    return _most_frequent(session, m.Affinity.compound_id, limit)


def most_studied_compounds(session: ReadSession, limit: int) -> list[RankedRecord]:
    """Return the compounds with the most evidence notes."""
    return _most_frequent(session, m.Evidence.compound_id, limit)


def tightest_receptors(
    session: ReadSession, compounds: Sequence[str], limit: int
) -> list[RankedColumn]:
    """Return the receptors of any measurement of some compounds, by the tightest constant."""
    compound, receptor = aliased(m.Record), aliased(m.Record)
    measured = case((m.Affinity.relation != Relation.GREATER, m.Affinity.value_nm))
    tightest = func.min(measured).label("tightest")
    stmt = (
        select(receptor.slug, func.count().over())
        .select_from(m.Affinity)
        .join(compound, compound.id == m.Affinity.compound_id)
        .join(receptor, receptor.id == m.Affinity.receptor_id)
        .where(compound.type == "compound", compound.slug.in_(compounds))
        .group_by(receptor.id, receptor.slug)
        .order_by(tightest.asc().nulls_last(), receptor.slug)
    )
    return _ranked(session, stmt.limit(limit))


def most_studied_outcomes(
    session: ReadSession, compounds: Sequence[str], limit: int
) -> list[RankedColumn]:
    """Return the outcomes on which some compounds were studied, those with most notes first.

    An outcome is the object of an efficacy or safety claim, as `type:slug`.
    """
    compound, outcome = aliased(m.Record), aliased(m.Record)
    name = outcome.type + ":" + outcome.slug
    # A note is on one compound: the numbers of notes of the cells add up.
    stmt = (
        select(name, func.count().over())
        .select_from(m.StudiedOutcome)
        .join(compound, compound.id == m.StudiedOutcome.compound_id)
        .join(outcome, outcome.id == m.StudiedOutcome.outcome_id)
        .where(compound.type == "compound", compound.slug.in_(compounds))
        .group_by(outcome.id, name)
        .order_by(func.sum(m.StudiedOutcome.count).desc(), name)
    )
    return _ranked(session, stmt.limit(limit))


def _most_frequent(session: ReadSession, column: Any, limit: int) -> list[RankedRecord]:
    """Return the records that a column names most often."""
    count = func.count().label("count")
    most = (
        select(column.label("id"), count)
        .where(column.is_not(None))
        .group_by(column)
        .order_by(count.desc(), column)
        .limit(limit)
        .subquery()
    )
    rows = session.execute(
        select(m.Record.slug, m.Record.name, most.c.count)
        .join(most, most.c.id == m.Record.id)
        .order_by(most.c.count.desc(), m.Record.slug)
    )
    return [RankedRecord(*row) for row in rows]


def _ranked(session: ReadSession, stmt: Select[str, int]) -> list[RankedColumn]:
    return [RankedColumn(*row) for row in session.execute(stmt)]
