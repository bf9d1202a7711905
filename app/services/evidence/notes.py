"""Evidence notes by claim, in the form that the verdict rule takes."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.verdicts import conflicts, points
from app.domain.vocabulary import NO_PARTICIPANTS
from app.kit.sessions import ReadSession

_RECORD, _STUDY, _SOURCE = aliased(m.Record), aliased(m.Record), aliased(m.Record)
#: The facts of every finding, after its claim, dose and route in the order of `points.NoteFacts`.
_FINDINGS = (
    select(
        m.Finding.claim_id,
        m.Evidence.dose_value,
        func.coalesce(m.Evidence.dose_upper_value, m.Evidence.dose_value),
        m.Evidence.dose_unit,
        m.Evidence.route,
        _RECORD.slug,
        _STUDY.slug,
        m.Finding.direction,
        func.coalesce(m.Evidence.design, m.Study.design),
        m.Study.species,
        func.coalesce(m.Evidence.masking, m.Study.masking),
        m.Finding.population_directness,
        m.Finding.compound_directness,
        m.Finding.outcome_directness,
        m.Finding.causal_test,
        case(  # a part of a trial that is in vitro has none
            (func.coalesce(m.Evidence.design, m.Study.design).in_(NO_PARTICIPANTS), None),
            else_=func.coalesce(m.Evidence.participants, m.Study.n_analysed, m.Study.n_randomised),
        ),
        m.Evidence.citation_confidence,
        m.Study.year,
    )
    .select_from(m.Finding)
    .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
    .join(m.Study, m.Study.id == m.Evidence.study_id)
    .join(_RECORD, _RECORD.id == m.Evidence.id)
    .join(_STUDY, _STUDY.id == m.Study.id)
    .order_by(_RECORD.slug)
)
#: Studies, each with one whose data it reuses.
_SOURCES = (
    select(_STUDY.slug, _SOURCE.slug)
    .select_from(m.StudySource)
    .join(_STUDY, _STUDY.id == m.StudySource.study_id)
    .join(_SOURCE, _SOURCE.id == m.StudySource.source_id)
)


def notes_by_claim(
    session: ReadSession, claims: Sequence[int] | None
) -> dict[int, list[conflicts.ClaimNote]]:
    """Return the notes on some claims, or on all, ordered by slug, by claim id."""
    conditions = [m.Finding.claim_id.in_(claims)] if claims is not None else []
    studied = select(m.Evidence.study_id).join(m.Finding, m.Finding.evidence_id == m.Evidence.id)
    sources: dict[str, set[str]] = defaultdict(set)
    is_studied = m.StudySource.study_id.in_(studied.where(*conditions))
    for owner, source in session.execute(_SOURCES.where(is_studied)):
        sources[owner].add(source)
    notes: dict[int, list[conflicts.ClaimNote]] = defaultdict(list)
    for claim, low, high, unit, route, *facts in session.execute(_FINDINGS.where(*conditions)):
        facts.append(frozenset(sources.get(facts[1], ())))
        dose = None if low is None else (low, high, unit.value)
        notes[claim].append(conflicts.ClaimNote(points.NoteFacts(*facts), dose, route))
    return notes
