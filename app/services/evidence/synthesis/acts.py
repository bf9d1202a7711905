"""Acts of regulators that the question of a regulatory claim is about."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.verdicts.facts import RegulatoryActFacts
from app.domain.vocabulary import Direction, ReferenceKind, RegulatoryActType, RegulatoryStatus
from app.kit.sessions import ReadSession

#: Kinds of reference that are the document of an act, not a report of it.
DOCUMENT_KINDS = frozenset({ReferenceKind.REGULATOR, ReferenceKind.LABEL})

_ACT, _COMPOUND, _INDICATION, _REFERENCE = (aliased(m.Record) for _ in range(4))
_ACTS = (
    select(
        _ACT.slug,
        _REFERENCE.slug.label("reference"),
        m.Reference.kind,
        m.RegulatoryAct.jurisdiction,
        m.RegulatoryAct.date,
        m.RegulatoryAct.status,
    )
    .join(_ACT, _ACT.id == m.RegulatoryAct.id)
    .join(_COMPOUND, _COMPOUND.id == m.RegulatoryAct.compound_id)
    .outerjoin(_INDICATION, _INDICATION.id == m.RegulatoryAct.indication_id)
    .outerjoin(_REFERENCE, _REFERENCE.id == m.RegulatoryAct.reference_id)
    .outerjoin(m.Reference, m.Reference.id == m.RegulatoryAct.reference_id)
    .where(
        _COMPOUND.slug.in_(bindparam("compounds", expanding=True)),
        m.RegulatoryAct.act.in_(bindparam("acts", expanding=True)),
        or_(
            m.RegulatoryAct.indication_id.is_(None),
            _INDICATION.slug.in_(bindparam("population", expanding=True)),
        ),
    )
    .order_by(_ACT.slug)
)


def recorded_acts(
    session: ReadSession, question: Mapping[str, Any], population: Iterable[str]
) -> list[RegulatoryActFacts]:
    """Return the acts that decide a regulatory claim; those without an indication are on all.

    Args:
        question: `question` of the claim's record; it names the types of act and the statuses that
            the claim says they gave.
        population: Its indications with all that are narrower.
    """
    statuses = {RegulatoryStatus(status) for status in question.get("statuses") or ()}
    parameters = {
        "compounds": question["intervention"]["compounds"],
        "acts": [RegulatoryActType(act) for act in question.get("acts") or ()],
        "population": sorted(population),
    }
    return [
        RegulatoryActFacts(
            slug=row.slug,
            jurisdiction=row.jurisdiction,
            date=row.date,
            direction=Direction.SUPPORTS if row.status in statuses else Direction.DISPUTES,
            status=row.status.label,
            primary_source=row.kind in DOCUMENT_KINDS,
            reference=row.reference,
            is_recorded=True,
        )
        for row in session.execute(_ACTS, parameters)
    ]
